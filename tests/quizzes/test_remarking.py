"""Marking anew after a wrong key: who changes is seen first, each once, told and recorded, and it can be taken back."""

from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.app.portal import Portal
from lms.courses.learning.models import ActivityResultRow
from lms.kernel import clock
from lms.kernel.actor import Role
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import SlotRow
from lms.quizzes.attempts.values import Held
from lms.quizzes.bank import queries as bank_queries
from lms.quizzes.errors import NotNow
from lms.quizzes.plugs import ExamData
from lms.quizzes.remarking import queries, service
from lms.quizzes.remarking.models import RemarkedAttemptRow, RemarkRow
from lms.quizzes.remarking.values import Ask, RemarkState, Verdict, Way
from lms.quizzes.values import RemarkId
from tests.quizzes.by_hand import BEST, ESSAY, completed, mark, waiting
from tests.quizzes.exams import LEAK, VALVE, actor_of, enrol, fill_bank, finish, give, sitting, start
from tests.quizzes.remarks import REASON, Case, act_of, begin, told, undo, verdicts, work
from tests.support.portal import Cast

ONE, HALF = Decimal(1), Decimal("0.5")


def count(model: type, *where: object) -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def test_a_corrected_key_passes_who_was_right_and_the_course_knows_at_once(app: Portal, cast: Cast) -> None:
    case = Case()
    right, wrong = case.sat(cast.amara, "b"), case.sat(cast.dafydd, "a")
    assert not completed(cast.amara, case.course_id)
    case.mend()
    looked = case.look()
    assert looked.state is RemarkState.LOOKED_AT
    assert verdicts(looked) == {right: Verdict.GAINED, wrong: Verdict.KEPT_PASS}
    assert sitting(right, cast.amara).attempt.score == HALF, "looking has changed something"
    assert begin(looked)
    work()
    one = sitting(right, cast.amara).attempt
    assert (one.score, one.passed, one.earned) == (ONE, True, Decimal(2))
    assert completed(cast.amara, case.course_id)
    one = sitting(wrong, cast.dafydd).attempt
    assert (one.score, one.passed) == (ONE, True), "a pass was taken"
    assert told(cast.amara) == ["quizzes.passed_anew"]
    assert told(cast.dafydd) == []
    assert act_of(looked.id).counts == {Verdict.GAINED: 1, Verdict.KEPT_PASS: 1}


def test_a_score_falls_only_where_that_was_chosen_and_then_who_lost_is_told_and_stays_passed(
    app: Portal, cast: Cast
) -> None:
    case = Case()
    attempt = case.sat(cast.amara, "a")
    case.mend()
    case.mark()
    assert sitting(attempt, cast.amara).attempt.score == ONE
    assert told(cast.amara) == []
    case.mark(lowers=True)
    one = sitting(attempt, cast.amara).attempt
    assert (one.score, one.passed) == (HALF, True)
    assert completed(cast.amara, case.course_id)
    assert told(cast.amara) == ["quizzes.lowered_anew"]


def test_everybody_gets_its_points_or_it_is_left_out(app: Portal, cast: Cast) -> None:
    full, out = Case("full"), Case("out")
    given, left = full.sat(cast.amara, None), out.sat(cast.amara, "c")
    full.mark(Way.FULL)
    assert sitting(given, cast.amara).attempt.score == ONE
    out.mark(Way.OUT)
    one = sitting(left, cast.amara).attempt
    assert (one.score, one.marks, one.earned, one.passed) == (ONE, ONE, ONE, True)


def test_taking_it_back_gives_the_earlier_marks_once_and_leaves_passes(app: Portal, cast: Cast) -> None:
    case = Case()
    first = case.sat(cast.amara, "b", "false")
    second = case.again(cast.amara, "b")
    other = case.sat(cast.dafydd, "c", "false")
    case.mend()
    done = case.mark()
    assert [sitting(one, cast.amara).attempt.score for one in (first, second)] == [HALF, ONE]
    back = undo(done)
    assert back.way is Way.UNDO
    assert undo(done).id == back.id, "two clicks are two acts"
    assert verdicts(back) == {first: Verdict.LOWERED, second: Verdict.SPARED, other: Verdict.SAME}
    assert begin(back)
    work()
    one = sitting(second, cast.amara).attempt
    assert (one.score, one.passed) == (HALF, True), "the pass that was given is taken"
    assert sitting(first, cast.amara).attempt.score == 0
    slot = sitting(first, cast.amara).slots[0]
    assert slot.held == Held(Decimal(0))
    assert told(cast.amara) == ["quizzes.raised_anew", "quizzes.passed_anew", *["quizzes.lowered_anew"] * 2]
    with pytest.raises(NotNow):
        undo(act_of(back.id))
    # It can be done anew, on what stands now.
    assert verdicts(case.look()) == {first: Verdict.RAISED, second: Verdict.RAISED, other: Verdict.SAME}


def test_a_preview_that_is_out_of_date_does_nothing_and_is_made_anew(app: Portal, cast: Cast) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    enrol(cast.dafydd, case.course_id)
    late = start(case.exam.id, cast.dafydd)
    case.mend()
    looked = case.look()
    give(late, 1, {"answer": ["b"]}, cast.dafydd)
    give(late, 2, {"answer": ["true"]}, cast.dafydd)
    finish(late, cast.dafydd)
    assert not begin(looked)
    again = act_of(looked.id)
    assert (again.state, again.looked, again.total) == (RemarkState.LOOKED_AT, 2, 2)
    assert late in verdicts(again)
    assert sitting(late, cast.dafydd).attempt.score == HALF
    assert not begin(looked), "a page that shows the first preview began the second"
    assert begin(act_of(looked.id))
    work()
    assert sitting(late, cast.dafydd).attempt.score == ONE


def test_attempts_that_go_on_are_counted_and_left(app: Portal, cast: Cast) -> None:
    case = Case()
    enrol(cast.amara, case.course_id)
    attempt = start(case.exam.id, cast.amara)
    case.mend()
    looked = case.look()
    assert (looked.total, looked.open_count) == (0, 1)
    assert begin(looked)
    work()
    assert sitting(attempt, cast.amara).attempt.finished_at is None


def test_an_answer_that_a_person_has_still_to_mark_gets_no_result_by_it(app: Portal, cast: Cast) -> None:
    case = Case(others=(LEAK,))
    enrol(cast.amara, case.course_id)
    attempt = start(case.exam.id, cast.amara)
    give(attempt, 1, {"answer": ["b"]}, cast.amara)
    give(attempt, 2, ESSAY, cast.amara)
    finish(attempt, cast.amara)
    case.mend()
    assert verdicts(case.mark()) == {attempt: Verdict.WAITING}
    assert sitting(attempt, cast.amara).attempt.is_awaiting
    (one,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, one, BEST)
    found = sitting(attempt, cast.amara).attempt
    assert (found.score, found.passed) == (ONE, True), "the corrected key was forgotten"


def test_what_is_marked_between_the_look_and_the_act_is_left_alone(app: Portal, cast: Cast) -> None:
    case = Case()
    attempt = case.sat(cast.amara, "b")
    case.mend()
    looked = case.look()
    assert begin(looked)
    with unit_of_work():
        row = db.session.get(SlotRow, (attempt, 1))
        assert row is not None
        row.fraction = HALF
    work()
    assert verdicts(looked) == {attempt: Verdict.CHANGED}
    assert sitting(attempt, cast.amara).slots[0].fraction == HALF
    assert act_of(looked.id).counts == {Verdict.CHANGED: 1}


def test_two_clicks_and_two_acts_at_once_are_one(app: Portal, cast: Cast) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    case.mend()
    looked, other = case.look(), case.look(Way.FULL)
    assert begin(looked)
    assert begin(looked)
    with pytest.raises(NotNow):
        begin(other)
    work()
    work()
    assert count(ActivityResultRow) == 2, "the course was told twice"
    assert count(RemarkedAttemptRow) == 1
    assert count(AuditEntry, AuditEntry.action == "AttemptMarkedAnew") == 1
    assert count(AuditEntry, AuditEntry.action == "RemarkBegun") == 1
    assert count(AuditEntry, AuditEntry.action == "RemarkEnded") == 1
    assert case.look(remark_id=looked.id).id == looked.id
    assert count(RemarkRow) == 2


def test_it_is_done_batch_by_batch(app: Portal, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOKED_AT_ONCE", 1)
    monkeypatch.setattr(service, "DONE_AT_ONCE", 1)
    case = Case()
    people = (cast.amara, cast.dafydd, cast.ruth)
    attempts = [case.sat(one, "b") for one in people]
    case.mend()
    looked = case.look()
    assert (looked.state, looked.total) == (RemarkState.LOOKING, 1)
    with pytest.raises(NotNow):
        begin(looked)
    work()
    looked = act_of(looked.id)
    assert (looked.state, looked.total) == (RemarkState.LOOKED_AT, 3)
    assert begin(looked)
    work()
    assert act_of(looked.id).done == 3
    assert {sitting(*one).attempt.score for one in zip(attempts, people, strict=True)} == {ONE}


def test_one_exam_alone_is_marked_where_that_was_chosen(app: Portal, cast: Cast) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    case.mend()
    with unit_of_work(read_only=True):
        (quiz_id,) = queries.get_offer(case.question_id).exams
    assert case.look(quiz_id=quiz_id).total == 1
    other = Case("other")
    other.sat(cast.dafydd, "b")
    with unit_of_work(read_only=True):
        (elsewhere,) = queries.get_offer(other.question_id).exams
    assert case.look(quiz_id=elsewhere).total == 0


def test_what_cannot_be_is_refused_by_field(app: Portal, cast: Cast) -> None:
    case, essay = Case(), Case("essays", others=(LEAK,))
    case.mend()
    for more, field in (
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"key_id": None}, "key_id"),
        ({"key_id": case.version(1)}, "key_id"),
    ):
        with pytest.raises(Invalid) as refused:
            case.look(**more)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotFound):
        case.look(key_id=essay.version(1))
    case.mend(VALVE)
    three = case.look(key_id=case.version(3))
    assert three.key_number == 3


def test_an_essay_is_marked_in_the_queue_and_a_learner_marks_nothing(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank((LEAK,), name="Essays")
    with unit_of_work(read_only=True):
        (essay,) = bank_queries.pool(bank_id, "")
        version = bank_queries.get_version(essay, 1).id
    ask = Ask(id=RemarkId(new_id()), question_id=essay, version_id=version, way=Way.FULL, reason=REASON)
    with unit_of_work(), pytest.raises(Invalid, match="marking queue"):
        service.look(ask=ask, actor=actor_of(cast.tomas, Role.TRAINER), now=clock.now())
    with unit_of_work(), pytest.raises(Forbidden):
        service.look(ask=ask, actor=actor_of(cast.amara), now=clock.now())


def test_what_was_done_cannot_be_changed_and_its_person_gets_it(app: Portal, cast: Cast) -> None:
    case = Case()
    attempt = case.sat(cast.amara, "b")
    case.mend()
    case.mark()
    for statement in ("DELETE FROM remarked_attempts", "UPDATE remarked_attempts SET verdict = 'same'"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))
    with unit_of_work(read_only=True):
        (found,) = ExamData().export(cast.amara)["marked_anew"]
        told_of = queries.list_told(attempt)
    assert (found["attempt"], found["reason"], found["passed"]) == (str(attempt), REASON, True)
    assert [(one.slots, one.score_before, one.score_after) for one in told_of] == [((1,), HALF, ONE)]
    assert Counter(one.reason for one in told_of) == {REASON: 1}


def test_what_was_only_looked_at_is_discarded_and_forgotten(app: Portal, cast: Cast) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    case.mend()
    looked = case.look()
    with unit_of_work():
        service.discard(remark_id=looked.id, actor=actor_of(cast.tomas, Role.TRAINER))
    assert (act_of(looked.id).state, verdicts(looked)) == (RemarkState.DISCARDED, {})
    with pytest.raises(NotNow):
        begin(looked)
