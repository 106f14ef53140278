"""How an author writes it: a picture, the labels, and a row for each place with the labels that belong there."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, rows_of, text_fields, ticked
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.picture_labels.values import ROOM_AT_MOST, Label, LabelPlace, PictureLabels
from lms.quizzes.kinds.places import PictureGrading, PlaceShape
from lms.quizzes.kinds.places_editing import (
    blank_places,
    count_in,
    grading_in,
    outline_fields,
    picture_fields,
    places_in,
)
from lms.quizzes.values import Question

CUT: Final = re.compile(r"[\s,;]+")


class PictureLabelsEditing(Editing):
    """The fields of its form. A place names its labels by the numbers that their rows have in the form."""

    def blank_fields(self) -> Fields:
        """Return three spare labels and two places that are still to be drawn, each for one of them."""
        return {
            **{f"label-{row}-text": "" for row in range(3)},
            **blank_places(),
            **{f"place-{row}-labels": str(row + 1) for row in range(2)},
        }

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each label and for each place."""
        body = body_of(question, PictureLabels)
        fields = {
            **picture_fields(body.picture, body.alt),
            **ticked("reuse", holds=body.reuse),
            "grading": body.grading.value,
        }
        numbers = {label.key: str(number) for number, label in enumerate(body.labels, 1)}
        for row, label in enumerate(body.labels):
            fields |= {f"label-{row}-key": label.key, **text_fields(f"label-{row}-text", label.text)}
        for row, place in enumerate(body.places):
            fields |= outline_fields(row, place, place.feedback)
            fields[f"place-{row}-labels"] = ", ".join(numbers[key] for key in place.labels)
            fields[f"place-{row}-room"] = "" if place.room == max(1, len(place.labels)) else str(place.room)
        return fields

    def acted(self, fields: Fields, verb: str, group: str, row: int) -> Fields:
        """Return the fields with the places naming the same labels as before one was removed."""
        if group != "label" or verb != "remove":
            return fields
        # The row is gone by now: its number was that of the rows before it, and one.
        gone = sum(one < row for one in rows_of(fields, "label")) + 1
        kept = dict(fields)
        for place in rows_of(fields, "place"):
            name = f"place-{place}-labels"
            words = [word for word in CUT.split(fields.get(name, "")) if word and word != str(gone)]
            kept[name] = ", ".join(
                str(int(word) - 1) if word.isdecimal() and int(word) > gone else word for word in words
            )
        return kept

    def parse_body(self, fields: Fields) -> PictureLabels:
        """Read the rows; those that say nothing are left out."""
        draft = Draft(fields)
        rows = draft.rows("label", "text")
        keys = draft.keys("label", rows)
        labels = tuple(Label(keys[row], draft.text(f"label-{row}-text")) for row in rows)
        if not rows:
            draft.refuse("labels", Message("Write the labels that are put onto the picture."))
        numbers = {
            str(number): keys[row] for number, row in enumerate(rows_of(fields, "label"), 1) if row in keys
        }

        def place(
            row: int, key: str, shape: PlaceShape, outline: tuple[Decimal, ...], label: str
        ) -> LabelPlace:
            name = f"place-{row}"
            right = _right(draft, f"{name}-labels", numbers)
            room = count_in(draft, f"{name}-room", blank=max(1, len(right)), least=1, most=ROOM_AT_MOST)
            if room < len(right):
                draft.refuse(f"{name}-room", Message("More labels than that belong here."))
                room = len(right)
            return LabelPlace(key, shape, outline, label, right, room, draft.text(f"{name}-feedback"))

        places = places_in(draft, place)
        grading, reuse = grading_in(draft, PictureGrading.EACH), draft.is_ticked("reuse")
        return draft.whole(
            "places",
            lambda: PictureLabels(draft.word("picture"), draft.word("alt"), places, labels, reuse, grading),
        )


def _right(draft: Draft, name: str, keys: Mapping[str, str]) -> tuple[str, ...]:
    """Return the labels that belong in a place, by the numbers of their rows."""
    words = [word for word in CUT.split(draft.word(name)) if word]
    if any(word not in keys for word in words):
        draft.refuse(name, Message("Give numbers of labels above, such as 1 or 2, 3."))
    if len(words) > ROOM_AT_MOST:
        draft.refuse(name, Message("At most %(most)s labels belong in a place.", most=ROOM_AT_MOST))
    return tuple(keys[word] for word in words if word in keys)[:ROOM_AT_MOST]
