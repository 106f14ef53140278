"""What opens an exam: a password, a code of the day, its locks in the course; and how often that may be tried."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.courses.errors import Locked
from lms.courses.kinds import locks
from lms.courses.values import Lock
from lms.kernel import clock
from lms.kernel.actor import Actor, Role
from lms.kernel.db import db
from lms.kernel.errors import Forbidden
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import service
from lms.quizzes.attempts.models import AttemptRow
from lms.quizzes.errors import NotNow
from lms.quizzes.sittings import service as sittings
from lms.quizzes.sittings.models import ExamPasswordRow, StartCodeRow
from lms.quizzes.values import AttemptId, Opening, QuizId, SittingRules
from tests.courses.courses import activities_of, ask_of, publish
from tests.quizzes.exams import actor_of, enrol, set_up_exam, start
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
VIENNA = ZoneInfo("Europe/Vienna")
PASSWORD = SittingRules(has_password=True)
CODE = SittingRules(needs_supervisor=True)


def set_up(cast: Cast, sitting: SittingRules) -> tuple[QuizId, Callable[[Opening], AttemptId]]:
    course_id, exam = set_up_exam(sitting=sitting)
    enrol(cast.amara, course_id)

    def begin(typed: Opening) -> AttemptId:
        with unit_of_work():
            return service.start_attempt(
                activity_id=exam.id, actor=actor_of(cast.amara), now=clock.now(), typed=typed
            )

    return QuizId(UUID(exam.config["quiz_id"])), begin


def trainer(cast: Cast) -> Actor:
    return actor_of(cast.tomas, Role.TRAINER)


def code_for(quiz_id: QuizId, cast: Cast) -> str:
    with unit_of_work():
        return sittings.make_start_code(quiz_id=quiz_id, zone=VIENNA, actor=trainer(cast), now=clock.now())


def test_an_exam_with_a_password_begins_with_it_alone_and_goes_on_without(app: Portal, cast: Cast) -> None:
    quiz_id, begin = set_up(cast, PASSWORD)
    with pytest.raises(NotNow):
        begin(Opening("before one was set"))
    with unit_of_work():
        sittings.set_password(quiz_id=quiz_id, password="spring tide", actor=trainer(cast), now=clock.now())
    with pytest.raises(NotNow):
        begin(Opening("Spring tide"))
    attempt = begin(Opening("spring tide"))
    assert begin(Opening()) == attempt


def test_a_password_is_kept_as_a_hash_and_an_empty_field_leaves_it(app: Portal, cast: Cast) -> None:
    quiz_id, begin = set_up(cast, PASSWORD)
    for password in ("spring tide", ""):
        with unit_of_work():
            sittings.set_password(quiz_id=quiz_id, password=password, actor=trainer(cast), now=clock.now())
    with unit_of_work(read_only=True):
        kept = db.session.scalars(select(ExamPasswordRow.password_hash)).one()
    assert kept.startswith("$argon2id$")
    begin(Opening("spring tide"))


def test_a_code_opens_its_exam_until_midnight_where_the_manufacturer_is(app: Portal, cast: Cast) -> None:
    with clock.frozen_at(datetime(2026, 11, 23, 22, 50, tzinfo=VIENNA)) as advance:
        quiz_id, begin = set_up(cast, CODE)
        code = code_for(quiz_id, cast)
        with pytest.raises(NotNow):
            begin(Opening(code="AAAA-AAAA"))
        advance(timedelta(minutes=70))
        with pytest.raises(NotNow):
            begin(Opening(code=code))
        advance(timedelta(minutes=-1))
        begin(Opening(code=code.lower().replace("-", "")))
        with unit_of_work(read_only=True):
            assert code.replace("-", "") not in db.session.scalars(select(StartCodeRow.code_sha256)).one()


def test_codes_of_a_day_hold_beside_each_other_and_open_no_other_exam(app: Portal, cast: Cast) -> None:
    quiz_id, begin = set_up(cast, CODE)
    first, second = code_for(quiz_id, cast), code_for(quiz_id, cast)
    begin(Opening(code=first))
    assert second != first
    other_course, other = set_up_exam(slug="other", sitting=CODE)
    enrol(cast.amara, other_course)
    with pytest.raises(NotNow), unit_of_work():
        service.start_attempt(
            activity_id=other.id, actor=actor_of(cast.amara), now=clock.now(), typed=Opening(code=first)
        )


@pytest.mark.parametrize("role", [Role.PARTNER_ADMIN, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.LEARNER])
def test_only_who_watches_over_exams_makes_codes(app: Portal, cast: Cast, role: Role) -> None:
    quiz_id, _begin = set_up(cast, CODE)
    with pytest.raises(Forbidden), unit_of_work():
        sittings.make_start_code(
            quiz_id=quiz_id, zone=VIENNA, actor=actor_of(cast.tomas, role), now=clock.now()
        )


def test_a_learner_types_what_opens_the_exam_and_may_not_try_for_ever(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    author, address = visit(cast.tomas), f"/author/quizzes/{exam.config['quiz_id']}"
    sent = {"seen": "1", "grace_minutes": "60", "has_password": "y", "needs_supervisor": "y"}
    assert "Give the password." in author.post(f"{address}/sitting", sent).text
    assert author.post(f"{address}/sitting", {**sent, "password": "spring tide"}).status_code == 303
    assert author.post(f"{address}/start-code").status_code == 303
    page = author.get(f"{address}/under-way").text
    code = page.split("begins with the code ")[1][:9]
    amara, begins = visit(cast.amara), f"/learn/exams/{exam.id}/start"
    assert "Password of the exam" in amara.get(begins).text
    assert "spring tide" not in amara.get(begins).text
    right = {"password": "spring tide", "code": code}
    assert amara.post(begins, {**right, "code": "AAAA-AAAA"}).location.endswith("/start")
    assert amara.post(begins, right).location.endswith("/1")
    course_id, other = set_up_exam(slug="tried", sitting=CODE)
    enrol(cast.amara, course_id)
    tried = [
        amara.post(f"/learn/exams/{other.id}/start", {"code": "AAAA-AAAA"}).status_code for _try in range(9)
    ]
    assert tried == [303] * 8 + [429]


def test_what_locks_an_exam_in_its_course_locks_every_address_of_it(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam()
    opens = clock.now() + timedelta(days=1)
    ask_of(course_id, 0, locks=[Lock("from", locks.value_of(opens))])
    publish(course_id)
    exam = activities_of(course_id)[0]
    enrol(cast.amara, course_id)
    with pytest.raises(Locked):
        start(exam.id, cast.amara)
    amara = visit(cast.amara)
    for send in (amara.get, amara.post):
        answer = send(f"/learn/exams/{exam.id}/start")
        assert answer.status_code != 200
        assert not (answer.location or "").endswith("/1")
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AttemptRow)) == 0
