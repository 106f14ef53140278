"""The files of a course: how much it may hold, the sizes of its pictures, and taking out what nothing shows."""

from datetime import datetime
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _

from lms.courses.authoring import queries
from lms.courses.authoring.models import CoursePicture
from lms.courses.authoring.service.drafts import held_course
from lms.courses.errors import FileInUse
from lms.courses.events import CourseFileRemoved
from lms.courses.formats import lengths, scaling
from lms.courses.values import CourseId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.web.context import write_filesize


def check_quota(course_id: CourseId, more_bytes: int) -> None:
    """Raise Invalid, naming the field `file`, if a course would hold more than the installation lets it."""
    most = int(current_app.config["LMS_COURSE_QUOTA"])
    held = queries.sum_file_bytes(course_id)
    if held + more_bytes > most:
        message = _(
            "This course holds %(held)s of at most %(most)s. Take out files that nothing shows, then try again.",
            held=write_filesize(held),
            most=write_filesize(most),
        )
        raise Invalid(message, fields={"file": message})


def make_sizes(file_id: UUID) -> int:
    """Store smaller copies of a picture for smaller screens; return how many. What is there already stays."""
    stored = db.session.get(files.StoredFile, file_id)
    if stored is None or stored.media_type not in scaling.RASTER:
        return 0
    content = files.read(stored.sha256)
    try:
        width, _height = scaling.size_of(files.open_blob(stored.sha256))
    except scaling.UnreadablePictureError:
        return 0
    made = 0
    for one in scaling.offered_widths(width):
        name = scaling.name_of(stored.sha256, one)
        if files.find_derived(name) is None and (small := scaling.scaled(content, one)) is not None:
            files.keep_derived(name, small)
            made += 1
    return made


def measure_film(file_id: UUID) -> None:
    """Note how long a film or sound is, once; a file that does not say so has 0, and its player is believed."""
    stored, row = db.session.get(files.StoredFile, file_id), db.session.get(CoursePicture, file_id)
    if stored is None or row is None or row.length_ms is not None or not lengths.is_timed(stored.media_type):
        return
    with files.open_blob(stored.sha256) as opened:
        row.length_ms = lengths.length_ms_of(opened)


def remove_file(*, course_id: CourseId, file_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a file out of a course; FileInUse, which says where, if any version of it shows the file."""
    course = held_course(course_id, actor)
    row = db.session.get(CoursePicture, file_id)
    if row is None or row.course_id != course.id:
        raise NotFound
    if uses := queries.list_uses(course.id, [file_id]).get(file_id):
        raise FileInUse(
            _("It is shown in “%(title)s”. Take it out of there first.", title=uses[0].title)
            if uses[0].is_draft
            else _(
                "Version %(number)s shows it, and what was published never changes.", number=uses[0].number
            )
        )
    name = db.session.get_one(files.StoredFile, file_id).filename
    for activity in queries.list_activities(course.draft_id) if course.draft_id else ():
        if str(file_id) in activity.pictures.values():
            activity.pictures = {at: one for at, one in activity.pictures.items() if one != str(file_id)}
    db.session.delete(row)
    db.session.flush()
    course.changed_at = now
    events.record(CourseFileRemoved(course_id=course.id, file_id=file_id, filename=name))
