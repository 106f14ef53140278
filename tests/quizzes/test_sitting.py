"""When an exam is open, and who has extra time in it: the server holds both, to the second."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from lms.app.portal import Portal
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Role
from lms.kernel.db import new_id
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import rules, service
from lms.quizzes.attempts.values import Past, Refusal
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank.service import edit_quiz, set_sitting
from lms.quizzes.errors import NotNow, TooLate
from lms.quizzes.sittings import queries as sittings
from lms.quizzes.sittings import rules as sitting_rules
from lms.quizzes.sittings import service as sitting_service
from lms.quizzes.values import (
    Extra,
    ExtraTimeId,
    QuizId,
    QuizRules,
    SittingRules,
    rules_from_json,
    rules_to_json,
)
from lms.web.pages import PageRequest
from tests.quizzes.exams import RIGHT, actor_of, enrol, finish, give, set_up_exam, sitting, start
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


@pytest.mark.parametrize(
    "opens, closes, waits, now, refusal",
    [
        (None, None, (), 0, None),
        (1, None, (), 0.999, Refusal.NOT_OPEN),
        (1, None, (), 1, None),
        (None, 1, (), 0.999, None),
        (None, 1, (), 1, Refusal.CLOSED),
        (1, 2, (), 3, Refusal.CLOSED),
        (None, 30, (1,), 23, Refusal.WAIT),
        (None, 20, (1,), 19, Refusal.CLOSED),
    ],
)
def test_an_attempt_begins_while_the_exam_is_open_and_not_a_moment_before_or_after(
    opens: float | None, closes: float | None, waits: tuple[int, ...], now: float, refusal: Refusal | None
) -> None:
    held = QuizRules(
        title="Exam",
        wait_days=waits,
        sitting=SittingRules(
            opens_at=None if opens is None else at(opens), closes_at=None if closes is None else at(closes)
        ),
    )
    past = [Past(number=1, finished_at=NOON, passed=False)] if waits else []
    assert rules.may_start(held, past, at(now)).refusal is refusal


@pytest.mark.parametrize(
    "minutes, closes, keeps, extra, ends",
    [
        (40, None, False, Extra(), 40),
        (40, 30, False, Extra(), 30),
        (40, 30, True, Extra(), 40),
        (None, 30, False, Extra(), 30),
        (None, None, False, Extra(50, 10), None),
        (40, None, False, Extra(25), 50),
        (40, None, False, Extra(25, 5), 55),
        (60, 60, False, Extra(25), 75),
        (None, 30, False, Extra(25, 5), 35),
    ],
)
def test_time_ends_with_the_limit_or_the_closing_and_extra_time_comes_after_both(
    minutes: int | None, closes: int | None, keeps: bool, extra: Extra, ends: int | None
) -> None:
    held = QuizRules(
        title="Exam",
        minutes=minutes,
        sitting=SittingRules(
            closes_at=None if closes is None else NOON + timedelta(minutes=closes), keeps_time=keeps
        ),
    )
    expected = None if ends is None else NOON + timedelta(minutes=ends)
    assert rules.deadline_of(replace(held, extra=extra), NOON) == expected


def test_rules_of_before_mean_what_they_meant() -> None:
    stored = rules_to_json(QuizRules(title="Exam", minutes=40))
    del stored["sitting"]
    assert rules_from_json(stored) == QuizRules(title="Exam", minutes=40)
    held = QuizRules(title="Exam", sitting=SittingRules(opens_at=NOON, closes_at=at(2)))
    assert rules_from_json(rules_to_json(held)) == held


def test_an_hour_that_clocks_never_show_is_no_time() -> None:
    def instant(shown: str) -> datetime | None:
        return sitting_rules.instant_of(datetime.fromisoformat(shown), ZoneInfo("Europe/Vienna"))

    assert instant("2026-03-29T02:30") is None
    assert instant("2026-03-29T03:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant("2026-10-25T02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def give_extra(
    person_id: PersonId, cast: Cast, extra: Extra, quiz_id: QuizId | None = None, *, by: Role = Role.TRAINER
) -> ExtraTimeId:
    made = ExtraTimeId(new_id())
    with unit_of_work():
        sitting_service.give_extra_time(
            extra_time_id=made,
            person_id=person_id,
            quiz_id=quiz_id,
            extra=extra,
            reason="A doctor’s letter",
            actor=actor_of(cast.tomas, by),
            now=clock.now(),
        )
    return made


def test_an_attempt_under_way_ends_when_the_exam_closes_and_what_was_saved_counts(
    app: Portal, cast: Cast
) -> None:
    with clock.frozen_at(NOON) as advance:
        course_id, exam = set_up_exam(minutes=40, sitting=SittingRules(opens_at=NOON, closes_at=at(0.5)))
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        give(attempt, 1, RIGHT[0], cast.amara)
        advance(timedelta(minutes=30, seconds=6))
        with pytest.raises(TooLate):
            give(attempt, 2, RIGHT[1], cast.amara)
        service.finish_lapsed()
        assert sitting(attempt, cast.amara).attempt.earned == Decimal(1)
        with pytest.raises(NotNow):
            start(exam.id, cast.amara)


def test_extra_time_reaches_the_attempt_under_way_and_one_exam_s_own_stands_before_that_of_each(
    app: Portal, cast: Cast
) -> None:
    with clock.frozen_at(NOON):
        course_id, exam = set_up_exam(minutes=40, pass_percent=100)
        quiz_id = QuizId(UUID(exam.config["quiz_id"]))
        enrol(cast.amara, course_id)
        attempt = start(exam.id, cast.amara)
        everywhere = give_extra(cast.amara, cast, Extra(25))
        assert sitting(attempt, cast.amara).attempt.deadline_at == NOON + timedelta(minutes=50)
        here = give_extra(cast.amara, cast, Extra(50, 5), quiz_id)
        assert sitting(attempt, cast.amara).attempt.deadline_at == NOON + timedelta(minutes=65)
        with unit_of_work():
            for one in (here, here, everywhere):
                sitting_service.withdraw_extra_time(
                    extra_time_id=one, actor=actor_of(cast.tomas, Role.TRAINER), now=NOON
                )
        assert sitting(attempt, cast.amara).attempt.deadline_at == NOON + timedelta(minutes=65), (
            "nobody loses time that they sit in already"
        )
        finish(attempt, cast.amara)
        later = start(exam.id, cast.amara)
        assert sitting(later, cast.amara).attempt.deadline_at == NOON + timedelta(minutes=40)


def test_given_anew_extra_time_takes_the_place_of_what_was_and_both_stay_on_record(
    app: Portal, cast: Cast
) -> None:
    _course_id, exam = set_up_exam(minutes=40)
    quiz_id = QuizId(UUID(exam.config["quiz_id"]))
    for extra in (Extra(25), Extra(50)):
        give_extra(cast.amara, cast, extra)
        give_extra(cast.amara, cast, extra, quiz_id)
    with unit_of_work(read_only=True):
        assert sittings.find_extra(cast.amara, quiz_id) == Extra(50)
        page = sittings.page_extra_times(actor_of(cast.tomas, Role.TRAINER), PageRequest())
        assert [one.withdrawn_at is None for one in page.items] == [True, True, False, False]


@pytest.mark.parametrize("role", [Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.AUDITOR])
def test_nobody_at_a_partner_and_no_auditor_gives_extra_time(app: Portal, cast: Cast, role: Role) -> None:
    with pytest.raises(Forbidden):
        give_extra(cast.amara, cast, Extra(25), by=role)


@pytest.mark.parametrize("extra", [Extra(), Extra(301), Extra(0, 601), Extra(-1, 5)])
def test_extra_time_is_some_and_not_without_end(app: Portal, cast: Cast, extra: Extra) -> None:
    with pytest.raises(Invalid):
        give_extra(cast.amara, cast, extra)


def test_saving_the_exam_leaves_how_it_is_sat_as_it_is(app: Portal, cast: Cast) -> None:
    held = SittingRules(opens_at=NOON, closes_at=at(2))
    _course_id, exam = set_up_exam(sitting=held)
    trainer = actor_of(cast.tomas, Role.TRAINER)
    with unit_of_work():
        quiz = bank.get_quiz(QuizId(UUID(exam.config["quiz_id"])))
        edit_quiz(
            quiz_id=quiz.id,
            quiz_rules=QuizRules(title="Anew", minutes=40),
            draws=quiz.draws,
            revision=quiz.revision,
            actor=trainer,
            now=NOON,
        )
    with unit_of_work():
        quiz = bank.get_quiz(quiz.id)
        assert quiz.rules.sitting == held
        with pytest.raises(Invalid):
            set_sitting(
                quiz_id=quiz.id,
                sitting=SittingRules(opens_at=at(2), closes_at=at(1)),
                revision=quiz.revision,
                actor=trainer,
            )


def test_a_trainer_opens_and_closes_an_exam_by_the_manufacturer_s_clocks_and_learners_read_when(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(minutes=40)
    enrol(cast.amara, course_id)
    tomas, address = visit(cast.tomas), f"/author/quizzes/{exam.config['quiz_id']}/sitting"
    assert "Vienna" in tomas.get(address).text
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    sent = {"seen": "1", "grace_minutes": "60", "opens_at": f"{day}T09:00", "closes_at": f"{day}T12:00"}
    assert tomas.post(address, {**sent, "closes_at": f"{day}T08:00"}).status_code == 422
    assert tomas.post(address, sent).status_code == 303
    assert tomas.post(address, sent).status_code == 422, "it was changed since this page was opened"
    page = visit(cast.amara).get(f"/learn/exams/{exam.id}/start").text
    assert "It opens on" in page
    assert "Start the exam" not in page
    with unit_of_work(read_only=True):
        held = bank.get_quiz(QuizId(UUID(exam.config["quiz_id"]))).rules.sitting
    assert held.opens_at is not None
    assert held.opens_at.utcoffset() == timedelta()


def test_extra_time_is_given_and_withdrawn_on_a_page_that_no_partner_opens(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(minutes=40)
    enrol(cast.amara, course_id)
    address = f"/author/quizzes/{exam.config['quiz_id']}/extra-time"
    tomas, amara = visit(cast.tomas), visit(cast.amara)
    sent = {
        "key": str(new_id()),
        "email": "nobody@example.org",
        "percent": "25",
        "reason": "A doctor’s letter",
    }
    assert "Nobody has this address." in tomas.post(address, sent).text
    sent["email"] = amara_email(cast)
    assert tomas.post(address, sent).status_code == 303
    assert "A doctor’s letter" in tomas.get(address).text
    assert "10 min" in amara.get(f"/learn/exams/{exam.id}/start").text
    for who in (cast.amara, cast.ruth, cast.nils):
        assert visit(who).get(address).status_code == 403
    with unit_of_work(read_only=True):
        page = sittings.page_extra_times(actor_of(cast.tomas, Role.TRAINER), PageRequest())
    assert tomas.post(f"{address}/{page.items[0].id}/withdraw").status_code == 303
    assert "Withdrawn" in tomas.get(address).text


def amara_email(cast: Cast) -> str:
    with unit_of_work(read_only=True):
        return identity.get_person(cast.amara).email
