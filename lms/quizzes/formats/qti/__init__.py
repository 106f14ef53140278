"""QTI: packages and single items of 2.1 and 2.2, tests of 1.2 from Canvas and Common Cartridge; out as 2.2."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from lms.kernel.archives import ArchiveRefused
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element, XmlRefused, parse_xml
from lms.quizzes.formats.qti.items12 import converted, label_of, title_of
from lms.quizzes.formats.qti.own import OwnNotes
from lms.quizzes.formats.qti.package import Package, Resource
from lms.quizzes.formats.qti.reading import imported as read_item
from lms.quizzes.formats.qti.writing import package
from lms.quizzes.kinds import kind_of
from lms.quizzes.syntax.qti.content import Files, NoFiles
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.values import ImportedQuestion, ImportProblem, ImportReport, Severity, too_many

ZIP: Final = b"PK\x03\x04"
ITEM, TEST, OLDER = "assessmentItem", "assessmentTest", "questestinterop"
OLDER_TYPE: Final = "imsqti_xmlv1"
CANVAS: Final = re.compile(r"non_cc_assessments/([^/]+)\.xml\.qti")
"""Where Canvas keeps its tests whole, beside what Common Cartridge can say of them."""
ITEM_TYPES: Final = ("imsqti_item_xmlv2", "imsqti_apipitem_xmlv2")
TEST_TYPES: Final = ("imsqti_test_xmlv2", "imsqti_assessment_xmlv2", "imsqti_apiptest_xmlv2")


class Qti:
    """Reads QTI 2 and 1.2, and writes QTI 2.2."""

    name = "qti"
    title = "QTI"
    sentence = Message(
        "A package that many systems read; Guildhall itself takes it back whole, pictures included."
    )
    roots = (ITEM, TEST, OLDER)
    is_written = True
    carries_files = True
    keeps_all = True
    extensions = (".zip", ".imscc", ".qti")

    def recognises(self, content: bytes) -> bool:
        """Return whether it is a zip with a manifest."""
        return content.startswith(ZIP) and b"imsmanifest.xml" in content

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a package or a single file; an item that cannot be taken over is named with its file and line."""
        try:
            if content.startswith(ZIP):
                with Package(content) as opened:
                    return _Reader(opened).package(opened, most)
            return _Reader(NoFiles()).alone(parse_xml(content, mixed=True))
        except XmlRefused as error:
            return ImportReport(problems=(ImportProblem(error.line, "", error.message),))
        except ArchiveRefused as error:
            return ImportReport(problems=(ImportProblem(None, "", error.message),))

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Write a package."""
        return package(questions)

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return what other systems than Guildhall do not read of the package."""
        form = kind_of(question.question).qti
        if form is None:
            return (Message("the whole question: QTI has none of its kind"),)
        asked = question.question
        losses = {
            Message("the hints"): bool(asked.hints),
            Message("the objective"): bool(asked.objective),
            Message("that it is drawn by chance: it is written as one draw has it"): bool(asked.drawing),
        }
        return (*(loss for loss, holds in losses.items() if holds), *form.losses(asked))


class _Reader:
    """Collects the questions of one file, and what is to be said of it."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.questions: list[ImportedQuestion] = []
        self.problems: list[ImportProblem] = []

    def report(self) -> ImportReport:
        """Return what was found."""
        return ImportReport(tuple(self.questions), tuple(self.problems))

    def alone(self, root: Element) -> ImportReport:
        """Read a file that came without a package."""
        if root.name == ITEM:
            self.item(root, "")
        elif root.name == OLDER:
            self.older(root, "")
        elif root.name == TEST:
            message = Message(
                "A test names its items, which lie in files of their own: bring the whole package."
            )
            self.problems.append(ImportProblem(root.line, "", message))
        else:
            message = Message("This is no QTI file: it begins with <%(tag)s>.", tag=root.name)
            self.problems.append(ImportProblem(root.line, "", message))
        return self.report()

    def package(self, opened: Package, most: int | None) -> ImportReport:
        """Read all that a package holds, in the order of its tests, then of its manifest."""
        try:
            resources = opened.resources()
        except ValueError as error:
            return ImportReport(problems=(ImportProblem(None, "", error.args[0]),))
        items = [one for one in resources if one.type.startswith(ITEM_TYPES)] + list(
            _older_files(opened, resources)
        )
        if not any(one.type for one in resources):
            items = resources
        if refusal := too_many(len(items), most):
            return refusal
        places = dict(self._places(opened, resources))
        order = {href: at for at, href in enumerate(places)}
        items.sort(key=lambda one: order.get(one.href, len(order)))
        own = OwnNotes(opened)
        for one in {one.href: one for one in items if one.href}.values():
            self._resource(opened, own, one, places.get(one.href, ()), is_item=bool(one.type))
        return too_many(len(self.questions), most) or self.report()

    def item(
        self,
        root: Element,
        file: str,
        category: tuple[str, ...] = (),
        tags: Sequence[str] = (),
        own_id: str = "",
    ) -> None:
        """Read one item of QTI 2."""
        item = QtiItem(root, self._files, posixpath.dirname(file))
        try:
            self.questions.append(read_item(item, category, tuple(dict.fromkeys(tags)), own_id))
        except ValueError as error:
            said = error.args[0] if error.args else Message("It cannot be read.")
            self.problems.append(ImportProblem(root.line, item.name, said, file=file))
        else:
            self.problems += [
                ImportProblem(root.line, item.name, said, Severity.WARNING, file=file)
                for said in item.warnings
            ]

    def older(self, root: Element, file: str) -> None:
        """Read all items of a file of QTI 1.2, under the test or bank and the sections they stand in."""
        for one, category in _older_items(root):
            name = title_of(one)
            try:
                made = converted(one)
            except ValueError as error:
                self.problems.append(ImportProblem(one.line, name, error.args[0], file=file))
            else:
                self.item(made, file, category)

    def _resource(
        self, opened: Package, own: OwnNotes, one: Resource, category: tuple[str, ...], *, is_item: bool
    ) -> None:
        if question := own.question(one.href):
            self.questions.append(question)
            return
        try:
            root = opened.parsed(one.href)
        except ValueError as error:
            if is_item:
                self.problems.append(
                    ImportProblem(None, posixpath.basename(one.href), error.args[0], file=one.href)
                )
            return
        if root.name == OLDER:
            self.older(root, one.href)
            return
        if root.name != ITEM:
            if is_item:
                message = Message("This is no QTI item: it begins with <%(tag)s>.", tag=root.name)
                name = posixpath.basename(one.href)
                self.problems.append(ImportProblem(root.line, name, message, file=one.href))
            return
        self.item(root, one.href, category, one.tags)
        if own.knows(one.href):
            message = Message(
                "It was changed after it was exported: what QTI cannot say of it is not taken over."
            )
            self.problems.append(
                ImportProblem(
                    root.line, cleaned(root.attribute("title")), message, Severity.WARNING, file=one.href
                )
            )

    def _places(
        self, opened: Package, resources: Sequence[Resource]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the items that tests name, each with the test and sections it stands in."""
        for one in resources:
            if not one.type.startswith(TEST_TYPES) or not one.href:
                continue
            try:
                root = opened.parsed(one.href)
            except ValueError as error:
                self.problems.append(
                    ImportProblem(
                        None, posixpath.basename(one.href), error.args[0], Severity.WARNING, file=one.href
                    )
                )
                continue
            if root.name == TEST:
                yield from _items_of(root, posixpath.dirname(one.href), _titled(root))


def _items_of(element: Element, folder: str, above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    waiting = [(element, above)]
    while waiting:
        inner, path = waiting.pop()
        if inner.name == "assessmentItemRef":
            yield posixpath.normpath(posixpath.join(folder, inner.attribute("href"))), path
            continue
        here = path + _titled(inner) if inner.name == "assessmentSection" else path
        waiting += [(child, here) for child in reversed(inner.children)]


def _titled(element: Element) -> tuple[str, ...]:
    words = cleaned(element.attribute("title"))
    return (words,) if words else ()


def _older_files(opened: Package, resources: Sequence[Resource]) -> Iterator[Resource]:
    """Yield the files of QTI 1.2; of a test that Canvas has whole, that one alone."""
    whole = {found[1]: name for name in opened.names() if (found := CANVAS.fullmatch(name))}
    listed = [one for one in resources if one.type.startswith(OLDER_TYPE)]
    for one in listed:
        if posixpath.dirname(one.href) not in whole:
            yield one
    for name in whole.values():
        yield Resource(name, OLDER_TYPE)


def _older_items(root: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    waiting: list[tuple[Element, tuple[str, ...]]] = [(one, ()) for one in reversed(root.children)]
    while waiting:
        inner, path = waiting.pop()
        if inner.name == "item":
            yield inner, path
        elif inner.name in {"assessment", "section", "objectbank"}:
            named = inner.first("qtimetadata")
            title = cleaned(
                inner.attribute("title") or (label_of(named).get("bank_title", "") if named else "")
            )
            here = (*path, title) if title else path
            waiting += [(child, here) for child in reversed(inner.children)]
