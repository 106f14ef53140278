"""How QTI 2.2 holds it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches, names_in, right_of
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.picture_labels.rules import PictureLabelsRules
from lms.quizzes.kinds.picture_labels.values import (
    ROOM_AT_MOST,
    Label,
    LabelPlace,
    PictureLabels,
    PictureLabelsResponse,
    words_in,
)
from lms.quizzes.kinds.places import Outline, PictureGrading, top_first
from lms.quizzes.kinds.places_qti import (
    names_of,
    outlines_of,
    shown_in,
    write_picture,
    write_place,
)
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.syntax.texts import ATTACHMENT, text_to_html
from lms.quizzes.values import ONE, ZERO, Body, Question, Text, TextFormat

LABELS: Final = frozenset({"gapImg", "gapText"})
ANY_NUMBER: Final = frozenset({"0", ""})
TRIED_AT_MOST: Final = 80
IMAGE_ALONE: Final = re.compile(
    r'(?:<p>)?<img\b[^>]*?\bsrc="' + re.escape(ATTACHMENT) + r'([^"]+)"[^>]*>(?:</p>)?\s*'
)

Put = tuple[tuple[str, str], ...]
"""Pairs of label and place, by their identifiers."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an item asks to put where: its labels and places, the pairs that are right.

    `turned` says that the file names the place of a pair first.
    """

    interaction: Element
    labels: tuple[Element, ...]
    places: tuple[Element, ...]
    right: Put
    turned: bool

    def given(self, item: QtiItem, put: Put) -> Given:
        """Return an answer that puts labels so."""
        declared = item.response(self.interaction)
        words = [f"{place} {label}" if self.turned else f"{label} {place}" for label, place in put]
        if declared.base_type == "pair":
            words = [" ".join(sorted(word.split())) for word in words]
        if declared.cardinality == "single":
            return {declared.name: words[0] if words else None}
        return {declared.name: Bag(words) or None}


class PictureLabelsQti(QtiForm):
    """Words and pictures that are dragged onto places of a picture."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether labels are put onto a picture."""
        return item.sole("graphicGapMatchInteraction") is not None and item.machine.is_graded

    def read(self, item: QtiItem) -> PictureLabels:
        """Return the picture, its places and labels, graded as the item does, as far as a grading of ours does."""
        asked = _asked(item)
        shown = shown_in(item, asked.interaction)
        item.weigh([asked.given(item, asked.right)])
        item.asked = item.stem()
        names, spots = names_of(asked.labels), names_of(asked.places)
        labels = tuple(
            Label(names[one.attribute("identifier")], _label_text(item, one)) for one in asked.labels
        )
        right = {
            key: tuple(names[label] for label, place in asked.right if spots[place] == key)
            for key in spots.values()
        }
        places = tuple(
            _place(outline, right[outline.key], element)
            for outline, element in zip(outlines_of(asked.places, shown), asked.places, strict=True)
        )
        bodies = [
            PictureLabels(shown.picture, shown.alt, places, labels, _reuse(item, asked), grading)
            for grading in (PictureGrading.ALL, PictureGrading.EACH, PictureGrading.COST)
        ]
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(PictureLabelsRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return all labels where they belong, each left out, each alone, and each other label in each place."""
        del body
        asked = _asked(item)
        names, spots = names_of(asked.labels), names_of(asked.places)
        sets: list[Put] = [asked.right]
        for at, (label, place) in enumerate(asked.right):
            others = (*asked.right[:at], *asked.right[at + 1 :])
            sets += [others, ((label, place),)]
            sets += [(*others, (other, place)) for other in names if other != label]
        sets += [((label, place),) for place in spots for label in names]
        return [
            Probe(asked.given(item, put), _response(put, names, spots), _key_of(put, spots))
            for put in dict.fromkeys(sets)
            if put and _is_possible(put, asked)
        ][:TRIED_AT_MOST]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> PictureLabels | None:
        """Return None: what is said of one label in one place is not said of that place."""
        del body, said
        return None

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the picture, the labels by their words, the places from the top, and what each pair earns."""
        body = body_of(question, PictureLabels)
        writer.ask()
        interaction = writer.interaction("graphicGapMatchInteraction")
        write_picture(writer, interaction, body.picture, body.alt)
        words = body.words
        most = "0" if body.reuse else "1"
        for label in sorted(body.labels, key=lambda one: words[one.key].casefold()):
            _write_label(writer, interaction, label, most)
        for place in top_first(body.places):
            # Named apart from the labels: both have keys of their own.
            named = Outline(f"P_{place.key}", place.shape, place.numbers, place.label)
            write_place(interaction, "associableHotspot", named, matchMax=str(place.room))
        right = [f"L_{label} P_{place.key}" for place in body.places for label in place.labels]
        share = ONE / len(right)
        counted = Counter(right)
        shares = [(pair, share * count) for pair, count in counted.items()]
        if body.grading is PictureGrading.COST:
            shares += [
                (pair, -share)
                for place in body.places
                for label in body.labels
                if (pair := f"L_{label.key} P_{place.key}") not in counted
            ]
        is_shared = body.grading is not PictureGrading.ALL
        writer.declare(
            "RESPONSE", "multiple", "directedPair", right, shares if is_shared else (), bounds=(ZERO, ONE)
        )
        writer.score_if_right([writer.score_by_map()] if is_shared else [])

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what is said of places, and that a label which belongs several times in one place counts as one."""
        body = body_of(question, PictureLabels)
        lost = []
        if any(place.feedback for place in body.places):
            lost.append(Message("the feedback to places"))
        repeats = any(len(set(place.labels)) < len(place.labels) for place in body.places)
        if repeats and body.grading is not PictureGrading.ALL:
            lost.append(Message("how much a part earns of labels that belong in a place several times"))
        return lost


def _asked(item: QtiItem) -> _Asked:
    found = item.sole("graphicGapMatchInteraction")
    if found is None:
        raise ValueError(Message("The question has no answer."))
    labels = tuple(one for one in found.children if one.name in LABELS)
    places = tuple(found.all("associableHotspot"))
    names = {one.attribute("identifier") for one in labels}
    spots = {one.attribute("identifier") for one in places}
    pairs = [pair for word in names_in(right_of(item, found)) if len(pair := word.split()) == 2]  # noqa: PLR2004
    forward = [(one, other) for one, other in pairs if one in names and other in spots]
    backward = [(other, one) for one, other in pairs if other in names and one in spots]
    turned = len(backward) > len(forward)
    return _Asked(found, labels, places, tuple(backward if turned else forward), turned)


def _place(outline: Outline, right: tuple[str, ...], element: Element) -> LabelPlace:
    word = element.attribute("matchMax") or "1"
    room = int(word) if word.isdecimal() and word not in ANY_NUMBER else ROOM_AT_MOST
    room = max(1, len(right), min(room, ROOM_AT_MOST))
    return LabelPlace(outline.key, outline.shape, outline.numbers, outline.label, right, room)


def _reuse(item: QtiItem, asked: _Asked) -> bool:
    """Return whether labels may be used again; where some may and some may not, all may."""
    again = [one.attribute("matchMax") != "1" for one in asked.labels]
    if any(again) and not all(again):
        item.content.warn(
            Message("Some labels may be used once, others more often: here all may be used more than once.")
        )
    return any(again)


def _label_text(item: QtiItem, element: Element) -> Text:
    if element.name == "gapText":
        return item.text(element)
    held = next((one for one in element.children if one.name in {"object", "img"}), None)
    if held is not None:
        address = held.attribute("data") or held.attribute("src")
        name = item.content.picture(address, held.line) if address else None
        alt = (
            held.text.strip()
            or held.attribute("alt")
            or element.attribute("objectLabel")
            or element.attribute("identifier")
        )
        if name is not None:
            sides = "".join(
                f' {side}="{value}"'
                for side in ("width", "height")
                if (value := held.attribute(side)).isdecimal()
            )
            source = f'<img src="{ATTACHMENT}{quote(name, safe="")}" alt="{escape(alt)}"{sides}>'
            return Text(source, TextFormat.HTML)
        return Text(alt, TextFormat.PLAIN)
    raise ValueError(Message("Its picture is not in the file."))


def _response(put: Put, names: Mapping[str, str], spots: Mapping[str, str]) -> PictureLabelsResponse:
    placed = {
        key: tuple(names[label] for label, place in put if spots[place] == key) for key in spots.values()
    }
    return PictureLabelsResponse(tuple((key, labels) for key, labels in placed.items() if labels))


def _key_of(put: Put, spots: Mapping[str, str]) -> str:
    return spots[put[0][1]] if len(put) == 1 else ""


def _is_possible(put: Put, asked: _Asked) -> bool:
    """Return whether an answer keeps to how often each label is used and how many a place takes."""
    limits = {
        one.attribute("identifier"): one.attribute("matchMax") for one in (*asked.labels, *asked.places)
    }
    used: Iterable[tuple[str, int]] = (
        Counter(label for label, _place in put) + Counter(place for _label, place in put)
    ).items()
    return all(
        limits[name] in ANY_NUMBER or not limits[name].isdecimal() or count <= int(limits[name])
        for name, count in used
    )


def _write_label(writer: QtiWriter, parent: NewElement, label: Label, most: str) -> None:
    """Write a label: a picture alone as one, else its words."""
    html = text_to_html(label.text, attachment=lambda name: f"{ATTACHMENT}{name}")
    alone = IMAGE_ALONE.fullmatch(html)
    path = writer.path(unquote(alone[1])) if alone else ""
    if not path:
        element = SubElement(parent, "gapText", identifier=f"L_{label.key}", matchMax=most)
        writer.write(element, label.text, context="inline")
        return
    element = SubElement(parent, "gapImg", identifier=f"L_{label.key}", matchMax=most)
    kind = path.rpartition(".")[2].lower().replace("jpg", "jpeg")
    shown = SubElement(element, "object", data=path, type=f"image/{kind}")
    writer.words(shown, words_in(label.text))
