"""Writing one question as Moodle XML, with its pictures in the texts that show them."""

import base64
import re
from decimal import Decimal
from typing import Final
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, SubElement

from lms.quizzes.values import (
    Choice,
    ImportedQuestion,
    Matching,
    MultipleChoice,
    Numeric,
    Question,
    QuestionType,
    ShortText,
    SingleChoice,
    Text,
    TextFormat,
    TrueFalse,
    UnitRule,
    percent,
)

TYPES: Final = {
    QuestionType.SINGLE_CHOICE: "multichoice",
    QuestionType.MULTIPLE_CHOICE: "multichoice",
    QuestionType.TRUE_FALSE: "truefalse",
    QuestionType.SHORT_TEXT: "shortanswer",
    QuestionType.NUMERIC: "numerical",
    QuestionType.MATCHING: "matching",
}
FORMATS: Final = {TextFormat.HTML: "html", TextFormat.MARKDOWN: "markdown", TextFormat.PLAIN: "plain_text"}
NOT_IN_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ATTACHMENT: Final = re.compile(r"attachment:([\w.~%-]+)")
UNITS_TYPED, UNITS_UNUSED = "0", "3"


def add_question(quiz: Element, imported: ImportedQuestion) -> None:
    """Append the question to the quiz element."""
    question = imported.question
    writer = _Writer(imported, SubElement(quiz, "question", type=TYPES[question.type]))
    writer.write(question)


def clean(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return NOT_IN_XML.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


class _Writer:
    """One question element in the making, and the files that no text has shown yet."""

    def __init__(self, imported: ImportedQuestion, element: Element) -> None:
        self._element = element
        self._files = {file.name: file.content for file in imported.attachments}
        mentioned = {
            unquote(name) for text in imported.question.texts for name in ATTACHMENT.findall(text.source)
        }
        self._unmentioned = self._files.keys() - mentioned

    def write(self, question: Question) -> None:
        SubElement(SubElement(self._element, "name"), "text").text = clean(question.title)
        stem = self._text(self._element, "questiontext", question.stem)
        for name in sorted(self._unmentioned):
            self._file(stem, name)
        self._text(self._element, "generalfeedback", question.general_feedback)
        self._value("defaultgrade", f"{question.marks:f}")
        if question.external_id:
            self._value("idnumber", question.external_id)
        self._body(question)
        for name, feedback in (
            ("correctfeedback", question.feedback_correct),
            ("partiallycorrectfeedback", question.feedback_partial),
            ("incorrectfeedback", question.feedback_incorrect),
        ):
            if feedback:
                self._text(self._element, name, feedback)
        for hint in question.hints:
            self._text(self._element, "hint", hint)
        if question.tags:
            tags = SubElement(self._element, "tags")
            for tag in question.tags:
                SubElement(SubElement(tags, "tag"), "text").text = clean(tag)

    def _body(self, question: Question) -> None:
        match question.body:
            case SingleChoice() | MultipleChoice() as body:
                self._value("single", str(isinstance(body, SingleChoice)).lower())
                self._value("shuffleanswers", str(body.shuffle).lower())
                for choice in body.choices:
                    self._choice(choice)
            case TrueFalse(answer=answer, feedback_true=when_true, feedback_false=when_false):
                self._answer("true", Decimal(answer), when_true)
                self._answer("false", Decimal(not answer), when_false)
            case ShortText() as body:
                self._value("usecase", str(int(body.case_sensitive)))
                for text in body.answers:
                    self._answer(text.pattern, text.weight, text.feedback)
            case Numeric() as body:
                self._numeric(body)
            case Matching() as body:
                self._matching(body)

    def _choice(self, choice: Choice) -> None:
        answer = self._text(self._element, "answer", choice.text)
        answer.set("fraction", percent(choice.weight))
        self._text(answer, "feedback", choice.feedback)

    def _answer(self, text: str, weight: Decimal, feedback: Text) -> Element:
        answer = SubElement(self._element, "answer", fraction=percent(weight), format="plain_text")
        SubElement(answer, "text").text = clean(text)
        self._text(answer, "feedback", feedback)
        return answer

    def _numeric(self, body: Numeric) -> None:
        for number in body.answers:
            text = "*" if number.value is None else f"{number.value:f}"
            answer = self._answer(text, number.weight, number.feedback)
            SubElement(answer, "tolerance").text = f"{number.tolerance:f}"
        if not body.units:
            self._value("showunits", UNITS_UNUSED)
            return
        units = SubElement(self._element, "units")
        for unit in body.units:
            element = SubElement(units, "unit")
            SubElement(element, "multiplier").text = f"{unit.multiplier:f}"
            SubElement(element, "unit_name").text = clean(unit.name)
        self._value("unitgradingtype", str(int(body.unit_rule is UnitRule.REQUIRED)))
        self._value("unitpenalty", f"{body.unit_penalty:f}")
        self._value("showunits", UNITS_TYPED)

    def _matching(self, body: Matching) -> None:
        self._value("shuffleanswers", str(body.shuffle).lower())
        texts = {option.key: option.text for option in body.options}
        asked_for = {stem.option_key for stem in body.stems}
        pairs = [(stem.text, texts[stem.option_key]) for stem in body.stems]
        pairs += [(Text("", TextFormat.HTML), text) for key, text in texts.items() if key not in asked_for]
        for stem, option in pairs:
            pair = self._text(self._element, "subquestion", stem)
            SubElement(SubElement(pair, "answer"), "text").text = clean(option)

    def _text(self, parent: Element, name: str, text: Text) -> Element:
        element = SubElement(parent, name, format=FORMATS[text.format])
        shown: dict[str, None] = {}

        def pointed(reference: re.Match[str]) -> str:
            file = unquote(reference[1])
            if file not in self._files:
                return reference[0]
            shown[file] = None
            return f"@@PLUGINFILE@@/{quote(file, safe='')}"

        SubElement(element, "text").text = clean(ATTACHMENT.sub(pointed, text.source))
        for file in shown:
            self._file(element, file)
        return element

    def _file(self, element: Element, name: str) -> None:
        file = SubElement(element, "file", name=clean(name), path="/", encoding="base64")
        file.text = base64.b64encode(self._files[name]).decode()

    def _value(self, name: str, value: str) -> None:
        SubElement(self._element, name).text = clean(value)
