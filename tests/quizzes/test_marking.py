"""Essays and files wait for a person: nothing is scored as nothing, and the last mark decides the exam at once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.app import wiring
from lms.app.factory import deliver_outbox
from lms.app.portal import Portal
from lms.courses.assignments.queries.work import Which
from lms.courses.errors import NotToMark
from lms.courses.learning.models import ActivityResultRow
from lms.courses.values import CourseId
from lms.courses.values.marking import Outcome
from lms.kernel import clock, files
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.errors import Invalid
from lms.kernel.files import StoredFile
from lms.kernel.uow import unit_of_work
from lms.lrs.values import XapiScope
from lms.notifications.models import NoticeRow
from lms.quizzes.attempts.models import AnswerFileRow
from lms.quizzes.errors import AttemptOver, InvalidResponse, NotNow, TooLate
from lms.quizzes.plugs import ExamData
from lms.quizzes.values import AttemptId
from tests.courses.assignments import together
from tests.lrs.calls import Program
from tests.quizzes.by_hand import (
    BEST,
    ESSAY,
    WORST,
    completed,
    exam_of,
    handed_in,
    mark,
    sat,
    send,
    waiting,
)
from tests.quizzes.exams import LEAK, VALVE, WIRING, enrol, finish, give, sitting, start
from tests.support.portal import Cast


def results() -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(ActivityResultRow)) or 0


def test_an_exam_with_an_essay_has_no_result_until_it_is_marked_and_then_the_course_is_completed(
    app: Portal, cast: Cast
) -> None:
    course_id, _exam, attempt = sat(cast.amara)
    one = sitting(attempt, cast.amara).attempt
    assert one.is_awaiting
    assert (one.score, one.passed, one.earned) == (None, None, None)
    assert results() == 0, "courses were told of what nobody has marked"
    assert not completed(cast.amara, course_id)
    (work,) = waiting(app, cast.tomas)
    assert (work.work.title, work.person_name) == ("Exam: Cold: Leak report", "Amara Osei")
    assert mark(app, cast.tomas, work) is Outcome.MARKED
    one = sitting(attempt, cast.amara).attempt
    assert (one.score, one.passed, one.earned) == (Decimal(1), True, Decimal(5))
    assert completed(cast.amara, course_id)
    assert waiting(app, cast.tomas) == []


def test_points_of_the_rubric_are_a_share_of_what_the_question_is_worth(app: Portal, cast: Cast) -> None:
    course_id, _exam, attempt = sat(cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work, (1, 0))  # 3 of 5 points, of a question worth 4
    one = sitting(attempt, cast.amara).attempt
    assert (one.earned, one.passed) == (Decimal("3.4"), False)
    assert not completed(cast.amara, course_id)


def test_an_attempt_that_cannot_pass_any_more_waits_all_the_same(app: Portal, cast: Cast) -> None:
    course_id, exam = exam_of((VALVE, replace(LEAK, marks=Decimal("0.1"))))
    enrol(cast.amara, course_id)
    attempt = handed_in(exam, cast.amara, "a")
    assert sitting(attempt, cast.amara).attempt.is_awaiting


def test_no_other_attempt_begins_while_one_waits(app: Portal, cast: Cast) -> None:
    _course, exam, _attempt = sat(cast.amara)
    with pytest.raises(NotNow):
        start(exam.id, cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work, WORST)
    assert sitting(start(exam.id, cast.amara), cast.amara).attempt.number == 2


def test_an_essay_left_blank_or_emptied_again_waits_for_nobody(app: Portal, cast: Cast) -> None:
    course_id, exam = exam_of()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 2, ESSAY, cast.amara)
    give(attempt, 2, {"answer": [" \n "]}, cast.amara)
    finish(attempt, cast.amara)
    one = sitting(attempt, cast.amara).attempt
    assert (one.passed, one.score) == (False, Decimal(0))
    assert waiting(app, cast.tomas) == []


def test_the_last_of_several_answers_decides(app: Portal, cast: Cast) -> None:
    second = replace(LEAK, title="Handing over", stem=LEAK.stem)
    course_id, exam = exam_of((LEAK, second))
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for slot in (1, 2):
        give(attempt, slot, ESSAY, cast.amara)
    finish(attempt, cast.amara)
    first, last = waiting(app, cast.tomas)
    mark(app, cast.tomas, first)
    assert sitting(attempt, cast.amara).attempt.is_awaiting
    mark(app, cast.ada, last)
    assert sitting(attempt, cast.amara).attempt.passed


def test_of_two_last_answers_marked_at_the_same_instant_the_exam_is_decided_once(
    app: Portal, cast: Cast
) -> None:
    course_id, exam = exam_of((LEAK, replace(LEAK, title="Handing over")))
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for slot in (1, 2):
        give(attempt, slot, ESSAY, cast.amara)
    finish(attempt, cast.amara)
    first, last = waiting(app, cast.tomas)
    given = together(app, [lambda: mark(app, cast.tomas, first), lambda: mark(app, cast.ada, last)])
    assert given == [Outcome.MARKED, Outcome.MARKED], given
    assert sitting(attempt, cast.amara).attempt.passed
    assert completed(cast.amara, course_id)
    assert results() == 1, "courses were told more than once"


def test_who_is_cut_off_by_the_clock_has_what_was_saved_marked_by_a_person(app: Portal, cast: Cast) -> None:
    course_id, exam = exam_of(minutes=30)
    enrol(cast.amara, course_id)
    with clock.frozen_at(clock.now()) as advance:
        attempt = start(exam.id, cast.amara)
        give(attempt, 2, ESSAY, cast.amara)
        advance(timedelta(minutes=31))
        wiring.JOBS["quizzes.finish_lapsed"]()
        assert sitting(attempt, cast.amara).attempt.is_awaiting
        assert len(waiting(app, cast.tomas)) == 1
        advance(timedelta(days=400))
        (work,) = waiting(app, cast.tomas)
        mark(app, cast.tomas, work)
        with unit_of_work(read_only=True):
            seconds = db.session.scalars(select(ActivityResultRow.seconds)).one()
        assert seconds == 30 * 60, "the time until somebody marked it is not the learner's"


def test_a_lower_mark_needs_a_reason_tells_the_learner_and_takes_no_pass_away(
    app: Portal, cast: Cast
) -> None:
    course_id, _exam, attempt = sat(cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work)
    with pytest.raises(Invalid) as refused:
        mark(app, cast.tomas, work, WORST, seen=1)
    assert list(refused.value.fields) == ["reason"]
    mark(app, cast.tomas, work, WORST, seen=1, reason="The order was copied.")
    deliver_outbox()
    one = sitting(attempt, cast.amara).attempt
    assert (one.earned, one.passed) == (Decimal(1), True)
    assert completed(cast.amara, course_id)
    with unit_of_work(read_only=True):
        told = db.session.scalars(
            select(NoticeRow.kind).where(NoticeRow.person_id == cast.amara, NoticeRow.kind.like("assign%"))
        ).all()
        assert told == ["assignments.marked", "assignments.marked"]
        kept = db.session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "AttemptMarkedAnew")
        ).one()
    assert (Decimal(kept["was"]), Decimal(kept["score"])) == (Decimal(1), Decimal("0.2"))


def test_a_better_mark_later_passes_the_exam_and_completes_the_course(app: Portal, cast: Cast) -> None:
    course_id, _exam, attempt = sat(cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work, WORST)
    assert not completed(cast.amara, course_id)
    mark(app, cast.ada, work, BEST, seen=1, reason="Overlooked the second page.")
    assert sitting(attempt, cast.amara).attempt.passed
    assert completed(cast.amara, course_id)


def test_of_two_who_mark_the_same_essay_one_does(app: Portal, cast: Cast) -> None:
    _course, _exam, attempt = sat(cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work)
    with pytest.raises(NotToMark):
        mark(app, cast.ada, work, WORST)
    assert sitting(attempt, cast.amara).attempt.passed


def test_who_marks_blind_reads_no_name_until_it_is_marked(app: Portal, cast: Cast) -> None:
    sat(cast.amara, blind=True)
    (work,) = waiting(app, cast.tomas)
    assert "Amara" not in work.person_name
    assert work.employer_name == ""
    mark(app, cast.tomas, work)
    (work,) = waiting(app, cast.tomas, Which.MARKED)
    assert work.person_name == "Amara Osei"


def test_the_record_store_hears_of_an_exam_once_it_is_marked(app: Portal, cast: Cast) -> None:
    reader = Program(app, XapiScope.READ, name="A warehouse")
    sat(cast.amara)
    deliver_outbox()
    assert told(reader) == []
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work)
    deliver_outbox()
    verbs = [one["verb"]["id"].rpartition("/")[2] for one in told(reader)]
    assert sorted(set(verbs)) == ["answered", "completed", "passed"]
    assert verbs.count("answered") == 2


def told(reader: Program) -> list[dict[str, Any]]:
    answer = reader.send("GET", "statements", ascending="true", limit=500)
    found: list[dict[str, Any]] = (answer.json or {})["statements"]
    return found


def file_exam(cast: Cast) -> tuple[CourseId, AttemptId]:
    course_id, exam = exam_of((WIRING,))
    enrol(cast.amara, course_id)
    return course_id, start(exam.id, cast.amara)


def stored() -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).where(StoredFile.purpose == "answer")) or 0


def test_files_are_part_of_an_answer_once_and_wait_for_a_person(app: Portal, cast: Cast) -> None:
    _course, attempt = file_exam(cast)
    key = uuid4()
    assert send(attempt, 1, cast.amara, key=key).is_answered
    assert send(attempt, 1, cast.amara, key=key).is_replay, "a lost response doubled the file"
    send(attempt, 1, cast.amara, "second.png")
    assert stored() == 2
    finish(attempt, cast.amara)
    assert sitting(attempt, cast.amara).attempt.is_awaiting
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work, (4,))
    assert sitting(attempt, cast.amara).attempt.score == 1


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("plan.exe", b"MZ", "no kind of file"),
        ("plan.pdf", b"not a pdf", "what its name says"),
        ("plan.png", b"", "empty"),
        ("plan.png", b"\x89PNG" + b"0" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_a_file_that_is_not_asked_for_is_refused_and_nothing_of_it_stays(
    app: Portal, cast: Cast, name: str, content: bytes, says: str
) -> None:
    _course, attempt = file_exam(cast)
    with pytest.raises(Invalid, match=says) as refused:
        send(attempt, 1, cast.amara, name, content)
    assert list(refused.value.fields) == ["q1-file"]
    assert stored() == 0
    assert sitting(attempt, cast.amara).slots[0].given is None


def test_no_more_files_than_are_asked_for_and_none_of_somebody_else(app: Portal, cast: Cast) -> None:
    _course, attempt = file_exam(cast)
    for _time in range(2):
        send(attempt, 1, cast.amara)
    with pytest.raises(Invalid, match="At most 2 files"):
        send(attempt, 1, cast.amara)
    _other, exam = exam_of((WIRING,), slug="other")
    enrol(cast.nils, _other)
    theirs = start(exam.id, cast.nils)
    send(theirs, 1, cast.nils)
    taken = sitting(theirs, cast.nils).slots[0].given or {}
    with pytest.raises(InvalidResponse):
        give(attempt, 1, {"answer": taken["files"]}, cast.amara)
    give(attempt, 1, {"answer": []}, cast.amara)
    assert not sitting(attempt, cast.amara).slots[0].is_answered


def test_a_file_that_comes_too_late_is_not_stored(app: Portal, cast: Cast) -> None:
    course_id, exam = exam_of((WIRING,), minutes=10)
    enrol(cast.amara, course_id)
    with clock.frozen_at(clock.now()) as advance:
        attempt = start(exam.id, cast.amara)
        advance(timedelta(minutes=11))
        with pytest.raises(TooLate):
            send(attempt, 1, cast.amara)
        finish(attempt, cast.amara)
        with pytest.raises(AttemptOver):
            send(attempt, 1, cast.amara)
    assert stored() == 0


def test_a_person_gets_their_files_and_marks_and_the_files_go_with_them(app: Portal, cast: Cast) -> None:
    _course, attempt = file_exam(cast)
    send(attempt, 1, cast.amara)
    finish(attempt, cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work, (4,), comment="Clear and complete.")
    with unit_of_work(read_only=True):
        told = ExamData().export(cast.amara)
        sha256 = db.session.scalars(select(StoredFile.sha256).where(StoredFile.purpose == "answer")).one()
    assert [one["name"] for one in told["files"]] == ["plan.png"]
    assert [one["comment"] for one in told["marks"]] == ["Clear and complete."]
    with unit_of_work():
        ExamData().erase(cast.amara)
    deliver_outbox()
    assert stored() == 0
    assert not files.has_blob(sha256)
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(AnswerFileRow.id)).all() == []
    assert sitting(attempt, cast.amara).attempt.passed, "that the exam was passed stays as proof"
