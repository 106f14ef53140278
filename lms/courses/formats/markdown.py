"""A course as a folder of Markdown: read whole from a zip or a folder, or every reason why not.

``course.md`` says what the course is; folders ``NN-slug`` are its sections, with ``section.md`` for their title and
``NN-slug.md`` for each lesson. A folder of lessons alone is a course of one section; one folder around everything is
looked through.
"""

import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote

from lms.courses.formats import media
from lms.courses.formats.asking import is_instant, read_rule
from lms.courses.formats.folders import NUMBERED, order, root_of, titled, unnumbered
from lms.courses.formats.front_matter import (
    COURSE_KEYS,
    LESSON_KEYS,
    SECTION_KEYS,
    BadFrontMatter,
    Document,
    Entry,
    take_apart,
)
from lms.courses.formats.oddities import FILES, said_of
from lms.courses.values import (
    PAGE,
    TEXTS,
    CompletionRule,
    CourseImport,
    ImportedActivity,
    ImportedCourse,
    ImportedPicture,
    ImportedSection,
    ImportIssue,
    IssueLevel,
    Level,
)
from lms.courses.values.counting import LEAST, may_be_met
from lms.courses.values.written import WrittenForm
from lms.kernel.archives import ArchiveRefused, FileTree
from lms.kernel.lines import fault_of, fault_of_name, tidied
from lms.kernel.messages import Message
from lms.kernel.richtext import (
    MediaUse,
    links_in,
    markdown_to_html,
    media_in,
    oddities_in,
    plain_text_of,
    title_in,
)
from lms.kernel.textfiles import UnreadableText, decode

COURSE, SECTION, EXTENSION = "course.md", "section.md", ".md"
LESSON_MAX_BYTES: Final = 2 << 20
TITLE_MAX_CHARACTERS: Final = 200
MINUTES_MAX: Final = 100_000
SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
CLUTTER: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)|~$")
TRANSLITERATED: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "a"}
)


def read_course(
    tree: FileTree, *, name: str = "", forms: Mapping[str, WrittenForm] = MappingProxyType({})
) -> CourseImport:
    """Return the course, or none with at least one error; ``name`` is what to call it if no file does.

    ``forms`` are how other kinds of activity than pages and films are written, by kind.
    """
    return _Reader(tree, name, forms).read()


class _Reader:
    """One tree on its way to a course, and what there is to say about its files."""

    def __init__(self, tree: FileTree, name: str, forms: Mapping[str, WrittenForm]) -> None:
        self._tree = tree
        self._forms = forms
        self._name = name
        self._issues: list[ImportIssue] = []
        listed = [file for file in tree.names() if not CLUTTER.search(file)]
        self._root = root_of(listed)
        self._files = {file.removeprefix(self._root): file for file in listed}
        self._by_lower = {file.lower(): file for file in self._files}
        self._pictures: dict[str, ImportedPicture] = {}

    def read(self) -> CourseImport:
        """Return the course and the issues, in the order of the files."""
        for note in self._tree.notes:
            self._warn("", None, note)
        course = self._course()
        self._name_what_is_left()
        issues = tuple(sorted(self._issues, key=lambda issue: (issue.file, issue.line or 0)))
        has_errors = any(issue.level is IssueLevel.ERROR for issue in issues)
        return CourseImport(None if has_errors else course, issues)

    def _course(self) -> ImportedCourse | None:
        texts = [file for file in self._files if file.lower().endswith(EXTENSION)]
        path = self._by_lower.get(COURSE, "")
        document = self._document(path) if path else Document()
        self._name_unknown(path, document, COURSE_KEYS)
        if not path:
            self._warn("", None, Message("There is no course.md: title and language are guessed."))
        if not texts or texts == [path]:
            self._fail(
                path,
                None,
                Message(
                    "There is no lesson: no file NN-name.md is in it, and no imsmanifest.xml or cmi5.xml of a package."
                ),
            )
            return None
        title = self._text(path, document, "title") or titled(self._root.strip("/")) or titled(self._name)
        if not title:
            self._fail(path or COURSE, 1, Message("The course has no title."))
        sections = self._sections([file for file in texts if file != path], title)
        lessons = [activity for section in sections for activity in section.activities]
        known = [activity.minutes for activity in lessons if activity.minutes is not None]
        intro = document.body.strip("\n")
        return ImportedCourse(
            title=title,
            slug=self._matching(path, document, "slug", SLUG) or slug_of(title) or "course",
            file=path,
            brand=self._text(path, document, "brand"),
            language=self._matching(path, document, "language", LANGUAGE),
            level=self._level(path, document),
            positions=self._list(path, document, "positions") if "positions" in document.entries else None,
            summary=self._text(path, document, "summary"),
            minutes=self._minutes(path, document) or (sum(known) if len(known) == len(lessons) else None),
            objectives=self._list(path, document, "objectives"),
            intro=intro,
            intro_pictures=self._uses(path, document, intro),
            sections=sections,
            pictures=tuple(self._pictures.values()),
        )

    def _sections(self, texts: list[str], title: str) -> tuple[ImportedSection, ...]:
        folders: dict[str, list[str]] = {}
        for file in sorted(texts, key=order):
            folder = posixpath.dirname(file)
            if "/" in folder:
                self._fail(
                    file, None, Message("This lesson lies too deep: course, section, lesson is all there is.")
                )
            folders.setdefault(folder, []).append(file)
        if "" in folders and len(folders) > 1:
            self._warn(
                "", None, Message("Lessons beside the sections come first, in a section of their own.")
            )
        sections = [self._section(folder, folders[folder], title) for folder in sorted(folders, key=order)]
        self._refuse_twice([(section.slug, section.file) for section in sections])
        return tuple(sections)

    def _section(self, folder: str, files: list[str], course_title: str) -> ImportedSection:
        own = next((file for file in files if posixpath.basename(file).lower() == SECTION), "")
        document = self._document(own) if own else Document()
        self._name_unknown(own, document, SECTION_KEYS)
        title = self._text(own, document, "title")
        if own and not title:
            title, _ = title_in(document.body)
        if document.body.strip() and not title_in(document.body)[0]:
            self._warn(
                own, document.body_line, Message("The text of a section is not taken over: make it a lesson.")
            )
        activities = tuple(self._lesson(file) for file in files if file != own)
        if not activities:
            self._fail(own, None, Message("The section has no lesson."))
        self._refuse_twice([(activity.slug, activity.file) for activity in activities])
        self._name_equal_numbers(files)
        return ImportedSection(
            slug=slug_of(unnumbered(folder)) or "lessons",
            title=title or titled(folder) or course_title,
            file=own or folder,
            activities=activities,
        )

    def _lesson(self, file: str) -> ImportedActivity:
        document = self._document(file)
        kind = self._text(file, document, "kind") or PAGE
        form = self._forms.get(kind)
        self._name_unknown(file, document, (*LESSON_KEYS, *(form.keys if form else ())))
        title, body = self._text(file, document, "title"), document.body.strip("\n")
        if not title:
            title, rest = title_in(body)
            body = rest.strip("\n")
        if kind not in TEXTS and form is None:
            self._fail(
                file,
                document.entries["kind"].line,
                Message(
                    "A lesson of the kind “%(kind)s” cannot be imported: only %(page)s.",
                    kind=kind[:40],
                    page=", ".join(sorted({*TEXTS, *self._forms})),
                ),
            )
        if form is None:
            config, uses = None, self._uses(file, document, body)
            if not uses and not plain_text_of(markdown_to_html(body)):
                self._fail(file, None, Message("The lesson is empty."))
        else:
            config, uses, body = self._formed(file, document, form, body), (), ""
        name = posixpath.basename(file)[: -len(EXTENSION)]
        return ImportedActivity(
            slug=slug_of(unnumbered(name)) or slug_of(title) or "lesson",
            title=title or titled(name),
            file=file,
            body=body,
            minutes=self._minutes(file, document),
            kind=kind,
            is_required=self._required(file, document),
            pictures=uses,
            rule=self._rule(file, document),
            after=self._after(file, document),
            opens=self._opens(file, document),
            locks=self._locks(file, document),
            config=config,
        )

    def _formed(self, file: str, document: Document, form: WrittenForm, body: str) -> Mapping[str, Any]:
        entries: dict[str, str | tuple[str, ...]] = {}
        for key in form.keys:
            entry = document.entries.get(key)
            if entry is not None and isinstance(entry.value, str):
                entries[key] = self._text(file, document, key)
            elif entry is not None:
                entries[key] = tuple(tidied(one) for one in self._list(file, document, key))
                for fault in filter(None, map(fault_of, entries[key])):
                    self._fail(file, entry.line, fault)
        config, faults = form.read(entries, body)
        for key, message in faults:
            self._fail(file, document.entries[key].line if key in document.entries else None, message)
        return config

    def _rule(self, file: str, document: Document) -> CompletionRule | None:
        text = self._text(file, document, "complete")
        rule = read_rule(text)
        if text and rule is None:
            self._fail(
                file,
                document.entries["complete"].line,
                Message(
                    "%(text)s is no rule of completion: write viewed, marked, time 5 or watched 90.",
                    text=text[:40],
                ),
            )
        elif rule is not None and not may_be_met(rule):
            self._fail(
                file,
                document.entries["complete"].line,
                Message(
                    "%(text)s can never be met: %(rule)s goes from %(first)s to %(last)s.",
                    text=text[:40],
                    rule=rule.kind.value,
                    first=LEAST[rule.kind][0],
                    last=LEAST[rule.kind][-1],
                ),
            )
        return rule

    def _after(self, file: str, document: Document) -> tuple[str, ...]:
        """Return the lessons that come before, by their files here, and the titles of activities without one."""
        wanted = self._list(file, document, "after")
        for one in wanted:
            if one.lower().endswith(EXTENSION) and (one not in self._files or one == file):
                self._fail(
                    file,
                    document.entries["after"].line,
                    Message("%(name)s, which comes before it, is no other lesson here.", name=one[:200]),
                )
        return wanted

    def _opens(self, file: str, document: Document) -> str:
        text = self._text(file, document, "opens")
        if text and not is_instant(text):
            self._fail(
                file,
                document.entries["opens"].line,
                Message("%(text)s is no date and time: write 2027-01-31T09:00.", text=text[:40]),
            )
        return text

    def _locks(self, file: str, document: Document) -> tuple[tuple[str, str], ...]:
        parted = [one.partition(" ") for one in self._list(file, document, "locks")]
        return tuple((kind, rest.strip()) for kind, _space, rest in parted)

    def _document(self, file: str) -> Document:
        """Return a file taken apart; an empty document, and an error, if it cannot be read."""
        path = self._files[file]
        if self._tree.size(path) > LESSON_MAX_BYTES:
            self._fail(
                file, None, Message("The text is larger than %(most)s MB.", most=LESSON_MAX_BYTES >> 20)
            )
            return Document()
        try:
            with self._tree.open(path) as opened:
                decoded = decode(opened.read())
            document = take_apart(decoded.text)
        except UnreadableText as error:
            self._fail(file, error.line, error.message)
            return Document()
        except BadFrontMatter as error:
            self._fail(file, error.line, error.message)
            return Document()
        except ArchiveRefused as error:
            self._fail(file, None, error.message)
            return Document()
        if decoded.guess:
            self._warn(
                file,
                decoded.first_odd_line,
                Message("The file is not UTF-8: read as %(guess)s.", guess=decoded.guess),
            )
        return document

    def _name_unknown(self, file: str, document: Document, keys: Iterable[str]) -> None:
        for key, entry in document.entries.items():
            if key not in keys:
                self._warn(
                    file, entry.line, Message("The key %(key)s is unknown and left out.", key=key[:40])
                )

    def _uses(self, file: str, document: Document, body: str) -> tuple[tuple[str, str], ...]:
        """Return the files of a text as pairs of address and path, having looked at each, and at its links."""
        # The body was stripped of empty lines at its start; count them back in.
        first = (
            document.body_line + document.body.count("\n", 0, document.body.rfind(body)) - 1 if body else 0
        )
        found: dict[str, str] = {}
        for use in media_in(body):
            line = first + use.line
            if use.is_silent:
                self._warn(
                    file,
                    line,
                    Message(
                        "The picture %(name)s has no text that says what it shows: publishing waits for it.",
                        name=use.address[:200],
                    ),
                )
            path = self._media(file, line, use)
            if path:
                found[use.address] = path
        for link in links_in(body):
            if not re.match(r"#|https?:|mailto:|tel:", link.address, re.IGNORECASE):
                self._warn(
                    file,
                    first + link.line,
                    Message(
                        "The link to %(address)s leads nowhere once imported.", address=link.address[:200]
                    ),
                )
        for oddity in oddities_in(body):
            self._warn(file, first + oddity.line, said_of(oddity))
        return tuple(found.items())

    def _media(self, file: str, line: int, use: MediaUse) -> str:
        """Return the path of a file in the tree, empty with an error if there is none that can be taken."""
        address, what = use.address, FILES[use.kind]
        path = unquote(address.partition("#")[0].partition("?")[0])
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", path):
            self._fail(
                file,
                line,
                Message("%(what)s %(name)s lies elsewhere: bring it along.", what=what, name=address[:200]),
            )
            return ""
        near = posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else ""
        if near not in self._files:
            spelled = self._by_lower.get(near.lower())
            if spelled:
                message = Message(
                    "%(what)s %(name)s is spelled %(other)s.", what=what, name=near, other=spelled
                )
            else:
                message = Message("%(what)s %(name)s is not there.", what=what, name=near or "“”")
            self._fail(file, line, message)
            return ""
        whole = self._files[near]
        if whole not in self._pictures:
            if problem := media.problem_with(self._tree, whole):
                self._fail(file, line, problem)
                return ""
            media_type = media.media_type_of(whole) or ""
            self._pictures[whole] = ImportedPicture(whole, media_type, self._tree.size(whole))
        return whole

    def _text(self, file: str, document: Document, key: str) -> str:
        entry = document.entries.get(key)
        if entry is None:
            return ""
        if not isinstance(entry.value, str):
            self._fail(file, entry.line, Message("%(key)s is a list, but should be text.", key=key))
            return ""
        most = TITLE_MAX_CHARACTERS if key == "title" else 10 * TITLE_MAX_CHARACTERS
        if len(entry.value) > most:
            self._fail(
                file, entry.line, Message("%(key)s has more than %(most)s characters.", key=key, most=most)
            )
        text = tidied(entry.value)
        fault = fault_of_name(text) if key == "title" and text else fault_of(text)
        if fault:
            self._fail(file, entry.line, fault)
        return text

    def _list(self, file: str, document: Document, key: str) -> tuple[str, ...]:
        entry = document.entries.get(key, Entry((), 0))
        if isinstance(entry.value, str):
            if entry.value:
                self._fail(file, entry.line, Message("%(key)s is text, but should be a list.", key=key))
            return ()
        return entry.value

    def _matching(self, file: str, document: Document, key: str, pattern: re.Pattern[str]) -> str:
        text = self._text(file, document, key)
        if text and not pattern.fullmatch(text):
            self._fail(
                file, document.entries[key].line, Message("%(text)s is no %(key)s.", text=text[:40], key=key)
            )
        return text

    def _level(self, file: str, document: Document) -> str:
        text = self._text(file, document, "level").lower()
        if text and text not in set(Level):
            levels = ", ".join(Level)
            self._fail(
                file,
                document.entries["level"].line,
                Message("%(text)s is no level: it is one of %(levels)s.", text=text[:40], levels=levels),
            )
        return text

    def _minutes(self, file: str, document: Document) -> int | None:
        text = self._text(file, document, "minutes")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= MINUTES_MAX:
            self._fail(
                file,
                document.entries["minutes"].line,
                Message("%(text)s is no number of minutes.", text=text[:40]),
            )
            return None
        return int(text)

    def _required(self, file: str, document: Document) -> bool:
        text = self._text(file, document, "required").lower()
        if text not in {"", "yes", "no"}:
            line = document.entries["required"].line
            self._fail(file, line, Message("%(text)s is neither yes nor no.", text=text[:40]))
        return text != "no"

    def _refuse_twice(self, named: list[tuple[str, str]]) -> None:
        counted = Counter(slug for slug, _ in named)
        for slug, file in named:
            if counted[slug] > 1:
                self._fail(file, None, Message("Two of these are called %(slug)s.", slug=slug))

    def _name_equal_numbers(self, files: list[str]) -> None:
        numbers = [(order(file)[1], file) for file in files if NUMBERED.match(posixpath.basename(file))]
        counted = Counter(number for number, _ in numbers)
        for number, file in numbers:
            if counted[number] > 1:
                self._warn(
                    file, None, Message("Another lesson has the same number: they are ordered by name.")
                )

    def _name_what_is_left(self) -> None:
        """Say which files were not taken over, so that nothing is lost unseen."""
        for file, whole in self._files.items():
            if whole in self._pictures or file.lower().endswith(EXTENSION):
                continue
            if media.media_type_of(file):
                self._warn(file, None, Message("No lesson shows this file: it is left out."))
            else:
                self._warn(
                    file, None, Message("This file is left out: no lesson can bring a file of its kind.")
                )

    def _fail(self, file: str, line: int | None, message: str) -> None:
        self._issues.append(ImportIssue(IssueLevel.ERROR, file, line, message))

    def _warn(self, file: str, line: int | None, message: str) -> None:
        self._issues.append(ImportIssue(IssueLevel.WARNING, file, line, message))


def slug_of(text: str) -> str:
    """Return a title as it stands in an address: lower-case letters of the Latin alphabet, digits and dashes."""
    folded = posixpath.basename(text).lower().translate(TRANSLITERATED)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:80].strip("-")
