"""An exam in sections, as its learner goes through it: what is open, how long, and what closes a section."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from lms.kernel import clock
from lms.kernel.actor import current
from lms.quizzes.attempts import queries, rules, service
from lms.quizzes.attempts.values import Attempt, Mark, Sitting
from lms.quizzes.kinds import question_from_json
from lms.quizzes.policy import TAKE_EXAMS
from lms.quizzes.values import AttemptId, QuestionVersionId, Section, StoredQuestion
from lms.quizzes.values.sections import Where, stands_at
from lms.quizzes.views.blueprint import blueprint
from lms.web.access import requires


@dataclass(frozen=True, slots=True)
class Part:
    """The section that a page stands in: its number of how many, and which section its button closes (0 for none)."""

    number: int
    of: int
    section: Section
    is_first_page: bool
    closes: int


@blueprint.post("/learn/exams/<uuid:attempt_id>/sections/<int:section>/close")
@requires(TAKE_EXAMS)
def close_section(attempt_id: UUID, section: int) -> ResponseReturnValue:
    """Close a section for good; the next one begins, or the attempt ends."""
    wanted = AttemptId(attempt_id)
    service.close_section(attempt_id=wanted, section=section, actor=current(), now=clock.now())
    sitting = open_part(queries.get_sitting(wanted, current()), clock.now())
    first = sitting.slots[0].number if sitting.slots else 1
    return redirect(url_for(".question", attempt_id=attempt_id, slot=first), 303)


def open_part(sitting: Sitting, now: datetime) -> Sitting:
    """Return a sitting with the questions that are open now: those of one section where they come one by one."""
    at = _at(sitting.attempt, now)
    if at is None:
        return sitting
    return replace(sitting, slots=[one for one in sitting.slots if one.section == at.section])


def _at(attempt: Attempt, now: datetime) -> Where | None:
    """Return where an attempt stands; None where all its questions are open, or none any more."""
    if not attempt.rules.is_by_section or attempt.finished_at is not None:
        return None
    return stands_at(attempt.rules, Where(attempt.section, attempt.section_ends_at), now)


def part_of(sitting: Sitting, slot: int, now: datetime) -> Part | None:
    """Return the section that a page of an exam stands in; None for an exam of one piece."""
    held = sitting.attempt.rules
    number = next((one.section for one in sitting.slots if one.number == slot), 1)
    if not held.sections:
        return None
    at = _at(sitting.attempt, now)
    return Part(
        number=number,
        of=len(held.sections),
        section=held.sections[number - 1],
        is_first_page=slot == next(one.number for one in sitting.slots if one.section == number),
        closes=at.section if at is not None and at.section < len(held.sections) else 0,
    )


def seconds_left(attempt: Attempt, now: datetime) -> int | None:
    """Return how long the page's questions stay open: until their section ends, or the attempt."""
    at = _at(attempt, now)
    ends = [one for one in (attempt.deadline_at, at.ends_at if at else None) if one is not None]
    return rules.seconds_left(min(ends, default=None), now)


def marks_by_section(
    sitting: Sitting, versions: Mapping[QuestionVersionId, StoredQuestion]
) -> Sequence[tuple[Section, Mark]]:
    """Return what each section of a marked attempt earned, in order."""
    held = sitting.attempt.rules
    paper = [(one, question_from_json(versions[one.version_id].content)) for one in sitting.slots]
    return list(zip(held.sections, rules.mark_paper(held, paper).sections, strict=True))
