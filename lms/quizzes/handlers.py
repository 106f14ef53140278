"""How exams react to their own facts: answers wait to be marked, the record store is told, erased files go."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import uuid5

from lms.courses import facade as courses
from lms.identity.events import AccountsMerged
from lms.kernel import clock, sweep
from lms.kernel.events import Past, in_batches
from lms.kernel.handing import Owned, Twice, hand_over
from lms.kernel.messages import Message
from lms.lrs import facade as lrs
from lms.lrs.values import Fact, Thing, Verb
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.quizzes.attempts import facade as attempts
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.attempts.values import tries_from_json
from lms.quizzes.events import (
    AnswerCameLate,
    AnswersErased,
    AttemptFinished,
    AttemptHandedIn,
    AttemptMarkedAnew,
    ExtraTimeGiven,
)
from lms.quizzes.kinds import kind_of, question_from_json, response_from_json
from lms.quizzes.marking import service as marking
from lms.quizzes.remarking import queries as remarking
from lms.quizzes.remarking.values import Verdict
from lms.quizzes.statistics import service as statistics
from lms.quizzes.surveys import service as surveys
from lms.quizzes.syntax.texts import text_to_words
from lms.quizzes.values import ONE, ZERO, Interaction, Question, QuizRules, Text, rules_from_json
from lms.web.words import lazy as _l

ACCOUNT_ROWS = (
    Owned("attempts"),
    Owned("answer_files"),
    # Of two extra times for one exam that of the account which is kept holds.
    Owned("extra_times", once_per=("quiz_id",), open="withdrawn_at", twice=Twice.ENDS),
    Owned("question_folder_people", once_per=("bank_id", "folder_id")),
)
ACCOUNT_LEFT = dict.fromkeys(
    (
        *("exam_passwords.set_by", "extra_times.given_by", "extra_times.withdrawn_by", "handovers.made_by"),
        *("question_banks.created_by", "question_imports.uploaded_by", "question_versions.made_by"),
        *("quizzes.created_by", "remarks.asked_by", "start_codes.made_by"),
    ),
    "it says by which account it was done",
)
PASSED_ANEW = NoticeKind(
    key="quizzes.passed_anew",
    subject=_l("%(exam)s was marked again: you have passed it"),
    body=_l("A question of it was faulty. %(reason)s"),
    icon="quiz",
    state="valid",
    group=NoticeGroup.LEARNING,
)
RAISED_ANEW = NoticeKind(
    key="quizzes.raised_anew",
    subject=_l("%(exam)s was marked again: you have more points"),
    body=_l("A question of it was faulty. %(reason)s"),
    icon="quiz",
    state="valid",
    group=NoticeGroup.LEARNING,
)
LOWERED_ANEW = NoticeKind(
    key="quizzes.lowered_anew",
    subject=_l("%(exam)s was marked again: you have fewer points"),
    body=_l("A question of it was faulty. %(reason)s If you had passed, you stay passed."),
    icon="quiz",
    state="soon",
    group=NoticeGroup.LEARNING,
)
NOTICES = (PASSED_ANEW, RAISED_ANEW, LOWERED_ANEW)
INTERACTION: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
WORDS_MOST: Final = 250


def queue_answers(event: AttemptHandedIn) -> None:
    """Put answers that wait for a person into the marking queue."""
    marking.queue_answers(event)


def queue_late(event: AnswerCameLate) -> None:
    """Put an answer that came late into the marking queue."""
    marking.queue_late(event)


def tell_marked_anew(event: AttemptMarkedAnew) -> None:
    """Tell whose attempt it is that it was marked anew with many others; of a single answer the marking queue tells."""
    told = remarking.find_done(event.attempt_id, event.remark_id) if event.remark_id is not None else None
    if told is None:
        return
    (title, reason), change = told
    if change.verdict is Verdict.GAINED:
        kind = PASSED_ANEW
    elif change.score_before == change.score_after:
        return
    else:
        kind = RAISED_ANEW if (change.score_after or ZERO) > (change.score_before or ZERO) else LOWERED_ANEW
    notifications.notify(
        kind,
        to=[event.person_id],
        values={"exam": title, "reason": reason},
        url=f"/learn/exams/{event.attempt_id}/result",
    )


def drop_blobs(event: AnswersErased) -> None:
    """Delete the bytes of files that were erased."""
    sweep.drop_at_once(event.hashes)


def on_attempt_finished(event: AttemptFinished) -> None:
    """Count what was said in a survey; one without names counted it as it was handed in, and has no answers here."""
    if event.is_survey:
        surveys.count_attempt(event.attempt_id, event.quiz_id)


def on_extra_time_given(event: ExtraTimeGiven) -> None:
    """Let the attempts under way have it at once."""
    attempts.extend_attempts(event.person_id, event.quiz_id, clock.now())


@in_batches(5)
def count_attempts(past: Sequence[Past]) -> None:
    """Count attempts that were marked, for the first time or anew, into the statistics of their exams."""
    statistics.count({one.fact.attempt_id for one in past})


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
    quiz_rules = rules_from_json(attempt.rules)
    for slot, content in slots:
        if slot.given is None:
            continue
        question = question_from_json(content)
        kind = kind_of(question)
        if slot.fraction is None and kind.is_scored and not quiz_rules.is_survey:
            continue  # A person has yet to mark it.
        given = response_from_json(slot.given)
        # Right is right, whatever it earns after so many tries.
        grades = rules.grades_of(quiz_rules.behaviour, question, tries_from_json(slot.tries), given)
        grade = grades[-1] if grades else slot.fraction
        for done in kind.interactions(question, given):
            yield Fact(
                id=lrs.statement_id_of("answered", attempt.id, slot.number, *filter(None, [done.part])),
                at=slot.saved_at or told.at,
                person_id=attempt.person_id,
                verb=Verb.ANSWERED,
                thing=_thing_of(slot, question, done, language),
                within=within,
                registration=attempt.enrolment_id,
                success=None if slot.fraction is None else grade == ONE,
                scaled=slot.fraction,
                response=done.response,
            )
    yield Fact(
        id=told.id,
        at=told.at,
        person_id=attempt.person_id,
        verb=_verb(attempt, quiz_rules),
        thing=within[0],
        within=within[1:],
        registration=attempt.enrolment_id,
        completion=True,
        success=None if quiz_rules.is_survey else bool(attempt.passed),
        scaled=attempt.score,
        # A score of 0 out of 0 says nothing, and xAPI takes none.
        raw=None if attempt.score is None else attempt.earned,
        most=None if attempt.score is None else attempt.marks,
        seconds=rules.seconds_taken(attempt.started_at, attempt.deadline_at, attempt.finished_at or told.at),
    )


def _verb(attempt: AttemptRow, quiz_rules: QuizRules) -> Verb:
    if quiz_rules.is_survey:
        return Verb.COMPLETED
    return Verb.PASSED if attempt.passed else Verb.FAILED


def _thing_of(slot: SlotRow, question: Question, done: Interaction, language: str) -> Thing:
    parts = {
        name: [{"id": key, "description": words} for key, words in _in_words(listed, language)]
        for name, listed in done.parts.items()
    }
    return Thing(
        "question",
        uuid5(slot.question_id, done.part) if done.part else slot.question_id,
        f"{question.title}: {_plain(done.asked)}" if done.part else question.title,
        INTERACTION,
        language,
        {"interactionType": done.type, **parts},
    )


def _in_words(listed: Sequence[tuple[str, Text]], language: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for key, text in listed:
        # Words of ours are English here, whatever the course is written in.
        yield key, {"en" if isinstance(text.source, Message) else language: _plain(text)}


def _plain(text: Text) -> str:
    return text_to_words(text)[:WORDS_MOST].strip()


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the attempts of both accounts, with their files and their extra time, be those of one."""
    hand_over(ACCOUNT_ROWS, kept=event.kept_id, merged=event.merged_id, now=clock.now())
