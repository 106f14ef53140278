"""Points on a picture: the areas that they lie in."""

from dataclasses import dataclass

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, one_value, own
from lms.quizzes.kinds.picture_points.values import Area, PicturePoints, PicturePointsResponse, typed
from lms.quizzes.kinds.places import part_of, plain, share_of
from lms.quizzes.values import (
    NO_TEXT,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
)

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class _Met:
    """A point as it was typed, and the area that it counts for."""

    words: tuple[str, str]
    area: Area | None


class PicturePointsRules(Rules):
    """Grades by what the areas count that were met, each once."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share of all that counts; a point in no area, or in one that was met, is wrong."""
        body, met = body_of(question, PicturePoints), self._met(question, response)
        right = sum(one.area.weight for one in met if one.area)
        wrong = sum(one.area is None for one in met)
        parts = tuple(
            PartGrade(
                one.area.key if one.area else OUTSIDE,
                part_of(one.area.weight if one.area else 0, int(one.area is None), body.whole, body.grading),
                one.area.feedback if one.area else NO_TEXT,
            )
            for one in met
        )
        return Grade(share_of(right, wrong, body.whole, body.grading), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> PicturePointsResponse:
        """Read two fields for each point, ``answer-1-x`` and ``answer-1-y``, in hundredths."""
        body = body_of(question, PicturePoints)
        points = [
            (one_value(form, f"{name}-{number}-x"), one_value(form, f"{name}-{number}-y"))
            for number in range(1, body.most + 1)
        ]
        return PicturePointsResponse(tuple((x, y) for x, y in points if x.strip() or y.strip()))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether points were marked, and all can be read."""
        points = own(response, PicturePointsResponse).points
        return bool(points) and self.remark(question, response) is NO_REMARK

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say which point lies nowhere on the picture."""
        body_of(question, PicturePoints)
        points = own(response, PicturePointsResponse).read()
        lost = [str(number) for number, point in enumerate(points, 1) if point is None]
        if lost:
            return Message(
                "Point %(points)s lies nowhere on the picture: give two numbers from 0 to 100.",
                points=", ".join(lost),
            )
        return NO_REMARK

    def correct_answer(self, question: Question) -> PicturePointsResponse:
        """Return a point in each area that counts most."""
        body = body_of(question, PicturePoints)
        points = (body.point_in(area) for area in body.best)
        return PicturePointsResponse(tuple(typed(point) for point in points if point is not None))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line for each point with the place that it met, and one for each that should have been."""
        body, met = body_of(question, PicturePoints), self._met(question, response)
        parts = self.grade(question, response).parts
        lines = [
            ReviewLine(
                plain(Message("Point %(number)s", number=number)),
                _where(one),
                plain(one.area.called) if one.area else NO_TEXT,
                part.fraction,
                part.feedback,
            )
            for number, (one, part) in enumerate(zip(met, parts, strict=True), 1)
        ]
        found = {one.area.key for one in met if one.area}
        missed = [area for area in body.best if area.key not in found][: body.most - len(found)]
        return (
            *lines,
            *(ReviewLine(NO_TEXT, NO_TEXT, plain(area.called), ZERO) for area in missed),
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the areas that were met, among all of them and what lies outside."""
        body, met = body_of(question, PicturePoints), self._met(question, response)
        keys = dict.fromkeys(one.area.key if one.area else OUTSIDE for one in met)
        choices = (
            *((area.key, plain(area.called)) for area in body.areas),
            (OUTSIDE, plain(Message("Elsewhere"))),
        )
        return Interaction("choice", "[,]".join(keys), {"choices": choices})

    def answer_keys(self, question: Question) -> frozenset[tuple[str, ...]]:
        """Return nothing: a point can be graded by any areas."""
        body_of(question, PicturePoints)
        return frozenset()

    def _met(self, question: Question, response: Response) -> list[_Met]:
        """Return each point with the first area that it lies in and that none before it met."""
        given = own(response, PicturePointsResponse)
        left = list(body_of(question, PicturePoints).areas)
        met = []
        for words, point in zip(given.points, given.read(), strict=True):
            area = next((one for one in left if point and one.holds(*point)), None)
            left = [one for one in left if one is not area]
            met.append(_Met(words, area))
        return met


def _where(met: _Met) -> Text:
    x, y = (word.strip() or "?" for word in met.words)
    return plain(Message("%(x)s from the left, %(y)s from the top", x=x, y=y))
