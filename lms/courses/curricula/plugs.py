"""What curricula offer below: paths in the catalogue and on a course's page, and a gate."""

from flask import render_template

from lms.courses.curricula.queries import authored, paths
from lms.courses.curricula.service.following import why_locked
from lms.courses.curricula.values import StageState
from lms.courses.values import CourseId, Shut
from lms.identity.values import PersonId
from lms.kernel.actor import current


def catalogue_paths() -> str | None:
    """Return the reader's paths above the catalogue, with the way to all paths."""
    person_id = current().person_id
    if person_id is None:
        return None
    return render_template(
        "curricula/_catalogue.html",
        followed=paths.list_followed(PersonId(person_id), only_under_way=True),
    )


def of_course(course_id: CourseId) -> str | None:
    """Return the paths that a course belongs to, and why it is locked on those that the reader follows."""
    person_id = current().person_id
    found = paths.list_naming(course_id, PersonId(person_id)) if person_id else ()
    if not found:
        return None
    return render_template(
        "curricula/_course.html",
        found=[(path, path.place.stage_of(course_id)) for path in found],
        why_locked=why_locked,
    )


def uses_of(course_id: CourseId) -> str | None:
    """Return the curricula that name a course, for its author."""
    uses = authored.list_uses(course_id)
    return render_template("curricula/_uses.html", uses=uses) if uses else None


class PathGate:
    """Keeps the courses of locked stages shut also in the catalogue, where the trainer of a path says so."""

    def shut(self, course_id: CourseId, person_id: PersonId) -> Shut | None:
        """Return what the first strict path asks before this course."""
        for path in paths.list_naming(course_id, person_id, only_strict=True):
            stage = path.place.stage_of(course_id)
            if stage is not None and stage.state is StageState.LOCKED and course_id not in stage.done:
                return Shut(reason=f"{path.title}: {why_locked(stage)}")
        return None
