"""Hotspot: the places that were chosen, against those that are right."""

from decimal import Decimal

from lms.quizzes.kinds.hotspot.values import Hotspot, HotspotResponse, Place, PlaceGrading
from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    own,
    refused,
    unknown_choice,
)
from lms.quizzes.kinds.places import plain
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
)


class HotspotRules(Rules):
    """Grades by the share of right places, less as much for each wrong one; or by all of them alone."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, never below nothing; exactly 1 for the right places and no other."""
        body, chosen = body_of(question, Hotspot), self._chosen(question, response)
        share = ONE / len(body.right)
        parts = tuple(PartGrade(one.key, share if one.is_right else -share, one.feedback) for one in chosen)
        if set(chosen) == set(body.right):
            return Grade(ONE, parts)
        if body.grading is PlaceGrading.ALL:
            return Grade(ZERO, tuple(PartGrade(part.key, ZERO, part.feedback) for part in parts))
        hits = sum(1 if one.is_right else -1 for one in chosen)
        return Grade(max(ZERO, Decimal(hits) / len(body.right)), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> HotspotResponse:
        """Read any number of keys."""
        sent = {key for key in form.get(name, ()) if key}
        keys = [place.key for place in body_of(question, Hotspot).places]
        if not sent <= set(keys):
            raise refused(name, unknown_choice())
        return HotspotResponse(tuple(key for key in keys if key in sent))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether any place was chosen."""
        return bool(self._chosen(question, response))

    def correct_answer(self, question: Question) -> HotspotResponse:
        """Return every place that is right."""
        return HotspotResponse(tuple(place.key for place in body_of(question, Hotspot).right))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line for each place that was chosen or should have been."""
        body, chosen = body_of(question, Hotspot), self._chosen(question, response)
        earned = {part.key: part.fraction for part in self.grade(question, response).parts}
        return tuple(
            ReviewLine(
                NO_TEXT,
                plain(place.called) if place in chosen else NO_TEXT,
                plain(place.called) if place.is_right else NO_TEXT,
                earned.get(place.key, ZERO),
                place.feedback if place in chosen else NO_TEXT,
            )
            for place in body.places
            if place in chosen or place.is_right
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the keys chosen, among the places."""
        places = body_of(question, Hotspot).places
        choices = tuple((place.key, plain(place.called)) for place in places)
        return Interaction("choice", "[,]".join(own(response, HotspotResponse).keys), {"choices": choices})

    def _chosen(self, question: Question, response: Response) -> list[Place]:
        keys = set(own(response, HotspotResponse).keys)
        return [place for place in body_of(question, Hotspot).places if place.key in keys]
