"""Gaps out of QTI 2.2: fields, lists and choices within a text, or gaps that words are dragged into."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import names_in, right_of
from lms.quizzes.kinds.gap_fill.values import (
    BankWord,
    Gap,
    GapChoice,
    GapFillResponse,
    GapWay,
)
from lms.quizzes.kinds.typed_qti import NUMBERS, accepted, around, numbers_of, words_of
from lms.quizzes.kinds.weights import whole_weights
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given, Scalar, Value, values_in
from lms.quizzes.values import ONE, key_at

LISTS: Final = {"inlineChoiceInteraction": "inlineChoice", "choiceInteraction": "simpleChoice"}
FIELD, DRAGGED = "textEntryInteraction", "gapMatchInteraction"
KNOWN: Final = frozenset({*LISTS, FIELD, DRAGGED})


@dataclass(frozen=True, slots=True)
class Hole:
    """A gap of an item: where it stands, the response it belongs to, and the value that is right in it."""

    element: Element
    interaction: Element
    right: Value


class Holes:
    """The gaps of an item, in the order of its text, and what they earn."""

    def __init__(self, item: QtiItem) -> None:
        self.item = item
        self.holes: list[Hole] = []
        for interaction in item.interactions:
            if interaction.name == DRAGGED:
                pairs = [word.split() for word in names_in(right_of(item, interaction))]
                for gap in (one for one in interaction.walk() if one.name == "gap"):
                    words = [one[0] for one in pairs if one[1:] == [gap.attribute("identifier")]]
                    if len(words) > 1:
                        raise ValueError(Message("A gap of it takes several words."))
                    self.holes.append(Hole(gap, interaction, words[0] if words else None))
            else:
                self.holes.append(Hole(interaction, interaction, self._right(interaction)))
        self.full = item.weigh([self.given(dict(enumerate(self._all())))])

    def _all(self) -> list[Value]:
        return [hole.right for hole in self.holes]

    def _right(self, interaction: Element) -> Value:
        """Return what is right in a field or list: what is declared, or what the rules give most for alone."""
        declared = self.item.response(interaction)
        if declared.correct is not None:
            return declared.correct
        known: Sequence[Scalar] = (
            accepted(self.item, declared)
            if interaction.name == FIELD
            else [one.attribute("identifier") for one in interaction.all(LISTS[interaction.name])]
        )
        return max(known, key=lambda one: self.item.score({declared.name: one}), default=None)

    def given(self, filled: Mapping[int, Value]) -> Given:
        """Return an answer that fills these gaps, by their place in the text."""
        answer: dict[str, Value] = {}
        for at, value in filled.items():
            hole = self.holes[at]
            name = self.item.response(hole.interaction).name
            if hole.interaction.name != DRAGGED:
                answer[name] = value
            elif value is not None:
                pair = f"{value} {hole.element.attribute('identifier')}"
                answer[name] = Bag((*values_in(answer.get(name)), pair))
        return answer

    def earned(self, at: int, value: Value) -> Decimal:
        """Return what a gap earns filled with this, all others being right."""
        return self.item.score(self.given({**dict(enumerate(self._all())), at: value}))

    def lost(self, at: int) -> Decimal:
        """Return what the question loses while a gap is open and all others are right."""
        return self.full - self.earned(at, None)

    def weights(self) -> list[int]:
        """Return how many times each gap counts, as whole numbers."""
        return whole_weights([self.lost(at) for at in range(len(self.holes))])

    def wrong_costs(self, gaps: Sequence[Gap]) -> Decimal:
        """Return what a gap costs, as a share of the question, into which a wrong word was dragged."""
        for at, gap in enumerate(gaps):
            if gap.way is GapWay.DRAG and (others := self._others(at, gap)):
                return max(
                    Decimal(0), min(ONE, self.item.share(self.earned(at, None) - self.earned(at, others[0])))
                )
        return Decimal(0)

    def probes(self, gaps: Sequence[Gap]) -> list[Probe]:
        """Return all gaps right, each open, each alone, and each filled with whatever else it knows."""
        right = dict(enumerate(self._all()))
        answers: list[dict[int, Value]] = [right]
        for at, gap in enumerate(gaps):
            answers += [{place: value for place, value in right.items() if place != at}, {at: right[at]}]
            answers += [{**right, at: value} for value in self._others(at, gap)]
        return [
            Probe(
                self.given(filled),
                GapFillResponse(
                    tuple(
                        (gaps[at].key, said)
                        for at, value in sorted(filled.items())
                        if (said := self._said(at, value))
                    )
                ),
            )
            for filled in answers
            if filled
        ]

    def _others(self, at: int, gap: Gap) -> Sequence[Value]:
        hole = self.holes[at]
        if hole.interaction.name == DRAGGED:
            return [one for one in bank_of(hole.interaction) if one != hole.right][:2]
        if hole.interaction.name in LISTS:
            return [one.attribute("identifier") for one in hole.element.all(LISTS[hole.interaction.name])]
        declared = self.item.response(hole.interaction)
        if gap.numbers:
            is_whole = declared.base_type == "integer"
            return [
                int(number) if is_whole else number
                for number in around(gap.numbers)
                if not is_whole or number == number.to_integral_value()
            ]
        words = [str(one) for one in accepted(self.item, declared)]
        return [*words, *(word.swapcase() for word in words), "\u2014"]

    def _said(self, at: int, value: Value) -> str:
        """Return what a gap is filled with, as our response holds it."""
        hole = self.holes[at]
        if value is None:
            return ""
        if hole.interaction.name == DRAGGED:
            return key_at(list(bank_of(hole.interaction)).index(str(value)))
        if hole.interaction.name in LISTS:
            names = [one.attribute("identifier") for one in hole.element.all(LISTS[hole.interaction.name])]
            return key_at(names.index(str(value)))
        return f"{value:f}" if isinstance(value, Decimal) else str(value)


def bank_of(interaction: Element) -> dict[str, Element]:
    """Return what may be dragged, by its identifier."""
    return {
        one.attribute("identifier"): one for one in interaction.all("gapText") + interaction.all("gapImg")
    }


def gaps_of(holes: Holes) -> tuple[Gap, ...]:
    """Return the gaps, numbered as they stand in the text."""
    weights = holes.weights()
    return tuple(_named(str(at + 1), partial(_gap, holes, at, weights[at])) for at in range(len(holes.holes)))


def _named(number: str, build: Callable[[], Gap]) -> Gap:
    try:
        return build()
    except ValueError as error:
        raise ValueError(
            Message("Gap %(number)s: %(said)s", number=number, said=error.args[0] if error.args else "")
        ) from error


def _gap(holes: Holes, at: int, weight: int) -> Gap:
    item, hole, key = holes.item, holes.holes[at], str(at + 1)
    lost = holes.lost(at) or holes.full

    def earned(value: Value) -> Decimal:
        share = (holes.earned(at, value) - holes.earned(at, None)) / lost
        return share.quantize(Decimal("1e-10")).normalize() + 0

    if hole.interaction.name == DRAGGED:
        names = list(bank_of(hole.interaction))
        if hole.right is None:
            raise ValueError(Message("No word belongs in it."))
        return Gap(key, GapWay.DRAG, word=key_at(names.index(str(hole.right))), weight=weight)
    declared = item.response(hole.interaction)
    if hole.interaction.name in LISTS:
        if declared.cardinality != "single":
            raise ValueError(Message("It takes several choices, and a gap here takes one."))
        options = hole.element.all(LISTS[hole.interaction.name])
        choices = tuple(
            GapChoice(
                key_at(place), item.plain(one), max(-ONE, min(ONE, earned(one.attribute("identifier"))))
            )
            for place, one in enumerate(options)
        )
        if hole.interaction.name == "choiceInteraction":
            item.content.warn(
                Message("Gap %(number)s: its choices are shown as a drop-down, not side by side.", number=key)
            )
        return Gap(key, GapWay.PICK, choices=choices, weight=weight)
    if declared.base_type in NUMBERS:
        return Gap(key, GapWay.NUMBER, numbers=numbers_of(item, declared, earned), weight=weight)
    return Gap(key, GapWay.TYPE, words=words_of(item, declared, earned), weight=weight)


def bank_words(holes: Holes) -> tuple[tuple[BankWord, ...], bool]:
    """Return the words to drag, and whether one may be used more than once."""
    found = next((hole.interaction for hole in holes.holes if hole.interaction.name == DRAGGED), None)
    if found is None:
        return (), False
    elements = bank_of(found)
    words = tuple(
        BankWord(key_at(at), holes.item.plain(element)) for at, element in enumerate(elements.values())
    )
    used = [hole.right for hole in holes.holes if hole.interaction is found]
    endless = [element.attribute("matchMax") != "1" for element in elements.values()]
    reuse = any(endless) or len(set(used)) < len(used)
    if reuse and not all(endless):
        holes.item.content.warn(Message("Every word may be used any number of times."))
    return words, reuse
