"""Reading one question of a Moodle XML file: what every question has, and its body as its kind reads it."""

from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.formats.moodle_xml.calculated import PLAIN, TYPES, Calculated
from lms.quizzes.kinds import KINDS, MoodleXmlForm
from lms.quizzes.syntax.moodle_xml import XmlReader
from lms.quizzes.values import ImportedQuestion, Question

# Moodle's own types that are known by name, and what people call them.
NOT_YET: Final = {
    "description": Message("description"),
    "ddmarker": Message("drag markers"),
    "ddimageortext": Message("drag onto image"),
    "randomsamatch": Message("random matching"),
}


def imported(reader: XmlReader, category: tuple[str, ...]) -> ImportedQuestion:
    """Return the question with its files; raises ValueError with a sentence that says what is wrong."""
    calculated = Calculated(reader) if reader.type in TYPES else None
    reader.type = PLAIN.get(reader.type, reader.type)
    form = _form_for(reader)
    element, reader.asked = reader.element, reader.stem()
    body = form.read(reader)
    question = Question(
        title=reader.name,
        stem=reader.asked,
        body=body,
        marks=reader.number("defaultgrade", reader.marks),
        general_feedback=reader.text(element.first("generalfeedback")),
        feedback_correct=reader.text(element.first("correctfeedback")),
        feedback_partial=reader.text(element.first("partiallycorrectfeedback")),
        feedback_incorrect=reader.text(element.first("incorrectfeedback")),
        hints=tuple(hint for one in element.all("hint") if (hint := reader.text(one))),
        tags=reader.tags(),
        category=category,
        external_id=reader.value("idnumber"),
    )
    made = ImportedQuestion(question, reader.files, element.line)
    if calculated is None:
        return made
    formulas = {key: (calculated.formula(text), kind) for key, (text, kind) in reader.formulas.items()}
    return calculated.drawn(made, formulas)


def _form_for(reader: XmlReader) -> MoodleXmlForm:
    for kind in KINDS.values():
        if kind.moodle_xml is not None and kind.moodle_xml.claims(reader):
            return kind.moodle_xml
    what = NOT_YET.get(reader.type, reader.type)
    raise ValueError(Message("Questions of the type “%(type)s” cannot be taken over yet.", type=what))
