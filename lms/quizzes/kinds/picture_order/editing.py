"""How an author writes it: a picture, and a row for each place on it with its number."""

from decimal import Decimal

from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.picture_order.values import OrderPlace, PictureOrder
from lms.quizzes.kinds.places import PLACES_AT_MOST, PictureGrading, PlaceShape
from lms.quizzes.kinds.places_editing import (
    blank_places,
    count_in,
    grading_in,
    outline_fields,
    picture_fields,
    places_in,
)
from lms.quizzes.values import Question


class PictureOrderEditing(Editing):
    """The fields of its form. `picture` is the name of a picture that the form brought or the question has."""

    def blank_fields(self) -> Fields:
        """Return three places that are still to be drawn, numbered as they come."""
        return {**blank_places(3), **{f"place-{row}-number": str(row + 1) for row in range(3)}}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each place."""
        body = body_of(question, PictureOrder)
        fields = {**picture_fields(body.picture, body.alt), "grading": body.grading.value}
        for row, place in enumerate(body.places):
            fields |= outline_fields(row, place, place.feedback)
            fields[f"place-{row}-number"] = str(place.number) if place.number else ""
        return fields

    def parse_body(self, fields: Fields) -> PictureOrder:
        """Read the rows; those that say nothing are left out."""
        draft = Draft(fields)

        def place(
            row: int, key: str, shape: PlaceShape, numbers: tuple[Decimal, ...], label: str
        ) -> OrderPlace:
            name = f"place-{row}"
            number = count_in(draft, f"{name}-number", blank=0, least=0, most=PLACES_AT_MOST)
            return OrderPlace(key, shape, numbers, label, number, draft.text(f"{name}-feedback"))

        places = places_in(draft, place)
        grading = grading_in(draft, PictureGrading.EACH)
        return draft.whole(
            "places", lambda: PictureOrder(draft.word("picture"), draft.word("alt"), places, grading)
        )
