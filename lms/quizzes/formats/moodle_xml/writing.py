"""Writing one question as Moodle XML, with its pictures in the texts that show them."""

from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from lms.quizzes.formats.moodle_xml.calculated import add_sets, sets_of
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.chance import sampled
from lms.quizzes.syntax.moodle_xml import XmlWriter, clean
from lms.quizzes.values import ImportedQuestion, Question


def add_question(quiz: Element, imported: ImportedQuestion) -> None:
    """Append the question to the quiz element; one that Moodle has no type for is left out."""
    question = imported.question
    form = kind_of(question).moodle_xml
    if form is None:
        return
    sets = sets_of(question)
    if sets is None:
        question = sampled(question)
    kind = form.type_of(question) if sets is None else "calculatedsimple"
    writer = XmlWriter(replace(imported, question=question), SubElement(quiz, "question", type=kind))
    SubElement(SubElement(writer.element, "name"), "text").text = clean(question.title)
    stem = writer.text(writer.element, "questiontext", form.stem(question))
    for name in writer.unmentioned:
        writer.file(stem, name)
    writer.text(writer.element, "generalfeedback", question.general_feedback)
    writer.value("defaultgrade", f"{question.marks:f}")
    if question.external_id:
        writer.value("idnumber", question.external_id)
    form.write(question, writer)
    if sets is not None:
        add_sets(writer.element, question, sets)
    _add_said(question, writer)
    if question.tags:
        tags = SubElement(writer.element, "tags")
        for tag in question.tags:
            SubElement(SubElement(tags, "tag"), "text").text = clean(tag)


def _add_said(question: Question, writer: XmlWriter) -> None:
    """Write what is said by result, and the hints."""
    for name, feedback in (
        ("correctfeedback", question.feedback_correct),
        ("partiallycorrectfeedback", question.feedback_partial),
        ("incorrectfeedback", question.feedback_incorrect),
    ):
        if feedback:
            writer.text(writer.element, name, feedback)
    for hint in question.hints:
        writer.text(writer.element, "hint", hint)
