"""Assignments for tests: a course that has one, work handed in for it, and people who mark it."""

import io
import threading
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image

from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.courses.assignments.queries import handed
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.service import handing_in, marking
from lms.courses.assignments.values import Assignment, Given, HandIn, Takes
from lms.courses.values import Activity, ActivityKey, CourseId, SectionKey
from lms.courses.values.marking import Criterion, FileKind, HandInId, Level, Outcome, Rubric, WorkId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import run, unit_of_work
from lms.web.exports import this_app
from tests.courses.courses import enrol, write_course
from tests.courses.sessions import actor_of

RUBRIC = Rubric(
    (
        Criterion("The load", (Level(0, "missing"), Level(2, "one source left out"), Level(4, "complete"))),
        Criterion("The choice", (Level(0, "not argued"), Level(6, "argued from the load"))),
    ),
    60,
)
BEST, WORST = (2, 1), (0, 0)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def _picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(kept, "PNG")
    return kept.getvalue()


PNG = _picture()


def asked(**more: Any) -> Assignment:
    """Return an assignment that takes text and files, passes at 60 per cent and may come twice more."""
    given: dict[str, Any] = {
        "task": "Size a **cold store**.",
        "task_html": "",
        "takes": Takes.BOTH,
        "kinds": (FileKind.PDF, FileKind.PICTURES, FileKind.DOCUMENTS),
        "most_files": 3,
        "most_bytes": 1_000_000,
        "rubric": RUBRIC,
        "again": 2,
        "due_days": None,
        "due_on": None,
        "markers": (),
    }
    return Assignment(**{**given, **more})


def write_assignment(slug: str = "sizing", wanted: Assignment | None = None) -> tuple[CourseId, Activity]:
    """Return a published course that is one assignment, and that activity."""
    course_id = write_course(slug, sections=((),), title="Sizing", publish=False)
    with unit_of_work(), acting_as(SYSTEM):
        now, section, key = clock.now(), SectionKey(new_id()), ActivityKey(new_id())
        courses.add_section(course_id=course_id, key=section, title="Try it", actor=SYSTEM, now=now)
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=key,
            kind="assignment",
            title="Size a cold store",
            actor=SYSTEM,
            now=now,
        )
        courses.set_up_assignment(
            course_id=course_id,
            key=key,
            assignment=wanted or asked(),
            revision=None,
            actor=SYSTEM,
            now=now,
        )
        courses.publish(course_id=course_id, actor=SYSTEM, now=now)
    return course_id, courses.list_activities(course_id)[-1]


def save(app: Portal, activity: Activity, person_id: PersonId, text: str, revision: int = 0) -> int:
    """Let a person keep a draft and return its revision."""
    actor = actor_of(app, person_id)
    with acting_as(actor):
        return run(
            lambda: handing_in.save_draft(
                activity_id=activity.id, text=text, revision=revision, actor=actor, now=clock.now()
            )
        )


def add(
    app: Portal, activity: Activity, person_id: PersonId, name: str, content: bytes, revision: int = 0
) -> int:
    """Let a person add a file to their draft and return its revision."""
    actor = actor_of(app, person_id)
    with acting_as(actor):
        return run(
            lambda: handing_in.add_file(
                activity_id=activity.id,
                filename=name,
                upload=io.BytesIO(content),
                revision=revision,
                actor=actor,
                now=clock.now(),
            )
        )


def hand_in(
    app: Portal, activity: Activity, person_id: PersonId, text: str = "Twelve kilowatts.", revision: int = 0
) -> HandInId:
    """Let a person hand in."""
    actor = actor_of(app, person_id)
    with acting_as(actor):
        return run(
            lambda: handing_in.hand_in(
                activity_id=activity.id, text=text, revision=revision, actor=actor, now=clock.now()
            )
        )


def draft_revision(activity: Activity, person_id: PersonId) -> int:
    """Return the revision that a person's draft has now."""
    with unit_of_work(read_only=True):
        place = handed.find_place(activity.id, person_id)
        return handed.find_draft(place.enrolment.id, activity.key).revision


def own(activity: Activity, person_id: PersonId) -> list[HandIn]:
    """Return everything a person handed in."""
    with unit_of_work(read_only=True):
        return list(handed.list_own(person_id, activity.key, clock.now()))


def work_of(hand_in_id: HandInId) -> WorkId:
    """Return the work in the queue that a hand-in is."""
    with unit_of_work(read_only=True):
        row = queue.find_work("assignment", hand_in_id)
        assert row is not None
        return row.id


def take(app: Portal, work_id: WorkId, marker: PersonId, *, scope: Scope = EVERYTHING) -> None:
    """Let a trainer take work."""
    actor = actor_of(app, marker, Role.TRAINER, scope=scope)
    with acting_as(actor):
        run(lambda: marking.take(work_id=work_id, actor=actor, now=clock.now()))


def mark(
    app: Portal,
    work_id: WorkId,
    marker: PersonId,
    levels: tuple[int | None, ...] = BEST,
    *,
    seen: int = 0,
    scope: Scope = EVERYTHING,
    **more: Any,
) -> Outcome:
    """Let a trainer decide."""
    actor = actor_of(app, marker, Role.TRAINER, scope=scope)
    said = "Where are the fans?" if more.get("is_returned") else ""
    given = Given(**{"levels": levels, "comments": ("", ""), "comment": said, **more})
    with acting_as(actor):
        return run(
            lambda: marking.mark(work_id=work_id, seen=seen, given=given, actor=actor, now=clock.now())
        )


def handed_in_for(cast: Any, slug: str = "handed-in") -> tuple[Activity, HandInId, WorkId]:
    """Return an assignment with a file, handed in by Nils of Northway."""
    portal = this_app()
    assert isinstance(portal, Portal)
    course_id, activity = write_assignment(slug)
    enrol(cast.nils, course_id)
    add(portal, activity, cast.nils, "plan.pdf", PDF)
    hand_in_id = hand_in(portal, activity, cast.nils, revision=1)
    return activity, hand_in_id, work_of(hand_in_id)


def taken_to_mark(cast: Any) -> WorkId:
    """Return work of Dafydd's that Tomas has taken."""
    portal = this_app()
    assert isinstance(portal, Portal)
    course_id, activity = write_assignment("taken")
    enrol(cast.dafydd, course_id)
    work_id = work_of(hand_in(portal, activity, cast.dafydd))
    take(portal, work_id, cast.tomas)
    return work_id


def together(app: Portal, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do these in threads of their own, begun together; return what each gave or raised."""
    start, given = threading.Barrier(len(works)), [None] * len(works)

    def do(number: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                start.wait()
                given[number] = work()
            except Exception as error:  # noqa: BLE001  the test tells what went wrong in a thread
                given[number] = error  # type: ignore[call-overload]  # what was given or raised
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
