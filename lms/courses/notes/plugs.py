"""What notes offer: the fragment beside a lesson, and a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template

from lms.courses import policy
from lms.courses.notes import queries, service
from lms.courses.values import Activity, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.actor import current


def beside(activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:
    """Return the reader's note and mark of an activity they are enrolled in."""
    actor = current()
    if enrolment_id is None or actor.person_id is None or not policy.may_learn(actor):
        return None
    note = queries.find_note(PersonId(actor.person_id), activity.key)
    return render_template(
        "notes/_beside.html", note=note, activity_id=activity.id, most=service.TEXT_AT_MOST
    )


class NotesData:
    """What a person wrote beside lessons, and which they marked."""

    name = "notes"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return all of it."""
        return {"notes": queries.export_person(PersonId(person_id))}

    def erase(self, person_id: UUID) -> None:
        """Delete all of it: it proves nothing."""
        service.forget(PersonId(person_id))
