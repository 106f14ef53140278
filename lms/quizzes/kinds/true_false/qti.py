"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import SubElement

from lms.quizzes.kinds.choices_qti import (
    FALSE,
    SAID,
    TRUE,
    given,
    interaction_of,
    is_truth,
    options_of,
    required_interaction,
)
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.true_false.values import KEYS, TrueFalse, TrueFalseResponse
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter, set_outcome, variable
from lms.quizzes.values import NO_TEXT, Body, Question, Text


class TrueFalseQti(QtiForm):
    """A choice between true and false."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether it asks if a statement holds."""
        found = interaction_of(item)
        return bool(found and item.machine.is_graded and is_truth(item, found))

    def read(self, item: QtiItem) -> TrueFalse:
        """Return what holds."""
        interaction = required_interaction(item)
        answers = {name.lower(): given(item, interaction, [name]) for name in options_of(interaction)}
        item.weigh(answers.values())
        item.asked = item.stem()
        return TrueFalse(answer=item.fraction(answers[TRUE]) == 1)

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return both answers."""
        del body
        interaction = required_interaction(item)
        return [
            Probe(
                given(item, interaction, [name]),
                TrueFalseResponse(name.lower() == TRUE),
                name.lower(),
                element,
            )
            for name, element in options_of(interaction).items()
        ]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> TrueFalse | None:
        """Return the statement with what is said of each answer."""
        if not isinstance(body, TrueFalse):
            return None
        return replace(body, feedback_true=said.get(TRUE, NO_TEXT), feedback_false=said.get(FALSE, NO_TEXT))

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write both answers."""
        body = body_of(question, TrueFalse)
        writer.ask()
        interaction = writer.interaction("choiceInteraction", shuffle="false", maxChoices="1", minChoices="0")
        for key, words, said in (
            (TRUE, "True", body.feedback_true),
            (FALSE, "False", body.feedback_false),
        ):
            element = SubElement(interaction, "simpleChoice", identifier=key)
            element.text = words
            writer.said(element, SAID, key, said)
        right = KEYS[body.answer]
        writer.declare("RESPONSE", "single", "identifier", [right], [(right, Decimal(1))])
        writer.rules.append(writer.score_by_map())
        if body.feedback_true or body.feedback_false:
            name = writer.outcome(SAID, "identifier")
            writer.rules.append(set_outcome(name, variable("RESPONSE")))
