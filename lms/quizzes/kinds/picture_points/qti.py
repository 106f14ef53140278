"""How QTI 2.2 holds it: points that are selected, or a small picture that is put where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Final
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.picture_points.rules import PicturePointsRules
from lms.quizzes.kinds.picture_points.values import (
    POINTS_AT_MOST,
    WEIGHT_AT_MOST,
    Area,
    PicturePoints,
    PicturePointsResponse,
    Point,
    typed,
)
from lms.quizzes.kinds.places import PictureGrading
from lms.quizzes.kinds.places_qti import SIDE, Shown, coords, outlines_of, shown_in, within, write_picture
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given
from lms.quizzes.syntax.qti.writing import QtiWriter, condition, made, number, set_score, variable
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, Question, Text

KINDS: Final = ("selectPointInteraction", "positionObjectInteraction")
PAIRS_AT_MOST: Final = 30
CORNERS: Final[tuple[Point, ...]] = tuple(
    (Decimal(x) / 100, Decimal(y) / 100) for x in (1, 50, 99) for y in (1, 50, 99)
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an item asks to mark: where, and with what picture."""

    interaction: Element
    stage: Element
    marker: Element | None


class PicturePointsQti(QtiForm):
    """Points on a picture that count where areas say so."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether points are marked on a picture."""
        return any(item.sole(name) for name in KINDS) and item.machine.is_graded

    def read(self, item: QtiItem) -> PicturePoints:
        """Return the picture and the areas, graded as the item does, as far as a grading of ours does."""
        asked = _asked(item)
        shown = shown_in(item, asked.stage)
        areas = _areas(item, asked, shown)
        most = min(_most(item, asked) or len(areas), POINTS_AT_MOST)
        marker = _marker(item, asked)
        item.asked = item.stem(lambda one: item.prompt(asked.interaction) if one is asked.stage else None)
        # As the best: whichever of our gradings fits, all is right where every area that counts most is met.
        bodies = [
            PicturePoints(shown.picture, shown.alt, areas, most, grading, marker)
            for grading in (PictureGrading.EACH, PictureGrading.COST, PictureGrading.ALL)
        ]
        points = [point for area in bodies[0].best if (point := bodies[0].point_in(area))]
        item.weigh([_given(item, asked, points, shown)])
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(PicturePointsRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return each area alone, some together, and points that lie elsewhere."""
        if not isinstance(body, PicturePoints):
            return ()
        asked = _asked(item)
        shown = shown_in(item, asked.stage)
        inside = {area.key: point for area in body.areas if (point := body.point_in(area))}
        outside = [one for one in CORNERS if not any(area.holds(*one) for area in body.areas)][:2]
        sets: list[tuple[Point, ...]] = [(point,) for point in (*inside.values(), *outside)]
        keys = {(point,): key for key, point in inside.items()}
        if body.most > 1:
            best = tuple(inside[area.key] for area in body.best)
            sets += [best, *(list(combinations(inside.values(), 2))[:PAIRS_AT_MOST])]
            sets += [(*best[: body.most - 1], one) for one in outside]
        return [
            Probe(
                _given(item, asked, points, shown),
                PicturePointsResponse(tuple(typed(point) for point in points)),
                keys.get(points, "") if len(points) == 1 else "",
            )
            for points in dict.fromkeys(sets)
        ]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> PicturePoints | None:
        """Return the areas with what is said of them."""
        if not isinstance(body, PicturePoints):
            return None
        return replace(
            body, areas=tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.areas)
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the picture, and the areas as a map."""
        body = body_of(question, PicturePoints)
        writer.ask()
        most = str(body.most)
        if body.marker:
            stage = SubElement(writer.body, "positionObjectStage")
            write_picture(writer, stage, body.picture, body.alt)
            interaction = writer.interaction(
                "positionObjectInteraction", stage, minChoices="0", maxChoices=most
            )
            path = writer.path(body.marker)
            kind = path.rpartition(".")[2].lower().replace("jpg", "jpeg")
            SubElement(interaction, "object", data=path, type=f"image/{kind}")
        else:
            interaction = writer.interaction("selectPointInteraction", minChoices="0", maxChoices=most)
            write_picture(writer, interaction, body.picture, body.alt)
        points = [point for area in body.best if (point := body.point_in(area))]
        single = body.most == 1
        declared = writer.declare(
            "RESPONSE", "single" if single else "multiple", "point", [_pixels(*point) for point in points]
        )
        declared.append(_map(body, writer))
        mapped = NewElement("mapResponsePoint", identifier="RESPONSE")
        if body.grading is not PictureGrading.ALL:
            writer.rules.append(set_score(mapped))
            return
        writer.rules.append(
            condition(
                (made("gte", [mapped, variable("MAXSCORE")]), [set_score(variable("MAXSCORE"))]),
                otherwise=[set_score(number(ZERO))],
            )
        )

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what the areas are called, and what is said of them."""
        areas = body_of(question, PicturePoints).areas
        lost = []
        if any(not area.label.isdecimal() for area in areas):
            lost.append(Message("what the places are called"))
        if any(area.feedback for area in areas):
            lost.append(Message("the feedback to places"))
        return lost


def _asked(item: QtiItem) -> _Asked:
    interaction = next((found for name in KINDS if (found := item.sole(name))), None)
    if interaction is None:
        raise ValueError(Message("The question has no answer."))
    if interaction.name == KINDS[0]:
        return _Asked(interaction, interaction, None)
    stage = next((one for one in item.body.walk() if interaction in one.children), None)
    marker = next((one for one in interaction.children if one.name in {"object", "img"}), None)
    return _Asked(interaction, stage or interaction, marker)


def _areas(item: QtiItem, asked: _Asked, shown: Shown) -> tuple[Area, ...]:
    """Return the areas that count: of the map, else those that the rules ask for."""
    declared = item.response(asked.interaction)
    entries = declared.areas.all("areaMapEntry") if declared.areas else []
    values = [Decimal(one.attribute("mappedValue") or 0) for one in entries]
    if not entries:
        entries = (
            [one for one in item.machine.rules.walk() if one.name == "inside"] if item.machine.rules else []
        )
        values = [ONE] * len(entries)
    counted = [(one, value) for one, value in zip(entries, values, strict=True) if value > 0]
    if not counted:
        raise ValueError(Message("It names no area of the picture that is right."))
    unit = min(value for _one, value in counted)
    weights = [int((value / unit).to_integral_value()) for _one, value in counted]
    return tuple(
        Area(one.key, one.shape, one.numbers, one.label, max(1, min(weight, WEIGHT_AT_MOST)))
        for one, weight in zip(outlines_of([one for one, _value in counted], shown), weights, strict=True)
    )


def _most(item: QtiItem, asked: _Asked) -> int:
    """Return how many points may be marked, 0 for any number."""
    if item.response(asked.interaction).cardinality == "single":
        return 1
    word = asked.interaction.attribute("maxChoices") or "1"
    return int(word) if word.isdecimal() else 1


def _marker(item: QtiItem, asked: _Asked) -> str:
    """Return the picture that stands for a point, empty without one."""
    address = asked.marker and (asked.marker.attribute("data") or asked.marker.attribute("src"))
    return (item.content.picture(address, asked.marker.line) if address and asked.marker else None) or ""


def _given(item: QtiItem, asked: _Asked, points: Sequence[Point], shown: Shown) -> Given:
    declared = item.response(asked.interaction)
    across, down = shown.size
    values = [f"{x * across:f} {y * down:f}" for x, y in points]
    if declared.cardinality == "single":
        return {declared.name: values[0] if values else None}
    return {declared.name: Bag(values) or None}


def _map(body: PicturePoints, writer: QtiWriter) -> NewElement:
    """Return the areas with what each counts, as points of the question."""
    unit = ONE / body.whole
    # A point elsewhere costs so much that nothing is left, where only all of it counts.
    cost = {PictureGrading.EACH: ZERO, PictureGrading.COST: unit, PictureGrading.ALL: ONE}[body.grading]
    element = NewElement("areaMapping", lowerBound="0", defaultValue=writer.points(-cost))
    if body.grading is not PictureGrading.ALL:
        element.set("upperBound", writer.points(ONE))
    for area in body.areas:
        shape, numbers = coords(area)
        SubElement(
            element,
            "areaMapEntry",
            shape=shape,
            coords=numbers,
            mappedValue=writer.points(Decimal(area.weight) / body.whole),
        )
    return element


def _pixels(x: Decimal, y: Decimal) -> str:
    return " ".join(f"{(within(share) * SIDE).to_integral_value():f}" for share in (x, y))
