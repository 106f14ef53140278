"""Order on a picture: the number that each place was given, against the one it has."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, one_of, own
from lms.quizzes.kinds.picture_order.values import OrderPlace, PictureOrder, PictureOrderResponse
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


class PictureOrderRules(Rules):
    """Grades by the share of places that have their number; a number that two places have counts for neither."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 when every place has its own number and no other has one."""
        body, given = body_of(question, PictureOrder), own(response, PictureOrderResponse)
        sole, whole = given.sole, len(body.right)
        met = {place.key for place in body.right if sole.get(place.key) == place.number}
        parts = tuple(
            PartGrade(place.key, part_of(hit, 1 - hit, whole, body.grading), place.feedback)
            for place in body.places
            if place.key in dict(given.numbers)
            for hit in [int(place.key in met)]
        )
        return Grade(share_of(len(met), len(given.numbers) - len(met), whole, body.grading), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> PictureOrderResponse:
        """Read one field per place, ``answer-PLACE``, with its number from 1, or nothing."""
        places = body_of(question, PictureOrder).places
        numbers = [str(number) for number in range(1, len(places) + 1)]
        given = [(place.key, one_of(form, f"{name}-{place.key}", numbers)) for place in places]
        return PictureOrderResponse(tuple((key, int(number)) for key, number in given if number))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether numbers were given, none twice, and to every place where every place has one."""
        given, body = own(response, PictureOrderResponse), body_of(question, PictureOrder)
        if len(given.sole) < len(given.numbers):
            return False
        return bool(given.numbers) and len(given.numbers) >= self._least(body)

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say which numbers were given twice, or how many places have none, once any has one."""
        given, body = own(response, PictureOrderResponse), body_of(question, PictureOrder)
        twice = sorted({number for _key, number in given.numbers} - set(given.sole.values()))
        if twice:
            return Message("Given twice: number %(numbers)s.", numbers=", ".join(map(str, twice)))
        left = self._least(body) - len(given.numbers)
        if given.numbers and left > 0:
            return Message("Still open: %(left)s.", left=left)
        return NO_REMARK

    def correct_answer(self, question: Question) -> PictureOrderResponse:
        """Return the numbers as they are."""
        places = body_of(question, PictureOrder).places
        return PictureOrderResponse(tuple((place.key, place.number) for place in places if place.number))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per number: the places it was given, beside the one that has it."""
        body, given = body_of(question, PictureOrder), own(response, PictureOrderResponse)
        earned = {part.key: part for part in self.grade(question, response).parts}
        expected = {place.number: place for place in body.right}
        places = {place.key: place for place in body.places}
        lines = []
        for number in sorted({*expected, *(number for _key, number in given.numbers)}):
            keys = [key for key, one in given.numbers if one == number and key in places]
            part = earned.get(keys[0]) if len(keys) == 1 else None
            lines.append(
                ReviewLine(
                    plain(f"{number}."),
                    _words([places[key] for key in keys]),
                    _words([expected[number]] if number in expected else []),
                    part.fraction if part else ZERO,
                    part.feedback if part else NO_TEXT,
                )
            )
        return tuple(lines)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the places in the order they were given, among all of them."""
        numbers = own(response, PictureOrderResponse).numbers
        given = [key for key, _number in sorted(numbers, key=lambda one: one[1])]
        places = body_of(question, PictureOrder).places
        choices = tuple((place.key, plain(place.called)) for place in places)
        return Interaction("sequencing", "[,]".join(given), {"choices": choices})

    def _least(self, body: PictureOrder) -> int:
        """Return how many numbers an answer has: where some places have none, nobody is told how many do."""
        return len(body.places) if len(body.right) == len(body.places) else 1


def _words(places: list[OrderPlace]) -> Text:
    return plain(", ".join(str(place.called) for place in places)) if places else NO_TEXT
