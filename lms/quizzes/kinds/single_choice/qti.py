"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.choices_qti import (
    fixed_in,
    given,
    interaction_of,
    is_shuffled,
    is_truth,
    options_of,
    required_interaction,
    said_of_choices,
    say_chosen,
    takes_one,
    write_choices,
)
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.single_choice.values import SingleChoice, SingleChoiceResponse
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Body, Question, Text, key_at


class SingleChoiceQti(QtiForm):
    """Choices of which one may be made."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether one of several is asked for."""
        found = interaction_of(item)
        return bool(found and item.machine.is_graded and takes_one(item, found) and not is_truth(item, found))

    def read(self, item: QtiItem) -> SingleChoice:
        """Return the choices, each with what the item gives for it."""
        interaction = required_interaction(item)
        options = options_of(interaction)
        answers = [given(item, interaction, [name]) for name in options]
        item.weigh(answers)
        item.asked = item.stem()
        choices = tuple(
            Choice(key_at(at), item.text(element), item.fraction(answer))
            for at, (element, answer) in enumerate(zip(options.values(), answers, strict=True))
        )
        return SingleChoice(choices, is_shuffled(interaction, options), fixed_in(interaction, options))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return every choice."""
        del body
        interaction = required_interaction(item)
        return [
            Probe(given(item, interaction, [name]), SingleChoiceResponse(key_at(at)), key_at(at), element)
            for at, (name, element) in enumerate(options_of(interaction).items())
        ]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> SingleChoice | None:
        """Return the choices with what is said of them."""
        if not isinstance(body, SingleChoice):
            return None
        return replace(body, choices=said_of_choices(body.choices, said))

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the choices and what each earns."""
        body = body_of(question, SingleChoice)
        writer.ask()
        write_choices(writer, body.choices, shuffle=body.shuffle, most=1, fixed=body.fixed)
        writer.declare(
            "RESPONSE",
            "single",
            "identifier",
            [body.right.key],
            [(choice.key, choice.weight) for choice in body.choices],
            bounds=(Decimal(-1), Decimal(1)),
        )
        writer.rules.append(writer.score_by_map())
        say_chosen(writer, body.choices, cardinality="single")
