"""What courses offer: a person's data, activities for an audience alone, and where an audience is used."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId, Use
from lms.courses.authoring import queries as authoring
from lms.courses.curricula.queries import paths
from lms.courses.curricula.service import following
from lms.courses.formats import scaling
from lms.courses.learning import queries, service
from lms.courses.learning.service import reminding
from lms.courses.sessions.queries import bookings
from lms.courses.values import ActivityKey, LockContext, Shut
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.identity.values.merging import Together
from lms.kernel import clock
from lms.kernel.handing import Owned, count
from lms.web.words import lazy as _l


class CourseFiles:
    """Pictures, films and files of courses. What a version was given it keeps, whether its text shows it or not."""

    purposes = frozenset({"course-media"})

    def needed(self, file_ids: Collection[UUID]) -> Collection[UUID]:
        """Return those that some version was given."""
        return authoring.named_in_versions(file_ids)

    def copies_of(self, sha256: str) -> Iterable[str]:
        """Return a picture's smaller copies."""
        return [scaling.name_of(sha256, width) for width in scaling.WIDTHS]


class LearningData:
    """A person's enrolments, progress, completions, what they said of courses, bookings of live sessions and paths."""

    name = "courses"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        sessions = bookings.export_person(PersonId(person_id))
        return {
            **queries.export_person(PersonId(person_id)),
            "feedback": queries.export_feedback(PersonId(person_id)),
            "waiting_lists": queries.export_waits(PersonId(person_id)),
            "sessions": sessions,
            "paths": paths.export_person(PersonId(person_id)),
        }

    def erase(self, person_id: UUID) -> None:
        """End what is open, seats too, and forget where they stopped reading; what was completed stays as proof."""
        service.forget_places(PersonId(person_id))
        following.leave_all(PersonId(person_id), clock.now())
        service.withdraw_all(PersonId(person_id), clock.now())
        service.forget_reasons(PersonId(person_id))
        service.forget_comments(PersonId(person_id))
        reminding.forget(PersonId(person_id))
        person = identity.find_person(PersonId(person_id))
        service.forget_given([one for one in (person.email, person.external_id) if one] if person else [])


class AudienceLock:
    """Shut for everybody who is not in an audience; its value is the audience's id, in files its name."""

    key = "audience"
    label = _l("Only for")

    def shut(self, values: Collection[str], context: LockContext) -> Mapping[str, Shut]:
        """Return the audiences that the reader is not in. They are in or out from one moment to the next."""
        own = audiences.audiences_of(context.person_id) if context.person_id else frozenset()
        closed = [value for value in values if AudienceId(UUID(value)) not in own]
        names = {str(one.id): one.name for one in _named(closed)}
        return {
            value: Shut(
                reason=_("Only for %(audience)s", audience=names.get(value, _("people chosen elsewhere")))
            )
            for value in closed
        }

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return every audience, by name."""
        return [(str(one.id), one.name) for one in audiences.list_audiences()]

    def said(self, value: str, names: Mapping[ActivityKey, str]) -> str:
        """Return whom it is for."""
        del names
        found = _named([value])
        return _("for %(audience)s", audience=found[0].name if found else "?")

    def read(self, written: str) -> str | None:
        """Return the audience of this name, None where there is none."""
        return next((str(one.id) for one in audiences.list_audiences() if one.name == written.strip()), None)

    def written(self, value: str) -> str:
        """Return the audience's name."""
        found = _named([value])
        return found[0].name if found else value


def _named(values: Collection[str]) -> Sequence[Any]:
    return audiences.list_audiences({AudienceId(UUID(value)) for value in values}) if values else ()


class AudiencesOfCourses:
    """Which courses an audience sees, or is enrolled on."""

    def uses(self, audience_id: AudienceId) -> Sequence[Use]:
        """Return a few of them."""
        return [
            Use(_("Course"), title, f"/author/courses/{course_id}/access")
            for course_id, title in authoring.list_naming(audience_id)
        ]


class AudiencesOfActivities:
    """Which activities are for an audience alone, in any version: what was published never changes."""

    def uses(self, audience_id: AudienceId) -> Sequence[Use]:
        """Return a few of them."""
        found = authoring.list_locked_by(AudienceLock.key, str(audience_id))
        return [
            Use(_("Activity"), f"{course}: {title}", f"/author/courses/{course_id}")
            for course_id, course, title in found
        ]


def account_part(kept_id: PersonId, merged_id: PersonId) -> Sequence[Together]:
    """Return what of learning comes together when accounts are joined."""
    twice = ", ".join(one.title for one in queries.list_open_twice(kept_id, merged_id))
    goes_on = _(
        "Both are in %(titles)s: whichever is further goes on, with what was done in the other.", titles=twice
    )
    return [
        Together(label, count(Owned(table), kept_id), count(Owned(table), merged_id), note)
        for label, table, note in (
            (_("Courses"), "enrolments", goes_on if twice else ""),
            (_("Completed"), "course_completions", ""),
            (_("Live sessions"), "session_bookings", ""),
            (_("Hand-ins"), "hand_ins", ""),
            (_("Notes"), "activity_notes", ""),
        )
    ]
