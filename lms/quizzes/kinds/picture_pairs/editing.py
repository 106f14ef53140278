"""How an author writes it: a picture, a row for each place on it, and a row for each pair that is right."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, rows_of, text_fields
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.picture_pairs.values import PLACES_TO_JOIN, Pair, PicturePairs
from lms.quizzes.kinds.places import Outline, PictureGrading, PlaceShape
from lms.quizzes.kinds.places_editing import (
    blank_places,
    count_in,
    grading_in,
    outline_fields,
    picture_fields,
    places_in,
)
from lms.quizzes.values import Question

ENDS: Final = ("one", "other")
NUMBER: Final = re.compile(r"[1-9][0-9]?")
MOST: Final = PLACES_TO_JOIN * (PLACES_TO_JOIN - 1) // 2


class PicturePairsEditing(Editing):
    """The fields of its form. A pair names its places by the numbers that their rows have in the form."""

    def blank_fields(self) -> Fields:
        """Return three places that are still to be drawn, and two pairs."""
        return {**blank_places(3), **{f"pair-{row}-one": "" for row in range(2)}}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each place and for each pair."""
        body = body_of(question, PicturePairs)
        fields = {
            **picture_fields(body.picture, body.alt),
            "grading": body.grading.value,
            "most": str(body.most) if body.most else "",
        }
        numbers = {place.key: str(number) for number, place in enumerate(body.places, 1)}
        for row, place in enumerate(body.places):
            fields |= outline_fields(row, place)
        for row, pair in enumerate(body.pairs):
            fields |= {
                f"pair-{row}-one": numbers[pair.one],
                f"pair-{row}-other": numbers[pair.other],
                **text_fields(f"pair-{row}-feedback", pair.feedback),
            }
        return fields

    def acted(self, fields: Fields, verb: str, group: str, row: int) -> Fields:
        """Return the fields with the pairs naming the same places as before a place was removed."""
        if group != "place" or verb != "remove":
            return fields
        # The row is gone by now: its number was that of the rows before it, and one.
        gone = sum(one < row for one in rows_of(fields, "place")) + 1
        kept = dict(fields)
        for pair in rows_of(fields, "pair"):
            for end in ENDS:
                name = f"pair-{pair}-{end}"
                word = fields.get(name, "").strip()
                if NUMBER.fullmatch(word) and int(word) >= gone:
                    kept[name] = "" if int(word) == gone else str(int(word) - 1)
        return kept

    def parse_body(self, fields: Fields) -> PicturePairs:
        """Read the rows; those that say nothing are left out."""
        draft = Draft(fields)

        def place(row: int, key: str, shape: PlaceShape, numbers: tuple[Decimal, ...], label: str) -> Outline:
            del row
            return Outline(key, shape, numbers, label)

        places = places_in(draft, place)
        pairs = _pairs(draft, _keys_by_number(draft))
        most = count_in(draft, "most", blank=0, least=0, most=MOST)
        grading = grading_in(draft, PictureGrading.COST)
        return draft.whole(
            "places",
            lambda: PicturePairs(draft.word("picture"), draft.word("alt"), places, pairs, most, grading),
        )


def _keys_by_number(draft: Draft) -> Mapping[str, str]:
    """Return the key of each place by the number of its row in the form."""
    rows = rows_of(draft.fields, "place")
    filled = draft.rows("place", "label", "points", "feedback", "left", "top", "width", "height")
    keys = draft.keys("place", filled)
    return {str(number): keys[row] for number, row in enumerate(rows, 1) if row in keys}


def _pairs(draft: Draft, keys: Mapping[str, str]) -> tuple[Pair, ...]:
    made = []
    for row in draft.rows("pair", *ENDS, "feedback"):
        words = [draft.word(f"pair-{row}-{end}") for end in ENDS]
        for end, word in zip(ENDS, words, strict=True):
            if word not in keys:
                draft.refuse(f"pair-{row}-{end}", Message("Give the number of a place above."))
        if words[0] == words[1]:
            draft.refuse(f"pair-{row}-other", Message("A pair joins two different places of the picture."))
        if all(word in keys for word in words):
            made.append(Pair(keys[words[0]], keys[words[1]], draft.text(f"pair-{row}-feedback")))
    if not made:
        draft.refuse("pairs", Message("Say which places belong together."))
    return tuple(made)
