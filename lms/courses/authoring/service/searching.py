"""What the search knows of a published course; who may see it is asked when it is found."""

from lms.courses.authoring.models import CourseRow, CourseVersionRow
from lms.courses.authoring.service.shelving import lessons_of, shelve_again
from lms.kernel import search
from lms.kernel.db import db
from lms.kernel.richtext import plain_text_of

KIND = "course"


def make_findable(course: CourseRow) -> None:
    """Index what a course publishes; nothing of a draft, and of what is locked its title alone."""
    version = db.session.get(CourseVersionRow, course.published_id) if course.published_id else None
    if version is None:
        return
    lessons = [f"{one.title} {plain_text_of(one.html)}" for one in lessons_of(version)]
    search.put(
        search.Entry(
            kind=KIND,
            subject_id=course.id,
            title=course.title,
            detail=course.summary,
            body=" ".join([plain_text_of(version.intro_html), *version.objectives, *lessons]),
            url=f"/learn/{course.slug}",
        )
    )
    shelve_again([course.id])
