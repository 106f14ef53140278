"""Packages made for tests, and courses that play them."""

import io
import zipfile
from collections.abc import Mapping
from uuid import UUID

from lms.courses import facade as courses
from lms.courses.authoring.values import CourseFacts
from lms.courses.values import Activity, ActivityKey, CourseId, EnrolmentId, EnrolmentSource, SectionKey
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM
from lms.kernel.db import new_id
from lms.packages import service
from lms.packages.values import PackageId
from lms.web.content_links import sign_opening

MANIFEST = """<?xml version="1.0"?>
<manifest identifier="M1" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <organizations default="O1"><organization identifier="O1"><title>{title}</title>
    <item identifier="I1" identifierref="R1"><title>First</title>{mastery}</item></organization></organizations>
  <resources><resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="index.html"/></resources>
</manifest>"""


def package(pages: Mapping[str, str | bytes], *, title: str = "Wiring", mastery: str = "") -> io.BytesIO:
    """Return a SCORM 1.2 package of one SCO with these files."""
    inner = f"<adlcp:masteryscore>{mastery}</adlcp:masteryscore>" if mastery else ""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", MANIFEST.format(title=title, mastery=inner))
        for name, content in pages.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def course_with(source: io.BytesIO, *, slug: str = "wiring") -> Activity:
    """Store a package, publish a course that plays it, and return the activity; needs a unit of work."""
    (activity,) = course_of(source, slug=slug)
    return activity


def course_of(*sources: io.BytesIO, slug: str = "wiring") -> list[Activity]:
    """Store packages, publish one course that plays them, and return its activities; needs a unit of work."""
    now = clock.now()
    course_id, section = CourseId(new_id()), SectionKey(new_id())
    courses.create_course(
        course_id=course_id,
        facts=CourseFacts(slug=slug, title="Wiring", summary="", brand_id=None, language="en", level=None),
        actor=SYSTEM,
        now=now,
    )
    courses.add_section(course_id=course_id, key=section, title="One", actor=SYSTEM, now=now)
    for source in sources:
        revision = service.store_package(
            package_id=PackageId(new_id()), source=source, filename="wiring.zip", actor=SYSTEM, now=now
        )
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=ActivityKey(new_id()),
            kind="package",
            title="Wiring",
            config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
            actor=SYSTEM,
            now=now,
        )
    courses.publish(course_id=course_id, actor=SYSTEM, now=now)
    return list(courses.list_activities(course_id))


def opening(
    person_id: UUID | None, activity: Activity, session: UUID | None = None, word: str = "normal"
) -> str:
    """Return what a page commits with that this person has opened; needs the application's context."""
    assert person_id is not None
    return sign_opening(
        activity_id=activity.id, person_id=person_id, session_id=session or new_id(), word=word
    )


def enrol(person_id: PersonId, activity: Activity) -> EnrolmentId:
    """Enrol a person on the activity's course; needs a unit of work."""
    made = courses.enrol(
        person_id=person_id,
        course_id=activity.course_id,
        source=EnrolmentSource.SELF,
        due_on=None,
        actor=SYSTEM,
        now=clock.now(),
    )
    assert made is not None, "all places of the course are taken"
    return made
