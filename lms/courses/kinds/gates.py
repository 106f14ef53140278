"""What may keep a whole course from who would begin it by themselves: asked of the features that offer a gate."""

from collections.abc import Sequence

from flask import Flask, current_app

from lms.courses.values import CourseGate, CourseId, Shut
from lms.identity.values import PersonId


def install(app: Flask, gates: Sequence[CourseGate]) -> None:
    """Give the application its gates."""
    app.extensions["lms.courses.gates"] = tuple(gates)


def why_shut(course_id: CourseId, person_id: PersonId | None) -> Shut | None:
    """Return the first reason why this person cannot begin the course by themselves, None if they can."""
    if person_id is None:
        return None
    gates: tuple[CourseGate, ...] = current_app.extensions["lms.courses.gates"]
    return next((why for gate in gates if (why := gate.shut(course_id, person_id))), None)
