"""Enrolling many people at once, and ending what they have not begun: by sets, whoever asked for it.

An audience enrols each person once: who has completed the course or was withdrawn from it is not enrolled again, but
for those whom only leaving the audience took out of it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from lms.audiences.values import AudienceId
from lms.courses.authoring import queries as authoring
from lms.courses.learning import queries
from lms.courses.learning.service import acts, places
from lms.courses.learning.service.changing import end
from lms.courses.learning.service.inserting import insert_people
from lms.courses.learning.values import WaitEnd
from lms.courses.values import CourseId, Ending, EnrolmentSource
from lms.identity.values import PersonId
from lms.kernel.db import db

AT_ONCE = 500
"""How many people an audience enrols in the request that says so; more are enrolled in a job."""


def enrol_audiences(course_id: CourseId, now: datetime) -> None:
    """Enrol who is in the enrolled audiences of a course and never was in it; memberships are held by the caller."""
    offer = authoring.find_offer(course_id)
    if offer is None or not authoring.list_enrolled_audiences(course_id):
        return
    waiting = queries.to_enrol(course_id)
    if (db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0) > AT_ONCE:
        acts.begin_for_audiences(course_id, waiting, offer.due, now)
        return
    insert_people(
        offer, db.session.scalars(waiting).all(), due=offer.due, source=EnrolmentSource.AUDIENCE, now=now
    )


def enrol_joined(audience_id: AudienceId, people: Collection[PersonId], now: datetime) -> None:
    """Enrol people who joined an audience on every course that it is enrolled on."""
    for offer in authoring.list_offers(audience_id):
        before = queries.list_before(offer.course_id, people)
        new = [one for one in people if one not in before]
        insert_people(offer, new, due=offer.due, source=EnrolmentSource.AUDIENCE, now=now)


def withdraw_left(audience_id: AudienceId, people: Collection[PersonId], now: datetime) -> None:
    """End what people who left an audience have not begun, where its course says so; what was begun goes on."""
    for offer in authoring.list_offers(audience_id):
        if offer.withdraws_leavers:
            for row in queries.list_leavers(offer.course_id, people):
                end(row, ending=Ending.LEFT_AUDIENCE, reason="", by=None, now=now)
            waiting = queries.list_waiting_leavers(offer.course_id, people)
            if waiting:
                places.end_waits(offer.course_id, waiting, WaitEnd.LEFT_AUDIENCE, now)
