"""How Moodle XML holds it: as a question of Moodle's plug-in qtype_matrix, which many sites have."""

from typing import Final
from xml.etree.ElementTree import SubElement

from markupsafe import Markup, escape

from lms.kernel.messages import Message
from lms.kernel.richtext import plain_text_of
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.matrix.values import Matrix, MatrixColumn, MatrixGrading, MatrixRow
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter, child_text, clean, number_of
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import NO_TEXT, Question, Text, TextFormat, key_at

GRADINGS: Final = {MatrixGrading.LINES: "all", MatrixGrading.WHOLE: "kprime"}
SHORT_CHARACTERS: Final = 255
"""What the plug-in keeps of a line's words; the description below has all of it."""


class MatrixMoodleXml(MoodleXmlForm):
    """Rows, columns, and a weight for each cell."""

    type = "matrix"

    def read(self, reader: XmlReader) -> Matrix:
        """Return the lines, with the columns that weigh something in each."""
        element = reader.element
        columns = tuple(
            MatrixColumn(key_at(at), self._column(reader, one)) for at, one in enumerate(element.all("col"))
        )
        weights = [
            [number_of(one.text or "0") for one in line.all("weight-of-col")]
            for line in element.all("weights-of-row")
        ]
        several = reader.is_true("multiple")
        rows = []
        for at, one in enumerate(element.all("row")):
            line = weights[at] if at < len(weights) else []
            right = tuple(column.key for column, weight in zip(columns, line, strict=False) if weight > 0)
            rows.append(
                MatrixRow(key_at(at), self._words(reader, one), right, reader.text(one.first("feedback")))
            )
        method = reader.value("grademethod", "all")
        if method not in GRADINGS.values():
            reader.warnings.append(
                Message(
                    "A matrix graded by %(name)s is not known: each line that is right counts.", name=method
                )
            )
        grading = MatrixGrading.WHOLE if method == GRADINGS[MatrixGrading.WHOLE] else MatrixGrading.LINES
        return Matrix(tuple(rows), columns, several, grading, reader.is_true("shuffleanswers", "1"))

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write rows, columns and weights."""
        body = body_of(question, Matrix)
        writer.value("grademethod", GRADINGS[body.grading])
        writer.value("multiple", str(int(body.takes_several)))
        writer.value("shuffleanswers", str(int(body.shuffle)))
        writer.value("usedndui", "0")
        for row in body.rows:
            element = SubElement(writer.element, "row")
            SubElement(element, "shorttext").text = clean(_short(row.text))
            whole = NO_TEXT if _is_short(row.text) else row.text
            writer.text(element, "description", whole)
            writer.text(element, "feedback", row.feedback)
        for column in body.columns:
            element = SubElement(writer.element, "col")
            SubElement(element, "shorttext").text = clean(column.text)
            writer.text(element, "description", NO_TEXT)
        for row in body.rows:
            element = SubElement(writer.element, "weights-of-row")
            for column in body.columns:
                SubElement(element, "weight-of-col").text = str(int(column.key in row.column_keys))

    def _words(self, reader: XmlReader, row: Element) -> Text:
        """Return the words of a line: what describes it, if that says all that its short words do."""
        short, whole = child_text(row, "shorttext"), reader.text(row.first("description"))
        if not whole:
            return Text(short, TextFormat.PLAIN)
        if not short or _short(whole) == short:
            return whole
        html = text_to_html(whole) if whole.format is not TextFormat.HTML else whole.source
        return Text(f"<p>{escape(short)}</p>{Markup(html)}", TextFormat.HTML)  # noqa: S704  cleaned when shown

    def _column(self, reader: XmlReader, column: Element) -> str:
        if reader.text(column.first("description")):
            reader.warnings.append(Message("What describes a column is not taken over, its words are."))
        return child_text(column, "shorttext")


def _short(text: Text) -> str:
    words = " ".join(plain_text_of(text_to_html(text)).split())
    return words if len(words) <= SHORT_CHARACTERS else f"{words[: SHORT_CHARACTERS - 1]}…"


def _is_short(text: Text) -> bool:
    return text.format is TextFormat.PLAIN and _short(text) == text.source
