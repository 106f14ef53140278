"""How the demo's people answer an exam: as many rights as they are told to have, and wrong as people are wrong.

What is missed is drawn by lot, the same in every demo: some questions are harder than others, and one is missed by
those who know most, so that the statistics of an exam have something to say.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from lms.quizzes.errors import InvalidResponse
from lms.quizzes.kinds import kind_of
from lms.quizzes.statistics.rules import options_of
from lms.quizzes.values import ZERO, Question, Response

MISLEADS: Final = "Walking away"
"""The question whose key the demo's strongest learners dispute."""
STRONG_PERCENT: Final = 85
LEAST_SECONDS, MOST_SECONDS = 20, 62
NONE: Final[Response | None] = None


def answers(
    person: str, percent: int, drawn: Sequence[tuple[int, Question]]
) -> Iterator[tuple[int, Response, int]]:
    """Yield what somebody answers: the slot, the response, and after how many seconds; what they leave open not."""
    random = Random(f"{person} {percent}")  # noqa: S311  a demo that is the same each time
    missed = _missed(percent, drawn, random)
    for slot, question in drawn:
        response = _wrong(question, random) if slot in missed else kind_of(question).correct_answer(question)
        if response is not None:
            yield slot, response, random.randint(LEAST_SECONDS, MOST_SECONDS)


def _missed(percent: int, drawn: Sequence[tuple[int, Question]], random: Random) -> set[int]:
    """Return the slots that are missed: so many that the rest is the share they are told to have."""
    count = len(drawn) - len(drawn) * percent // 100
    order = sorted(drawn, key=lambda one: random.random() ** (1 / _hardness(one[1], percent)), reverse=True)
    return {slot for slot, _question in order[:count]}


def _hardness(question: Question, percent: int) -> float:
    """Return how likely a question is to be missed, beside others (Efraimidis and Spirakis 2006)."""
    if question.title == MISLEADS:
        return 40 if percent >= STRONG_PERCENT else 0.2
    return 0.3 + 2 * Random(question.title).random() ** 2  # noqa: S311  the same each time


def _wrong(question: Question, random: Random) -> Response | None:
    """Return an answer that earns nothing, most often the most tempting one; None where none can be picked."""
    kind = kind_of(question)
    if not kind.is_scored or kind.is_graded_by_person:
        return NONE
    found = options_of(question)
    keys = [*found.choices.get("", ()), *(("true", "false") if found.right.keys() == {""} else ())]
    for key in sorted(keys, key=lambda key: Random(f"{question.title} {key}").random() - random.random() / 2):  # noqa: S311  the same each time
        if key in found.right.get("", ()):
            continue
        try:
            response = kind.parse_response(question, {"answer": [key]})
        except InvalidResponse:
            continue
        if kind.is_complete(question, response) and kind.grade(question, response).fraction == ZERO:
            return response
    return NONE
