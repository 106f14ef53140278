"""Who edited an activity of a draft last, as the audit trail has it."""

from datetime import datetime
from typing import Final

from lms.courses.events import CourseImported, DraftChanged
from lms.courses.values import ActivityKey, CourseId, DraftChange
from lms.identity.values import PersonId
from lms.kernel.audit import AuditEntry, AuditFilter, entries
from lms.kernel.db import db

LOOKED_THROUGH: Final = 200
OF_ALL: Final = frozenset({DraftChange.RESTORED.value, DraftChange.DISCARDED.value})
"""Changes of a draft that are changes of all its activities."""


def find_last_edit(course_id: CourseId, key: ActivityKey) -> tuple[PersonId | None, datetime] | None:
    """Return who changed an activity last, and when; None if that is longer ago than the latest changes."""
    edit, bring = DraftChanged.fact_name(), CourseImported.fact_name()
    recent = (
        entries(AuditFilter(subject_id=course_id))
        .where(AuditEntry.action.in_([edit, bring]))
        .order_by(AuditEntry.id.desc())
        .limit(LOOKED_THROUGH)
    )
    for entry in db.session.scalars(recent):
        is_it = entry.details.get("activity_key") == str(key) or entry.details.get("change") in OF_ALL
        if entry.action == bring or is_it:
            return PersonId(entry.actor_id) if entry.actor_id else None, entry.at
    return None
