"""How a page asks it: the picture, and two numbers for each point; a script lets them be pointed at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.picture_points.values import PicturePoints, PicturePointsResponse
from lms.quizzes.kinds.places_asking import PICTURE
from lms.quizzes.values import Question, Response, Text

MARKER: Final = "marker"


@dataclass(frozen=True, slots=True)
class AskedPoint:
    """A point, as it was typed."""

    number: int
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class AskedPoints:
    """The picture, what stands for a point on it, and the points. No area is here: no page may hold one."""

    picture: Markup
    marker: Markup
    points: tuple[AskedPoint, ...]


class PicturePointsAsking(Asking):
    """The picture, and two fields for each point."""

    def hint(self, question: Question) -> Message | None:
        """Say how points are marked, and how many."""
        most = body_of(question, PicturePoints).most
        if most == 1:
            return Message("Mark one point: on the picture, or by its distance from the left and the top.")
        return Message(
            "Mark up to %(most)s points: on the picture, or by their distance from the left and the top.",
            most=most,
        )

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the picture, and what stands for a point."""
        body = body_of(question, PicturePoints)
        return {PICTURE: body.shown, **({MARKER: body.mark} if body.mark else {})}

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedPoints:
        """Return the picture and the points as they were given."""
        del order
        points = given.points if isinstance(given, PicturePointsResponse) else ()
        most = body_of(question, PicturePoints).most
        held = [*points, *[("", "")] * most][:most]
        return AskedPoints(
            words[PICTURE],
            words.get(MARKER, Markup()),
            tuple(AskedPoint(number, x, y) for number, (x, y) in enumerate(held, 1)),
        )

    def typed_parts(self, question: Question) -> Collection[str]:
        """Return every field: all of it is typed."""
        most = body_of(question, PicturePoints).most
        return {f"{number}-{side}" for number in range(1, most + 1) for side in "xy"}

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return what the areas are called, and the feedback."""
        areas = body_of(question, PicturePoints).areas
        return (
            *(area.label for area in areas),
            *(area.feedback.source for area in areas if area.feedback),
        )
