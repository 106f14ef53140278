"""How an author writes it: a picture, and a row for each area in which a point counts."""

from decimal import Decimal

from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.picture_points.values import POINTS_AT_MOST, WEIGHT_AT_MOST, Area, PicturePoints
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


class PicturePointsEditing(Editing):
    """The fields of its form. `picture` is the name of a picture that the form brought or the question has."""

    def blank_fields(self) -> Fields:
        """Return an area that is still to be drawn."""
        return {**blank_places(1), "place-0-shape": PlaceShape.ELLIPSE.value}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each area."""
        body = body_of(question, PicturePoints)
        fields = {
            **picture_fields(body.picture, body.alt),
            "grading": body.grading.value,
            "most": str(body.most),
            "marker": body.marker,
        }
        for row, area in enumerate(body.areas):
            fields |= outline_fields(row, area, area.feedback)
            fields[f"place-{row}-weight"] = "" if area.weight == 1 else str(area.weight)
        return fields

    def parse_body(self, fields: Fields) -> PicturePoints:
        """Read the rows; those that say nothing are left out."""
        draft = Draft(fields)

        def area(row: int, key: str, shape: PlaceShape, numbers: tuple[Decimal, ...], label: str) -> Area:
            name = f"place-{row}"
            weight = count_in(draft, f"{name}-weight", blank=1, least=1, most=WEIGHT_AT_MOST)
            return Area(key, shape, numbers, label, weight, draft.text(f"{name}-feedback"))

        areas = places_in(draft, area)
        most = count_in(draft, "most", blank=1, least=1, most=POINTS_AT_MOST)
        grading = grading_in(draft, PictureGrading.EACH)
        return draft.whole(
            "places",
            lambda: PicturePoints(
                draft.word("picture"), draft.word("alt"), areas, most, grading, draft.word("marker")
            ),
        )
