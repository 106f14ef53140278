"""How exams react to their own facts: the record store is told of every answer and of how the attempt ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.events import Past, in_batches
from lms.kernel.richtext import plain_text_of
from lms.lrs import facade as lrs
from lms.lrs.values import Fact, Thing, Verb
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.formats.texts import text_to_html
from lms.quizzes.kinds import kind_of
from lms.quizzes.values import ONE, Interaction, Question, question_from_json, response_from_json

INTERACTION: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
WORDS_MOST: Final = 250


@in_batches(20)
def state_attempts(past: Sequence[Past]) -> None:
    """Tell the record store what was answered in each attempt, and whether it was passed."""
    at = {one.fact.attempt_id: one for one in past}
    found = queries.list_finished(at)
    things = courses.things_of({attempt.activity_id for attempt, _slots in found})
    said = [
        fact
        for attempt, slots in found
        for fact in _facts(attempt, slots, things[attempt.activity_id], at[attempt.id])
    ]
    lrs.tell(said, now=clock.now())


def _facts(
    attempt: AttemptRow,
    slots: Sequence[tuple[SlotRow, Mapping[str, Any]]],
    within: tuple[Thing, ...],
    told: Past,
) -> Iterator[Fact]:
    language = within[0].language
    for slot, content in slots:
        if slot.given is None or slot.fraction is None:
            continue
        question = question_from_json(content)
        done = kind_of(question).interaction(question, response_from_json(slot.given))
        yield Fact(
            id=lrs.statement_id_of("answered", attempt.id, slot.number),
            at=slot.saved_at or told.at,
            person_id=attempt.person_id,
            verb=Verb.ANSWERED,
            thing=_thing_of(slot, question, done, language),
            within=within,
            registration=attempt.enrolment_id,
            success=slot.fraction == ONE,
            scaled=slot.fraction,
            response=done.response,
        )
    yield Fact(
        id=told.id,
        at=told.at,
        person_id=attempt.person_id,
        verb=Verb.PASSED if attempt.passed else Verb.FAILED,
        thing=within[0],
        within=within[1:],
        registration=attempt.enrolment_id,
        completion=True,
        success=bool(attempt.passed),
        scaled=attempt.score,
        raw=attempt.earned,
        most=attempt.marks,
        seconds=rules.seconds_taken(attempt.started_at, attempt.deadline_at, told.at),
    )


def _thing_of(slot: SlotRow, question: Question, done: Interaction, language: str) -> Thing:
    parts = {
        name: [{"id": key, "description": {language: words}} for key, words in _in_words(listed)]
        for name, listed in done.parts.items()
    }
    return Thing(
        "question",
        slot.question_id,
        question.title,
        INTERACTION,
        language,
        {"interactionType": done.type, **parts},
    )


def _in_words(listed: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for key, text in listed:
        yield key, plain_text_of(text_to_html(text))[:WORDS_MOST].strip()
