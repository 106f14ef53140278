"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.short_text.values import ShortText, ShortTextResponse
from lms.quizzes.kinds.typed_qti import accepted, stands_apart, words_of
from lms.quizzes.kinds.wording import STAR
from lms.quizzes.kinds.words import losses_of_wording
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import (
    QtiWriter,
    base_value,
    condition,
    identifier,
    made,
    set_outcome,
    variable,
)
from lms.quizzes.values import NO_TEXT, Body, Question, Text


class ShortTextQti(QtiForm):
    """A field for words that stands behind the question."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether words are typed."""
        found = item.sole("textEntryInteraction")
        if found is None or not item.machine.is_graded or not stands_apart(item, found):
            return False
        return item.response(found).base_type in {"string", "identifier"}

    def read(self, item: QtiItem) -> ShortText:
        """Return the words that are accepted."""
        declared = item.response(_field(item))
        item.weigh([{declared.name: value} for value in accepted(item, declared)])
        item.asked = item.stem(lambda one: "" if one.name == "textEntryInteraction" else None)
        words = words_of(item, declared, lambda value: item.fraction({declared.name: value}))
        return ShortText(words.answers, words.case_sensitive)

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return the words, in their own case and in the other."""
        declared = item.response(_field(item))
        words = [str(value) for value in accepted(item, declared)]
        keys = {one.pattern: one.key for one in body.answers} if isinstance(body, ShortText) else {}
        return [
            Probe({declared.name: word}, ShortTextResponse(word), keys.get(word.replace("*", "\\*"), ""))
            for word in dict.fromkeys([*words, *(word.swapcase() for word in words), "\u2014"])
        ]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> ShortText | None:
        """Return the words with what is said of them."""
        if not isinstance(body, ShortText):
            return None
        return replace(
            body, answers=tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.answers)
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the field and the words; what a star stands for, and slips, Guildhall alone knows."""
        body = body_of(question, ShortText)
        writer.ask()
        writer.interaction("textEntryInteraction", SubElement(writer.body, "p"))
        plain = [one for one in body.answers if not STAR.search(one.pattern)]
        shares = {body.right(): Decimal(1)}
        for one in plain:
            shares.setdefault(one.pattern.replace("\\*", "*"), one.weight)
        writer.declare(
            "RESPONSE",
            "single",
            "string",
            [body.right()],
            shares.items(),
            case_sensitive=body.case_sensitive,
        )
        writer.rules.append(writer.score_by_map())
        branches = []
        for one in plain:
            if one.feedback:
                name = writer.outcome("FEEDBACK", "identifier")
                writer.modal(name, one.key, one.feedback)
                same = made(
                    "stringMatch",
                    [variable("RESPONSE"), base_value("string", one.pattern.replace("\\*", "*"))],
                )
                same.set("caseSensitive", str(body.case_sensitive).lower())
                branches.append((same, [set_outcome(name, identifier(one.key))]))
        if branches:
            writer.rules.append(condition(*branches))

    def losses(self, question: Question) -> Sequence[Message]:
        """Return how words are compared, where QTI compares otherwise."""
        body = body_of(question, ShortText)
        stars = any(STAR.search(one.pattern) for one in body.answers)
        found = losses_of_wording(body, has_case=True)
        return (*found, Message("what a star stands for")) if stars else found


def _field(item: QtiItem) -> Element:
    found = item.sole("textEntryInteraction")
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found
