"""How an author writes it: a picture, and a row for each place on it."""

from decimal import Decimal
from functools import partial
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, shown_number, text_fields, ticked
from lms.quizzes.kinds.hotspot.values import Hotspot, Place, PlaceGrading, PlaceShape
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.values import ZERO, Question

BOX: Final = ("left", "top", "width", "height")
HUNDRED: Final = Decimal(100)


class HotspotEditing(Editing):
    """The fields of its form. `picture` is the name of a picture that the form brought or the question has."""

    def blank_fields(self) -> Fields:
        """Return two places that are still to be drawn."""
        return {f"place-{row}-shape": PlaceShape.RECTANGLE.value for row in range(2)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each place, its numbers in hundredths."""
        body = body_of(question, Hotspot)
        fields = {"picture": body.picture, "alt": body.alt, "grading": body.grading.value}
        for row, place in enumerate(body.places):
            name = f"place-{row}"
            numbers = [shown_number(number * HUNDRED) for number in place.numbers]
            outline = (
                {f"{name}-points": " ".join(map(",".join, zip(numbers[::2], numbers[1::2], strict=True)))}
                if place.shape is PlaceShape.POLYGON
                else {f"{name}-{side}": number for side, number in zip(BOX, numbers, strict=True)}
            )
            fields |= {
                f"{name}-key": place.key,
                f"{name}-shape": place.shape.value,
                f"{name}-label": place.label,
                **outline,
                **ticked(f"{name}-right", holds=place.is_right),
                **text_fields(f"{name}-feedback", place.feedback),
            }
        return fields

    def parse_body(self, fields: Fields) -> Hotspot:
        """Read the rows; those that say nothing are left out."""
        draft = Draft(fields)
        rows = draft.rows("place", "label", "points", "feedback", *BOX)
        keys = draft.keys("place", rows)
        made = [draft.part(f"place-{row}-label", partial(_place, draft, row, keys[row])) for row in rows]
        if not draft.word("picture"):
            draft.refuse("picture", Message("Choose a picture."))
        if not draft.word("alt"):
            draft.refuse("alt", Message("Say what the picture shows, for who cannot see it."))
        if not rows:
            draft.refuse("places", Message("Draw the places, and tick those that are right."))
        places = tuple(place for place in made if place is not None)
        grading = next(
            (one for one in PlaceGrading if one.value == draft.word("grading")), PlaceGrading.SHARE
        )
        return draft.whole(
            "places", lambda: Hotspot(draft.word("picture"), draft.word("alt"), places, grading)
        )


def _place(draft: Draft, row: int, key: str) -> Place:
    name = f"place-{row}"
    shape = next(
        (one for one in PlaceShape if one.value == draft.word(f"{name}-shape")), PlaceShape.RECTANGLE
    )
    if shape is PlaceShape.POLYGON:
        numbers = _points(draft, f"{name}-points")
    else:
        numbers = tuple(draft.number(f"{name}-{side}", blank=ZERO) / HUNDRED for side in BOX)
    return Place(
        key,
        shape,
        numbers,
        draft.word(f"{name}-label"),
        draft.is_ticked(f"{name}-right"),
        draft.text(f"{name}-feedback"),
    )


def _points(draft: Draft, name: str) -> tuple[Decimal, ...]:
    """Return corners such as ``10,20 30.5,40``, as shares."""
    words = [word for corner in draft.word(name).split() for word in corner.split(",")]
    if not all(word.replace(".", "", 1).isascii() and word.replace(".", "", 1).isdigit() for word in words):
        draft.refuse(name, Message("Write the corners as pairs of numbers: 10,20 30,20 20,40."))
        return ()
    return tuple(Decimal(word) / HUNDRED for word in words)
