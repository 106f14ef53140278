"""Moodle XML, which carries a question whole, with its pictures (docs.moodle.org, Moodle XML format)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lms.kernel.messages import Message
from lms.kernel.xmltree import XmlRefused, parse_xml
from lms.quizzes.formats.moodle_xml.calculated import sets_of
from lms.quizzes.formats.moodle_xml.reading import imported as read_question
from lms.quizzes.formats.moodle_xml.writing import add_question
from lms.quizzes.kinds import kind_of
from lms.quizzes.syntax.moodle import category_of, category_path
from lms.quizzes.syntax.moodle_xml import XmlReader, clean
from lms.quizzes.values import ImportedQuestion, ImportProblem, ImportReport, Severity, too_many


class MoodleXml:
    """Reads and writes Moodle XML."""

    name = "moodle_xml"
    title = "Moodle XML"
    sentence = Message("What Moodle reads with all pictures, feedback and hints.")
    roots = ("quiz",)
    is_written = True
    carries_files = True
    keeps_all = False
    extensions = (".xml",)

    def recognises(self, content: bytes) -> bool:
        """Return False: what is no XML is none of it."""
        del content
        return False

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a file; a bad or unknown question is named with its line, and the rest is offered."""
        try:
            root = parse_xml(content)
        except XmlRefused as error:
            return ImportReport(problems=(ImportProblem(error.line, "", error.message),))
        if root.name != "quiz":
            message = Message(
                "This is no Moodle question file: it begins with <%(tag)s>, not <quiz>.", tag=root.name
            )
            return ImportReport(problems=(ImportProblem(root.line, "", message),))
        count = sum(one.attribute("type") != "category" for one in root.all("question"))
        if refusal := too_many(count, most):
            return refusal
        questions: list[ImportedQuestion] = []
        problems: list[ImportProblem] = []
        category: tuple[str, ...] = ()
        for element in root.all("question"):
            if element.attribute("type") == "category":
                path = element.first("category")
                text = path and path.first("text")
                category = category_of(text.text) if text else ()
                continue
            reader = XmlReader(element)
            try:
                questions.append(read_question(reader, category))
            except ValueError as error:
                problems.append(ImportProblem(element.line, reader.name, error.args[0]))
            problems += [
                ImportProblem(element.line, reader.name, said, Severity.WARNING) for said in reader.warnings
            ]
        return ImportReport(tuple(questions), tuple(problems))

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Write a file in UTF-8."""
        root = Element("quiz")
        category: tuple[str, ...] = ()
        for imported in questions:
            if imported.question.category != category:
                category = imported.question.category
                marker = SubElement(root, "question", type="category")
                SubElement(SubElement(marker, "category"), "text").text = clean(category_path(category))
            add_question(root, imported)
        indent(root)
        written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return written + b"\n"

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return what Moodle has no place for."""
        asked = question.question
        form = kind_of(asked).moodle_xml
        if form is None:
            return (Message("the whole question: Moodle has none of its kind"),)
        is_by_sets = sets_of(asked) is not None
        losses = {
            Message("the objective"): bool(asked.objective),
            Message("the formulas that draw it: some draws are written"): is_by_sets,
            Message("that it is drawn by chance: it is written as one draw has it"): bool(asked.drawing)
            and not is_by_sets,
        }
        return (*(loss for loss, holds in losses.items() if holds), *form.losses(asked))
