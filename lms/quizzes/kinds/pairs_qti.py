"""Pairs in QTI 2.2: two sets between which pairs are made, as matching and matrix read and write them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import names_in, right_of
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Text


@dataclass(frozen=True, slots=True)
class Pairing:
    """What is paired: the elements on each side by their identifiers, and which right ones each left one has.

    `turned` says that the file has the sides the other way round.
    """

    interaction: Element
    lefts: Mapping[str, Element]
    rights: Mapping[str, Element]
    right_of: Mapping[str, tuple[str, ...]]
    turned: bool = False

    def is_one_to_one(self) -> bool:
        """Return whether every left side has exactly one right side, and may be paired but once."""
        return all(
            len(self.right_of[name]) == 1 and element.attribute("matchMax") in {"", "1"}
            for name, element in self.lefts.items()
        )

    def given(self, item: QtiItem, pairs: Iterable[tuple[str, str]]) -> Given:
        """Return an answer that makes these pairs of left and right."""
        declared = item.response(self.interaction)
        words = [f"{right} {left}" if self.turned else f"{left} {right}" for left, right in pairs]
        if declared.base_type == "pair":
            words = [" ".join(sorted(word.split())) for word in words]
        return {declared.name: Bag(words) or None}

    def all_right(self) -> list[tuple[str, str]]:
        """Return all pairs that are right."""
        return [(left, right) for left, rights in self.right_of.items() for right in rights]


def pairing_of(item: QtiItem) -> Pairing | None:
    """Return what an item asks to pair, if it asks for nothing else."""
    if interaction := item.sole("matchInteraction"):
        return _of_two_sets(item, interaction)
    if interaction := item.sole("associateInteraction"):
        return _of_one_set(item, interaction)
    return None


def sides_of(interaction: Element) -> list[dict[str, Element]]:
    """Return both sets of what is paired."""
    return [
        {one.attribute("identifier"): one for one in group.all("simpleAssociableChoice")}
        for group in interaction.all("simpleMatchSet")
    ]


def _of_two_sets(item: QtiItem, interaction: Element) -> Pairing | None:
    sides = sides_of(interaction)
    if len(sides) != 2:  # noqa: PLR2004  pairs
        return None
    lefts, rights = sides
    pairs = _pairs(item, interaction)
    found = Pairing(interaction, lefts, rights, _joined(lefts, pairs))
    backwards = Pairing(interaction, rights, lefts, _joined(rights, [(b, a) for a, b in pairs]), turned=True)
    return backwards if backwards.is_one_to_one() and not found.is_one_to_one() else found


def _of_one_set(item: QtiItem, interaction: Element) -> Pairing:
    options = {one.attribute("identifier"): one for one in interaction.all("simpleAssociableChoice")}
    pairs = _pairs(item, interaction)
    firsts = [left for left, _right in pairs]
    if len(set(firsts)) != len(pairs) or {right for _left, right in pairs} & set(firsts):
        raise ValueError(Message("Its things belong to more than one pair each."))
    item.content.warn(
        Message("Its pairs are made of one set: here one of each pair is given, and the other looked for.")
    )
    lefts = {name: options[name] for name in options if name in firsts}
    rights = {name: options[name] for name in options if name not in lefts}
    return Pairing(interaction, lefts, rights, _joined(lefts, pairs))


def _pairs(item: QtiItem, interaction: Element) -> list[tuple[str, str]]:
    pairs = [word.split() for word in names_in(right_of(item, interaction))]
    return [(one[0], one[1]) for one in pairs if len(one) == 2]  # noqa: PLR2004  pairs


def _joined(lefts: Iterable[str], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {left: tuple(dict.fromkeys(b for a, b in pairs if a == left)) for left in lefts}


def write_sides(
    writer: QtiWriter,
    lefts: Sequence[tuple[str, Text]],
    rights: Sequence[tuple[str, str]],
    *,
    shuffle: bool,
    most: int,
) -> NewElement:
    """Write both sets; each on the left may be paired so many times."""
    interaction = writer.interaction(
        "matchInteraction", shuffle=str(shuffle).lower(), maxAssociations="0", minAssociations="0"
    )
    left = SubElement(interaction, "simpleMatchSet")
    for key, text in lefts:
        writer.write(
            SubElement(left, "simpleAssociableChoice", identifier=f"L_{key}", matchMax=str(most)), text
        )
    right = SubElement(interaction, "simpleMatchSet")
    for key, words in rights:
        element = SubElement(right, "simpleAssociableChoice", identifier=f"R_{key}", matchMax="0")
        writer.words(element, words)
    return interaction
