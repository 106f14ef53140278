"""Every SELECT of marking anew: whom an act concerns, how each stands, what is left of it, and what pages show."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.attempts.values import Attempt, Slot
from lms.quizzes.bank.models import QuestionRow, QuestionVersionRow, QuizRow
from lms.quizzes.bank.queries import mine, questions_seen
from lms.quizzes.kinds import question_from_json
from lms.quizzes.kinds.chance import as_drawn, kept_from_json
from lms.quizzes.remarking.models import RemarkedAttemptRow, RemarkLineRow, RemarkRow
from lms.quizzes.remarking.values import (
    Change,
    Offer,
    Remark,
    RemarkLine,
    RemarkState,
    Told,
    Verdict,
    Way,
    held_from_json,
)
from lms.quizzes.values import AttemptId, Question, QuestionId, QuestionVersionId, RemarkId
from lms.web.pages import Page, PageRequest, keyset

VERSIONS_MOST = 200
EXAMS_MOST = 200
TOLD_MOST = 20
ACTS_MOST = 50


def find_row(remark_id: RemarkId) -> RemarkRow | None:
    """Return the row of an act, or None."""
    return db.session.get(RemarkRow, remark_id)


def lock_row(remark_id: RemarkId) -> RemarkRow:
    """Return the row of an act, held until the transaction ends; NotFound without it."""
    row = db.session.scalars(
        select(RemarkRow)
        .where(RemarkRow.id == remark_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def claim() -> RemarkRow | None:
    """Return the first act that is to be looked at or done and that nobody else works on, held."""
    return db.session.scalars(
        select(RemarkRow)
        .where(RemarkRow.state.in_([RemarkState.LOOKING, RemarkState.RUNNING]))
        .order_by(RemarkRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def has_running(question_id: QuestionId) -> bool:
    """Return whether an act on a question's answers is under way."""
    query = select(RemarkRow.id).where(
        RemarkRow.question_id == question_id, RemarkRow.state == RemarkState.RUNNING
    )
    return db.session.scalars(query).first() is not None


def find_undo(remark_id: RemarkId) -> RemarkId | None:
    """Return the act that takes an act back, or would; None without one."""
    query = select(RemarkRow.id).where(
        RemarkRow.undoes_id == remark_id, RemarkRow.state != RemarkState.DISCARDED
    )
    return db.session.scalars(query).first()


def _asked(row: RemarkRow) -> Sequence[ColumnElement[bool]]:
    found = [SlotRow.version_id == row.version_id]
    return [*found, AttemptRow.quiz_id == row.quiz_id] if row.quiz_id is not None else found


def _concerned(row: RemarkRow) -> Any:
    """Return the query of the attempts that an act concerns: finished, and scored or waiting for a person."""
    if row.undoes_id is not None:
        return select(RemarkedAttemptRow.attempt_id).where(RemarkedAttemptRow.remark_id == row.undoes_id)
    return (
        select(SlotRow.attempt_id)
        .join(AttemptRow, AttemptRow.id == SlotRow.attempt_id)
        .where(
            *_asked(row),
            AttemptRow.finished_at.is_not(None),
            # A survey has no score and waits for nobody, nor has what earns no points.
            or_(AttemptRow.score.is_not(None), AttemptRow.passed.is_(None)),
        )
        .distinct()
    )


def list_concerned(row: RemarkRow, limit: int) -> Sequence[AttemptId]:
    """Return the next attempts that an act concerns, after the last one it has looked at."""
    column = RemarkedAttemptRow.attempt_id if row.undoes_id is not None else SlotRow.attempt_id
    query = _concerned(row).order_by(column).limit(limit)
    if row.looked_to is not None:
        query = query.where(column > row.looked_to)
    return [AttemptId(one) for one in db.session.scalars(query)]


def count_concerned(row: RemarkRow) -> int:
    """Return how many attempts an act concerns."""
    return db.session.scalar(select(func.count()).select_from(_concerned(row).subquery())) or 0


def count_open(row: RemarkRow) -> int:
    """Return how many attempts still go on in which the faulty version is asked."""
    if row.undoes_id is not None:
        return 0
    query = (
        select(func.count(SlotRow.attempt_id.distinct()))
        .join(AttemptRow, AttemptRow.id == SlotRow.attempt_id)
        .where(*_asked(row), AttemptRow.finished_at.is_(None))
    )
    return db.session.scalar(query) or 0


def count_changed(remark_id: RemarkId) -> int:
    """Return how many attempts of an act have another result by now than when it looked at them."""
    query = (
        select(func.count())
        .select_from(RemarkLineRow)
        .join(AttemptRow, AttemptRow.id == RemarkLineRow.attempt_id)
        .where(
            RemarkLineRow.remark_id == remark_id,
            or_(
                AttemptRow.score.is_distinct_from(RemarkLineRow.score_before),
                AttemptRow.passed.is_distinct_from(RemarkLineRow.passed_before),
            ),
        )
    )
    return db.session.scalar(query) or 0


def list_papers(
    ids: Collection[AttemptId],
) -> Sequence[tuple[Attempt, Sequence[tuple[Slot, Question]]]]:
    """Return attempts, a batch of them, each with its answers and the questions as they were asked: three queries."""
    rows = db.session.scalars(select(AttemptRow).where(AttemptRow.id.in_(ids)).order_by(AttemptRow.id)).all()
    slots = db.session.scalars(
        select(SlotRow).where(SlotRow.attempt_id.in_(ids)).order_by(SlotRow.attempt_id, SlotRow.number)
    ).all()
    # Hundreds of attempts ask the same few dozen questions: each is read once.
    contents = db.session.execute(
        select(QuestionVersionRow.id, QuestionVersionRow.content).where(
            QuestionVersionRow.id.in_({one.version_id for one in slots})
        )
    )
    questions = {version_id: question_from_json(content) for version_id, content in contents}
    papers: dict[AttemptId, list[tuple[Slot, Question]]] = {row.id: [] for row in rows}
    for one in slots:
        question = questions[one.version_id]
        if question.drawing and one.drawn is not None:
            question = as_drawn(question, kept_from_json(one.drawn))
        papers[one.attempt_id].append((attempts.slot_of(one), question))
    return [(attempts.attempt_of(row), papers[row.id]) for row in rows]


def get_question(version_id: QuestionVersionId) -> Question:
    """Return the question of a version; NotFound without it."""
    content = db.session.scalar(select(QuestionVersionRow.content).where(QuestionVersionRow.id == version_id))
    if content is None:
        raise NotFound
    return question_from_json(content)


def question_of(version_id: QuestionVersionId) -> QuestionId | None:
    """Return the question that a version is one of, or None."""
    return db.session.scalar(
        select(QuestionVersionRow.question_id).where(QuestionVersionRow.id == version_id)
    )


def list_done(remark_id: RemarkId, ids: Collection[AttemptId]) -> Mapping[AttemptId, Change]:
    """Return what an act did to these attempts."""
    rows = db.session.scalars(
        select(RemarkedAttemptRow).where(
            RemarkedAttemptRow.remark_id == remark_id, RemarkedAttemptRow.attempt_id.in_(ids)
        )
    )
    return {row.attempt_id: change_of(row) for row in rows}


def list_waiting(remark_id: RemarkId, limit: int) -> Sequence[RemarkLineRow]:
    """Return the next lines of an act that are to be done."""
    return db.session.scalars(
        select(RemarkLineRow)
        .where(RemarkLineRow.remark_id == remark_id, RemarkLineRow.done_at.is_(None))
        .order_by(RemarkLineRow.attempt_id)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()


def change_of(row: RemarkLineRow | RemarkedAttemptRow) -> Change:
    """Return a row's value."""
    return Change(
        verdict=row.verdict,
        before=held_from_json(row.before),
        after=held_from_json(row.after),
        score_before=row.score_before,
        score_after=row.score_after,
        passed_before=row.passed_before,
        passed_after=row.passed_after,
    )


def get_remark(remark_id: RemarkId) -> Remark:
    """Return an act; NotFound without it."""
    found = _remarks(RemarkRow.id == remark_id)
    if not found:
        raise NotFound
    return found[0]


def list_remarks(question_id: QuestionId) -> Sequence[Remark]:
    """Return what was done to a question's answers, or is looked at, the newest first: at most `ACTS_MOST`."""
    return _remarks(RemarkRow.question_id == question_id, RemarkRow.state != RemarkState.DISCARDED)


def _remarks(*conditions: ColumnElement[bool]) -> Sequence[Remark]:
    faulty, key, undo = aliased(QuestionVersionRow), aliased(QuestionVersionRow), aliased(RemarkRow)
    rows = db.session.execute(
        select(RemarkRow, QuestionRow.title, faulty.number, key.number, QuizRow.title, undo.id)
        .join(QuestionRow, QuestionRow.id == RemarkRow.question_id)
        .join(faulty, faulty.id == RemarkRow.version_id)
        .outerjoin(key, key.id == RemarkRow.key_id)
        .outerjoin(QuizRow, QuizRow.id == RemarkRow.quiz_id)
        .outerjoin(undo, (undo.undoes_id == RemarkRow.id) & (undo.state != RemarkState.DISCARDED))
        .where(*conditions, *questions_seen(mine()))
        .order_by(RemarkRow.id.desc())
        .limit(ACTS_MOST)
    ).all()
    names = identity.list_people({row[0].asked_by for row in rows if row[0].asked_by is not None})
    return [
        Remark(
            id=row.id,
            question_id=row.question_id,
            question_title=title,
            way=row.way,
            state=row.state,
            lowers=row.lowers,
            reason=row.reason,
            number=number,
            key_number=key_number,
            quiz_title=quiz_title or "",
            looked=row.looked,
            total=row.total,
            done=row.done,
            counts={one: row.counts[one.value] for one in Verdict if row.counts.get(one.value)},
            open_count=row.open_count,
            asked_at=row.asked_at,
            asked_by=names[row.asked_by].name if row.asked_by is not None and row.asked_by in names else "",
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            undoes_id=row.undoes_id,
            undone_by=undo_id,
        )
        for row, title, number, key_number, quiz_title, undo_id in rows
    ]


def page_lines(
    remark_id: RemarkId, wanted: PageRequest, *, verdict: Verdict | None = None
) -> Page[RemarkLine]:
    """Return a page of what an act comes to, attempt by attempt: two queries."""
    query = (
        select(RemarkLineRow, AttemptRow)
        .join(AttemptRow, AttemptRow.id == RemarkLineRow.attempt_id)
        .where(RemarkLineRow.remark_id == remark_id)
    )
    if verdict is not None:
        query = query.where(RemarkLineRow.verdict == verdict)
    page = keyset(query, by=[RemarkLineRow.attempt_id], wanted=wanted, scalars=False)
    people = identity.list_people({row[1].person_id for row in page.items})
    return page.map(lambda row: _line_of(row[0], row[1], people))


def _line_of(line: RemarkLineRow, attempt: AttemptRow, people: Mapping[PersonId, Any]) -> RemarkLine:
    person = people.get(attempt.person_id)
    return RemarkLine(
        attempt_id=attempt.id,
        person_id=attempt.person_id,
        name=person.name if person else "",
        employer_name=person.employer_name if person else "",
        exam=attempt.rules["title"],
        attempt_number=attempt.number,
        verdict=line.verdict,
        score_before=line.score_before,
        score_after=line.score_after,
        passed_before=line.passed_before,
        passed_after=line.passed_after,
    )


def list_told(attempt_id: AttemptId) -> Sequence[Told]:
    """Return how a finished attempt was marked anew, where that changed its result, the newest first.

    Whose attempt may be read the caller has asked.
    """
    rows = db.session.execute(
        select(RemarkedAttemptRow, RemarkRow.way, RemarkRow.reason)
        .join(RemarkRow, RemarkRow.id == RemarkedAttemptRow.remark_id)
        .where(RemarkedAttemptRow.attempt_id == attempt_id)
        .order_by(RemarkedAttemptRow.remark_id.desc())
        .limit(TOLD_MOST)
    )
    return [
        Told(
            at=row.at,
            way=way,
            reason=reason,
            slots=tuple(sorted(map(int, row.after))),
            score_before=row.score_before,
            score_after=row.score_after,
            passed_before=row.passed_before,
            passed_after=row.passed_after,
        )
        for row, way, reason in rows
        if (row.score_before, row.passed_before) != (row.score_after, row.passed_after)
        or row.verdict is Verdict.WAITING
        or way is Way.OUT
    ]


def get_offer(question_id: QuestionId) -> Offer:
    """Return what can be chosen for a question: by the latest versions that were asked, and the exams that asked it."""
    versions = db.session.execute(
        select(QuestionVersionRow.id, QuestionVersionRow.number)
        .where(QuestionVersionRow.question_id == question_id)
        .order_by(QuestionVersionRow.number.desc())
        .limit(VERSIONS_MOST)
    )
    keys = {version_id: number for version_id, number in versions}  # noqa: C416  rows are typed so
    finished = (
        select(SlotRow.version_id, AttemptRow.quiz_id)
        .join(AttemptRow, AttemptRow.id == SlotRow.attempt_id)
        .where(SlotRow.question_id == question_id, AttemptRow.finished_at.is_not(None))
        .distinct()
        .subquery()
    )
    asked = set(db.session.scalars(select(finished.c.version_id).distinct()))
    exams = db.session.execute(
        select(QuizRow.id, QuizRow.title)
        .where(QuizRow.id.in_(select(finished.c.quiz_id)), QuizRow.is_survey.is_(False))
        .order_by(QuizRow.title, QuizRow.id)
        .limit(EXAMS_MOST)
    )
    return Offer(
        asked={one: number for one, number in keys.items() if one in asked},
        keys=keys,
        exams={quiz_id: title for quiz_id, title in exams},  # noqa: C416  as above
    )


def list_stale(before: datetime) -> Sequence[RemarkRow]:
    """Return acts that were only looked at, so long ago that nobody will begin them; held."""
    return db.session.scalars(
        select(RemarkRow)
        .where(RemarkRow.state == RemarkState.LOOKED_AT, RemarkRow.asked_at < before)
        .order_by(RemarkRow.id)
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()


def find_done(attempt_id: AttemptId, remark_id: RemarkId) -> tuple[tuple[str, str], Change] | None:
    """Return the exam and the reason of an act, and what it did to an attempt; None if it did nothing to it."""
    found = db.session.execute(
        select(RemarkedAttemptRow, RemarkRow.reason, AttemptRow.rules["title"].as_string())
        .join(RemarkRow, RemarkRow.id == RemarkedAttemptRow.remark_id)
        .join(AttemptRow, AttemptRow.id == RemarkedAttemptRow.attempt_id)
        .where(RemarkedAttemptRow.attempt_id == attempt_id, RemarkedAttemptRow.remark_id == remark_id)
    ).first()
    return ((found[2], found[1]), change_of(found[0])) if found else None


def export_person(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return how a person's attempts were marked anew, as JSON values."""
    rows = db.session.execute(
        select(RemarkedAttemptRow, RemarkRow.reason)
        .join(RemarkRow, RemarkRow.id == RemarkedAttemptRow.remark_id)
        .join(AttemptRow, AttemptRow.id == RemarkedAttemptRow.attempt_id)
        .where(AttemptRow.person_id == person_id)
        .order_by(RemarkedAttemptRow.remark_id, RemarkedAttemptRow.attempt_id)
        .limit(attempts.EXPORTED_AT_MOST)
    )
    return [
        {
            "attempt": str(row.attempt_id),
            "at": row.at.isoformat(),
            "score_before": str(row.score_before) if row.score_before is not None else None,
            "score": str(row.score_after) if row.score_after is not None else None,
            "passed": row.passed_after,
            "reason": reason,
        }
        for row, reason in rows
    ]
