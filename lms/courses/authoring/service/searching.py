"""What the search knows of a published course."""

from lms.courses.authoring import queries
from lms.courses.authoring.models import CourseRow, CourseVersionRow
from lms.kernel import search
from lms.kernel.db import db
from lms.kernel.richtext import plain_text_of

KIND = "course"


def make_findable(course: CourseRow) -> None:
    """Index what a course publishes, for everybody; nothing of a draft."""
    version = db.session.get(CourseVersionRow, course.published_id) if course.published_id else None
    if version is None:
        return
    lessons = [
        f"{one.title} {plain_text_of(one.html)}" for one in queries.list_activities(version.id, whole=True)
    ]
    search.put(
        search.Entry(
            kind=KIND,
            subject_id=course.id,
            title=course.title,
            detail=course.summary,
            body=" ".join([plain_text_of(version.intro_html), *version.objectives, *lessons]),
            url=f"/learn/{course.slug}",
            readers=frozenset({search.PUBLIC_TOKEN}),
        )
    )
