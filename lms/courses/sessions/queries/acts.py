"""Corrections of closed sheets, as the audit trail has them."""

from collections.abc import Sequence
from uuid import UUID

from lms.courses.events import AttendanceCorrected
from lms.courses.sessions.values import Act
from lms.courses.values import LiveSessionId, Mark
from lms.identity.values import PersonId
from lms.kernel import audit

SHOWN = 50


def list_corrections(session_id: LiveSessionId) -> Sequence[Act]:
    """Return the latest corrections of a date's sheet, newest first."""
    wanted = audit.AuditFilter(action=AttendanceCorrected.fact_name(), subject_id=session_id)
    return [
        Act(
            at=entry.at,
            by=PersonId(entry.actor_id) if entry.actor_id else None,
            person_id=PersonId(UUID(entry.details["person_id"])),
            was=Mark(entry.details["was"]),
            was_minutes=int(entry.details["was_minutes"]),
            now=Mark(entry.details["now"]),
            now_minutes=int(entry.details["now_minutes"]),
            reason=str(entry.details["reason"]),
        )
        for entry in audit.list_entries(wanted, before=None, limit=SHOWN)
    ]
