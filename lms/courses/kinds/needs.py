"""What rests on courses and their activities: asked of the features above before anything of them goes."""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask import Flask, current_app

from lms.courses.values.using import CourseNeeds, Need


def install(app: Flask, needs: Sequence[CourseNeeds]) -> None:
    """Give the application those who say what they need."""
    app.extensions["lms.courses.needs"] = tuple(needs)


def list_needing(subject_ids: Collection[UUID]) -> Sequence[Need]:
    """Return what rests on any of these courses and activities, feature by feature."""
    needs: tuple[CourseNeeds, ...] = current_app.extensions["lms.courses.needs"]
    return [need for one in needs for need in one.list_needing(subject_ids)] if subject_ids else ()
