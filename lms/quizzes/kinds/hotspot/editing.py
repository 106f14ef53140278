"""How an author writes it: a picture, and a row for each place on it."""

from decimal import Decimal

from lms.quizzes.kinds.drafts import Draft, Fields, ticked
from lms.quizzes.kinds.hotspot.values import Hotspot, Place, PlaceGrading
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.places import PlaceShape
from lms.quizzes.kinds.places_editing import blank_places, outline_fields, picture_fields, places_in
from lms.quizzes.values import Question


class HotspotEditing(Editing):
    """The fields of its form. `picture` is the name of a picture that the form brought or the question has."""

    def blank_fields(self) -> Fields:
        """Return two places that are still to be drawn."""
        return blank_places()

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each place, its numbers in hundredths."""
        body = body_of(question, Hotspot)
        fields = {**picture_fields(body.picture, body.alt), "grading": body.grading.value}
        for row, place in enumerate(body.places):
            fields |= outline_fields(row, place, place.feedback)
            fields |= ticked(f"place-{row}-right", holds=place.is_right)
        return fields

    def parse_body(self, fields: Fields) -> Hotspot:
        """Read the rows; those that say nothing are left out."""
        draft = Draft(fields)

        def place(row: int, key: str, shape: PlaceShape, numbers: tuple[Decimal, ...], label: str) -> Place:
            name = f"place-{row}"
            is_right, feedback = draft.is_ticked(f"{name}-right"), draft.text(f"{name}-feedback")
            return Place(key, shape, numbers, label, is_right, feedback)

        places = places_in(draft, place)
        grading = next(
            (one for one in PlaceGrading if one.value == draft.word("grading")), PlaceGrading.SHARE
        )
        return draft.whole(
            "places", lambda: Hotspot(draft.word("picture"), draft.word("alt"), places, grading)
        )
