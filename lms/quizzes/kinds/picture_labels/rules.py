"""Labels on a picture: what was put in each place, against what belongs there."""

from collections import Counter
from collections.abc import Iterable, Mapping

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, one_of, own
from lms.quizzes.kinds.picture_labels.values import LabelPlace, PictureLabels, PictureLabelsResponse
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


class PictureLabelsRules(Rules):
    """Grades by the share of labels that stand where they belong, and what a wrong one costs."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 when every label stands where it belongs and no other does."""
        body, placed = body_of(question, PictureLabels), dict(own(response, PictureLabelsResponse).placed)
        right = wrong = 0
        parts = []
        for place in body.places:
            hits, misses = _met(place, placed.get(place.key, ()))
            if hits or misses:
                right, wrong = right + hits, wrong + misses
                fraction = part_of(hits, misses, body.whole, body.grading)
                parts.append(PartGrade(place.key, fraction, place.feedback))
        return Grade(share_of(right, wrong, body.whole, body.grading), tuple(parts))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> PictureLabelsResponse:
        """Read one field for each label that a place takes: ``answer-PLACE``, ``answer-PLACE.2`` and on."""
        body = body_of(question, PictureLabels)
        keys = [label.key for label in body.labels]
        placed = []
        for place in body.places:
            fields = (field_of(f"{name}-{place.key}", at) for at in range(place.room))
            if put := tuple(key for field in fields if (key := one_of(form, field, keys))):
                placed.append((place.key, put))
        return PictureLabelsResponse(tuple(placed))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether labels were put, none too often, and in every place where none stays empty."""
        body, placed = body_of(question, PictureLabels), own(response, PictureLabelsResponse).placed
        if not placed or self._used_twice(body, placed):
            return False
        return _leaves_empty(body) or len(placed) == len(body.places)

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say which label was used twice where it may not, or which places are empty once any is not."""
        body, placed = body_of(question, PictureLabels), own(response, PictureLabelsResponse).placed
        if twice := self._used_twice(body, placed):
            return Message("“%(label)s” is used more than once.", label=body.words[twice])
        filled = dict(placed)
        left = [str(place.called) for place in body.places if place.key not in filled]
        if placed and left and not _leaves_empty(body):
            return Message("Still empty: %(places)s.", places=", ".join(left))
        return NO_REMARK

    def correct_answer(self, question: Question) -> PictureLabelsResponse:
        """Return every place with what belongs there."""
        places = body_of(question, PictureLabels).places
        return PictureLabelsResponse(tuple((one.key, one.labels) for one in places if one.labels))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per place: what was put there, beside what belongs there."""
        body, placed = body_of(question, PictureLabels), dict(own(response, PictureLabelsResponse).placed)
        earned = {part.key: part for part in self.grade(question, response).parts}
        words = body.words
        return tuple(
            ReviewLine(
                plain(place.called),
                _listed(words, placed.get(place.key, ())),
                _listed(words, place.labels),
                earned[place.key].fraction if place.key in earned else ZERO,
                earned[place.key].feedback if place.key in earned else NO_TEXT,
            )
            for place in body.places
            if place.labels or place.key in placed
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the pairs of place and label."""
        body, placed = body_of(question, PictureLabels), own(response, PictureLabelsResponse).placed
        words = body.words
        return Interaction(
            "matching",
            "[,]".join(f"{place}[.]{label}" for place, labels in placed for label in labels),
            {
                "source": tuple((place.key, plain(place.called)) for place in body.places),
                "target": tuple((key, plain(word)) for key, word in words.items()),
            },
        )

    def _used_twice(self, body: PictureLabels, placed: Iterable[tuple[str, tuple[str, ...]]]) -> str:
        """Return a label that was used more than once and may not be, empty if there is none."""
        used = Counter(key for _place, labels in placed for key in labels)
        known = (label.key for label in body.labels)
        return "" if body.reuse else next((key for key in known if used[key] > 1), "")


def field_of(name: str, at: int) -> str:
    """Return what the field is called in which a place takes its first, second … label."""
    return name if not at else f"{name}.{at + 1}"


def _met(place: LabelPlace, put: Iterable[str]) -> tuple[int, int]:
    """Return how many labels stand rightly and how many wrongly in a place."""
    given, right = Counter(put), Counter(place.labels)
    hits = (given & right).total()
    return hits, given.total() - hits


def _leaves_empty(body: PictureLabels) -> bool:
    return any(not place.labels for place in body.places)


def _listed(words: Mapping[str, str], keys: Iterable[str]) -> Text:
    """Return labels in words, one that stands several times with how often."""
    counted = Counter(key for key in keys if key in words)
    told = [words[key] if count == 1 else f"{words[key]} × {count}" for key, count in counted.items()]
    return plain(", ".join(told)) if told else NO_TEXT
