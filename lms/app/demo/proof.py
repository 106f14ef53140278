"""The demo's certifications, and the certificates that were taken back; the others are issued by what people did."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Final

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import Certification, Enrolment, Revocation
from lms.certificates import facade as certificates
from lms.certificates.values import AllOf, CertificationId, CourseDone, Rule, ScoreReached, Words
from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id

STILL_ASKS: Final = "ruth.calloway"
"""Whose people are still to be asked: the tour of a partner admin does it."""


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act of certification, in no order."""
    for certification in stage.world.certifications:
        yield Act(
            stage.ago(certification.defined_days_ago, "10:00"),
            partial(_define, stage, certification),
            stage.programme_manager,
        )
    for one in stage.world.enrolments:
        if one.by and one.source == "partner_admin" and one.cycle and one.by != STILL_ASKS:
            yield Act(stage.ago(one.days_ago, "09:30"), partial(_assign, stage, one), one.by)
    for revocation in stage.world.revocations:
        yield Act(stage.ago(revocation.days_ago, "11:00"), partial(_revoke, stage, revocation), revocation.by)


def _define(stage: Stage, one: Certification) -> None:
    exam, course_id = stage.exams[one.exam], stage.courses[one.course]
    course = courses.list_courses([course_id])[course_id]
    stage.certifications[one.code] = certificates.define_certification(
        certification_id=CertificationId(new_id()),
        words=Words(
            code=one.code,
            title=one.title,
            glyph=one.glyph,
            description=one.description.strip(),
            brand_id=stage.brands[one.brand],
            needed_by=frozenset(stage.positions[key] for key in one.needed_by),
        ),
        rule=Rule(
            requirement=AllOf(
                parts=(
                    CourseDone(course_id=course_id, title=course.title),
                    ScoreReached(
                        activity_key=exam.key,
                        course_id=course_id,
                        title=exam.title,
                        minimum=Decimal(one.pass_percent) / 100,
                        minutes=exam.minutes,
                    ),
                )
            ),
            active_months=one.valid_months,
            renewal_window_days=one.renewal_window_days,
            grace_days=one.grace_days,
        ),
        actor=current(),
        now=clock.now(),
    )


def _assign(stage: Stage, one: Enrolment) -> None:
    """Ask for the certificate that a course leads to, when its admin enrols somebody."""
    found = next((each for each in stage.world.certifications if each.course == one.course), None)
    if found is None:
        return
    due_on = stage.ago(-one.due_in_days).date() if one.due_in_days is not None else None
    certificates.assign(
        person_id=stage.people[one.person],
        certification_id=stage.certifications[found.code],
        due_on=due_on,
        actor=current(),
        now=clock.now(),
    )


def _revoke(stage: Stage, one: Revocation) -> None:
    (held,) = certificates.holdings(
        people=[stage.people[one.person]],
        certification_ids=[stage.certifications[one.certification]],
        at=clock.now(),
    )
    certificates.revoke(
        certificate_id=held.certificate_id, reason=one.reason, actor=current(), now=clock.now()
    )
