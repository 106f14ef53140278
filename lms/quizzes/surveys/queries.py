"""Every SELECT of surveys; who may see results sees those of every survey, as every exam."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, union_all

from lms.kernel.db import db
from lms.quizzes.attempts.models import AttemptRow
from lms.quizzes.surveys.models import SurveyCountRow, SurveyTextRow
from lms.quizzes.surveys.values import Counts, Written
from lms.quizzes.values import QuestionVersionId, QuizId
from lms.web.pages import Page, PageRequest, keyset

PARTS_AT_ONCE = 100


def count_handed_in(quiz_id: QuizId) -> int:
    """Return how many people have handed a survey in."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(AttemptRow)
            .where(AttemptRow.quiz_id == quiz_id, AttemptRow.finished_at.is_not(None))
        )
        or 0
    )


def get_counts(quiz_id: QuizId) -> Counts:
    """Return how often each answer was given: as many rows as there are answers to choose from."""
    counted = db.session.execute(
        select(
            SurveyCountRow.version_id, SurveyCountRow.part, SurveyCountRow.answer, SurveyCountRow.count
        ).where(SurveyCountRow.quiz_id == quiz_id)
    )
    written = db.session.execute(
        select(SurveyTextRow.version_id, SurveyTextRow.part, func.count())
        .where(SurveyTextRow.quiz_id == quiz_id)
        .group_by(SurveyTextRow.version_id, SurveyTextRow.part)
    )
    return Counts(
        {(version, part, answer): count for version, part, answer, count in counted},
        {(version, part): count for version, part, count in written},
    )


def list_first_texts(
    quiz_id: QuizId, parts: Sequence[tuple[QuestionVersionId, str]], most: int
) -> Mapping[tuple[QuestionVersionId, str], Sequence[Written]]:
    """Return the first few texts of each part, by one statement; of no more parts than `PARTS_AT_ONCE`."""
    found: dict[tuple[QuestionVersionId, str], list[Written]] = {one: [] for one in parts}
    if not parts:
        return found
    firsts = [
        select(SurveyTextRow)
        .where(
            SurveyTextRow.quiz_id == quiz_id,
            SurveyTextRow.version_id == version_id,
            SurveyTextRow.part == part,
        )
        .order_by(SurveyTextRow.id)
        .limit(most)
        .subquery()
        for version_id, part in parts[:PARTS_AT_ONCE]
    ]
    columns = [select(one.c.version_id, one.c.part, one.c.id, one.c.text) for one in firsts]
    for version_id, part, text_id, text in db.session.execute(union_all(*columns)):
        found[version_id, part].append(Written(text_id, text))
    return found


def page_texts(
    quiz_id: QuizId, version_id: QuestionVersionId, part: str, wanted: PageRequest
) -> Page[Written]:
    """Return a page of what was written to a part of a question, in no order that says anything."""
    query = select(SurveyTextRow.id, SurveyTextRow.text).where(
        SurveyTextRow.quiz_id == quiz_id, SurveyTextRow.version_id == version_id, SurveyTextRow.part == part
    )
    page = keyset(query, by=[SurveyTextRow.id], wanted=wanted, scalars=False)
    return page.map(lambda row: Written(row[0], row[1]))
