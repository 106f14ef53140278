"""What of an answer is counted in a survey, and which parts a question has."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds import kind_of
from lms.quizzes.surveys.values import NUMBER_ANSWERED, Said, SurveyPart
from lms.quizzes.values import Interaction, Question, QuestionVersionId, Response, Text, TextFormat

BETWEEN: Final = "[,]"
PAIR: Final = "[.]"
SOURCES, TARGETS, ORDER, STATEMENT = "source", "target", "sequencing", "true-false"
"""Lists and types of xAPI's interactions, by which answers are told apart whatever kind of question they come from."""


def said_of(question: Question, response: Response) -> Said:
    """Return what is counted of a response: nothing of a blank one.

    Choices are counted by their keys, pairs and orders by what each thing was given; everything else is kept as the
    words it is.
    """
    counted: list[tuple[str, str]] = []
    written: list[tuple[str, str]] = []
    for done in kind_of(question).interactions(question, response):
        if not done.response.strip():
            continue
        given = list(_given(done))
        if given:
            counted += given
            counted += [(part, NUMBER_ANSWERED) for part in dict.fromkeys(part for part, _answer in given)]
        else:
            written.append((done.part, done.response))
    return Said(tuple(counted), tuple(written))


def _given(done: Interaction) -> Iterable[tuple[str, str]]:
    answers = done.response.split(BETWEEN)
    if SOURCES in done.parts:
        return [(source, target) for source, _sign, target in (one.partition(PAIR) for one in answers)]
    if done.type == ORDER:
        return [(key, str(place)) for place, key in enumerate(answers, 1)]
    if done.parts or done.type == STATEMENT:
        return [(done.part, answer) for answer in answers]
    return ()


def parts_of(question: Question) -> tuple[SurveyPart, ...]:
    """Return the parts of a question that are answered by themselves, with all that can be answered."""
    return tuple(part for one in kind_of(question).parts(question) for part in _parts(one))


def _parts(one: Interaction) -> Iterable[SurveyPart]:
    listed = next(iter(one.parts.values()), ())
    if SOURCES in one.parts:
        return [SurveyPart(key, text, one.parts[TARGETS]) for key, text in listed]
    if one.type == ORDER:
        places = tuple((str(place), _plain(str(place))) for place in range(1, len(listed) + 1))
        return [SurveyPart(key, text, places) for key, text in listed]
    if one.type == STATEMENT:
        listed = (("true", _plain(Message("True"))), ("false", _plain(Message("False"))))
    return [SurveyPart(one.part, one.asked, listed)]


def _plain(words: str) -> Text:
    return Text(words, TextFormat.PLAIN)


def added_up(
    said: Iterable[tuple[QuestionVersionId, Said]],
) -> Mapping[tuple[QuestionVersionId, str, str], int]:
    """Return how often each answer was given, in the order of its key: whoever counts at once waits for one another."""
    found = Counter((version, part, answer) for version, one in said for part, answer in one.counted)
    return dict(sorted(found.items()))
