"""Writing one question as Moodle XML, with its pictures in the texts that show them."""

from xml.etree.ElementTree import Element, SubElement

from lms.quizzes.kinds import kind_of
from lms.quizzes.syntax.moodle_xml import XmlWriter, clean
from lms.quizzes.values import ImportedQuestion


def add_question(quiz: Element, imported: ImportedQuestion) -> None:
    """Append the question to the quiz element; one that Moodle has no type for is left out."""
    question = imported.question
    form = kind_of(question).moodle_xml
    if form is None:
        return
    writer = XmlWriter(imported, SubElement(quiz, "question", type=form.type_of(question)))
    SubElement(SubElement(writer.element, "name"), "text").text = clean(question.title)
    stem = writer.text(writer.element, "questiontext", form.stem(question))
    for name in writer.unmentioned:
        writer.file(stem, name)
    writer.text(writer.element, "generalfeedback", question.general_feedback)
    writer.value("defaultgrade", f"{question.marks:f}")
    if question.external_id:
        writer.value("idnumber", question.external_id)
    form.write(question, writer)
    for name, feedback in (
        ("correctfeedback", question.feedback_correct),
        ("partiallycorrectfeedback", question.feedback_partial),
        ("incorrectfeedback", question.feedback_incorrect),
    ):
        if feedback:
            writer.text(writer.element, name, feedback)
    for hint in question.hints:
        writer.text(writer.element, "hint", hint)
    if question.tags:
        tags = SubElement(writer.element, "tags")
        for tag in question.tags:
            SubElement(SubElement(tags, "tag"), "text").text = clean(tag)
