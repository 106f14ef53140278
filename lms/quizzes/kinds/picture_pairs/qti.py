"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches, names_in, right_of
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.picture_pairs.rules import PicturePairsRules
from lms.quizzes.kinds.picture_pairs.values import Pair, PicturePairs, PicturePairsResponse, pair_key
from lms.quizzes.kinds.places import PictureGrading, top_first
from lms.quizzes.kinds.places_qti import names_of, outlines_of, shown_in, write_picture, write_place
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, Question, Text

TRIED_AT_MOST: Final = 60


class PicturePairsQti(QtiForm):
    """Places on a picture, to be joined in pairs."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether places of a picture are joined."""
        return item.sole("graphicAssociateInteraction") is not None and item.machine.is_graded

    def read(self, item: QtiItem) -> PicturePairs:
        """Return the picture, its places and pairs, graded as the item does, as far as a grading of ours does."""
        interaction = _interaction(item)
        shown, spots = shown_in(item, interaction), interaction.all("associableHotspot")
        keys, right = names_of(spots), _right(item, interaction)
        item.weigh([_given(item, interaction, right)])
        item.asked = item.stem()
        pairs = tuple(Pair(keys[one], keys[other]) for one, other in right)
        limit = interaction.attribute("maxAssociations") or "1"
        most = int(limit) if limit.isdecimal() else 0
        if all(one.attribute("matchMax") == "1" for one in spots):
            item.content.warn(
                Message("A place may belong to several pairs here, and to one alone in the file.")
            )
        bodies = [
            PicturePairs(shown.picture, shown.alt, outlines_of(spots, shown), pairs, most, grading)
            for grading in (PictureGrading.ALL, PictureGrading.EACH, PictureGrading.COST)
            if most or grading is not PictureGrading.EACH
        ]
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(PicturePairsRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return each pair alone, all right ones, and each other one beside them."""
        interaction = _interaction(item)
        keys, right = names_of(interaction.all("associableHotspot")), _right(item, interaction)
        right = [(one, other) if one < other else (other, one) for one, other in right]
        most = body.most if isinstance(body, PicturePairs) else 0
        all_pairs = [(one, other) if one < other else (other, one) for one, other in combinations(keys, 2)]
        sets: list[tuple[tuple[str, str], ...]] = [(pair,) for pair in all_pairs]
        wrong = [pair for pair in all_pairs if pair not in right]
        sets += [tuple(right), *((right[0], pair) for pair in wrong), *((*right, pair) for pair in wrong)]
        return [
            Probe(
                _given(item, interaction, made),
                PicturePairsResponse(tuple(pair_key(keys[one], keys[other]) for one, other in made)),
                pair_key(*(keys[name] for name in made[0])) if len(made) == 1 else "",
            )
            for made in dict.fromkeys(sets)
            if not most or len(made) <= most
        ][:TRIED_AT_MOST]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> PicturePairs | None:
        """Return the pairs with what is said of them; None where it is said of a wrong one."""
        if not isinstance(body, PicturePairs) or not said.keys() <= body.right.keys():
            return None
        return replace(
            body, pairs=tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.pairs)
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the picture, its places from the top, and what each pair earns."""
        body = body_of(question, PicturePairs)
        writer.ask()
        interaction = writer.interaction(
            "graphicAssociateInteraction", maxAssociations=str(body.most), minAssociations="0"
        )
        write_picture(writer, interaction, body.picture, body.alt)
        for place in top_first(body.places):
            write_place(interaction, "associableHotspot", place, matchMax=str(len(body.places) - 1))
        share = ONE / len(body.pairs)
        names = {key: f"{one.key} {other.key}" for key, (one, other) in body.all_pairs.items()}
        right = [names[pair.key] for pair in body.pairs]
        shares = [(name, share) for name in right]
        if body.grading is PictureGrading.COST:
            shares += [(name, -share) for key, name in names.items() if key not in body.right]
        is_shared = body.grading is not PictureGrading.ALL
        writer.declare("RESPONSE", "multiple", "pair", right, shares if is_shared else (), bounds=(ZERO, ONE))
        writer.score_if_right([writer.score_by_map()] if is_shared else [])

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what is said of pairs."""
        said = any(pair.feedback for pair in body_of(question, PicturePairs).pairs)
        return (Message("the feedback to pairs"),) if said else ()


def _interaction(item: QtiItem) -> Element:
    found = item.sole("graphicAssociateInteraction")
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found


def _right(item: QtiItem, interaction: Element) -> list[tuple[str, str]]:
    pairs = [name.split() for name in names_in(right_of(item, interaction))]
    return [(one[0], one[1]) for one in pairs if len(one) == 2]  # noqa: PLR2004  pairs


def _given(item: QtiItem, interaction: Element, pairs: Sequence[tuple[str, str]]) -> Given:
    declared = item.response(interaction)
    values = [" ".join(sorted(pair)) for pair in pairs]
    if declared.cardinality == "single":
        return {declared.name: values[0] if values else None}
    return {declared.name: Bag(values) or None}
