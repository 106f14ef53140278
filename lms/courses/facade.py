"""The door of courses: values in, values out."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select

from lms.courses import formats, kinds, policy
from lms.courses.assignments import formats as files
from lms.courses.assignments.queries import handed, work
from lms.courses.assignments.service import handing_in, settings
from lms.courses.assignments.service import marking as queue
from lms.courses.authoring import queries as authoring
from lms.courses.authoring import service as authoring_service
from lms.courses.authoring.queries import asking, uses
from lms.courses.authoring.rules import comparing
from lms.courses.authoring.service import standalone
from lms.courses.curricula.queries import known
from lms.courses.curricula.service import editing, following
from lms.courses.curricula.values import Equivalence
from lms.courses.errors import Locked
from lms.courses.formats import writing
from lms.courses.kinds import checks, facets, gates, locks, marking, needs
from lms.courses.learning import queries as learning
from lms.courses.learning import service as learning_service
from lms.courses.learning.queries import passing, takers, things
from lms.courses.sessions.queries import attended
from lms.courses.sessions.service import attendance, booking, scheduling
from lms.courses.sessions.values import KIND as LIVE
from lms.courses.values import (
    Activity,
    ActivityId,
    ActivityKey,
    Completion,
    CourseId,
    CourseSummary,
    CourseVersionId,
    Deeds,
    EnrolmentId,
    Launch,
    LiveSessionId,
    Progress,
    Score,
)
from lms.courses.values.attending import Attended
from lms.courses.values.taken import Place, TakenResult, Taker
from lms.courses.values.using import Use
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Actor
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest

install_kinds = kinds.install
install_packings = formats.install
install_checks = checks.install
install_locks = locks.install
install_marking = marking.install
install_gates = gates.install
install_needs = needs.install
install_facets = facets.install

# Writing courses: the demo, tests and the kinds above.
create_course = authoring_service.create_course
add_section = authoring_service.add_section
add_activity = authoring_service.add_activity
edit_activity = authoring_service.edit_activity
set_activity_config = authoring_service.set_activity_config
publish = authoring_service.publish
set_access = authoring_service.set_access
import_course = authoring_service.import_course
compare_texts = comparing.compare_texts

# Handing a version out as files.
CourseFile = writing.CourseFile
stand_alone = standalone.stand_alone
zip_chunks = authoring_service.zip_chunks

# The catalogue: who plugs a facet into it says which courses have other values now.
shelve_again = authoring_service.shelve_again

# Live sessions: the demo sets, books and closes them.
schedule_session = scheduling.schedule
book_session = booking.book
mark_attendance = attendance.mark
close_attendance = attendance.close

# Assignments, and the queue in which people mark them and what other features put there.
set_up_assignment = settings.set_up
add_to_hand_in = handing_in.add_file
hand_in = handing_in.hand_in
add_to_marking = queue.wait
take_to_mark = queue.take
mark_work = queue.mark
find_seen_work = work.find_seen
marks_of = handed.marks_of

# Files that people hand in, here and in exams: whether each is what is asked for, and what it is.
fault_of_file = files.problem_with
media_type_of_file = files.media_type_of
is_shown_file = files.is_shown

# Curricula: the demo writes, publishes and follows them.
create_curriculum = editing.create
add_stage = editing.add_stage
save_stage = editing.save_stage
publish_curriculum = editing.publish
add_equivalence = editing.add_equivalence
start_path = following.start

# Acts on many people: the demo brings a list, and does what its job would.
lines_of_table = learning_service.lines_of_table
look_at_many = learning_service.look
begin_act = learning_service.begin
work_on_acts = learning_service.do_next

enrol = learning_service.enrol
record_result = learning_service.record_result
note_opened = learning_service.note_opened
rate = learning_service.rate

# How often exams are passed.
count_passes = passing.count_passes

# What activities are called in statements of the record store.
things_of = things.things_of


def enrolments_of(person_id: PersonId) -> Select[EnrolmentId]:
    """Return the subquery of every enrolment that a person has had."""
    return learning.enrolments_of(person_id)


def enrolments_on(version_id: CourseVersionId) -> Select[EnrolmentId]:
    """Return the subquery of every enrolment that is on a version of a course."""
    return learning.enrolments_on(version_id)


def course_of(activity_id: ActivityId) -> CourseId:
    """Return the course that an activity belongs to."""
    return CourseId(things.things_of({activity_id})[activity_id][1].id)


def list_earlier(
    course_id: CourseId, version_id: CourseVersionId, kind: str
) -> Sequence[tuple[Activity, Sequence[Activity]]]:
    """Return each activity of a kind in a version, with the same one in other versions of the course, latest first."""
    return [
        (learning.activity_of(row, course_id), [learning.activity_of(one, course_id) for one in older])
        for row, older in learning.list_earlier(version_id, kind)
    ]


def get_taker(enrolment_id: EnrolmentId, *, actor: Actor) -> Taker:
    """Return who an enrolment is of; NotFound for that of somebody whom `actor` does not look after."""
    return takers.get_taker(enrolment_id, actor.scope_of(policy.VIEW_ENROLMENTS))


def get_place(enrolment_id: EnrolmentId, key: ActivityKey) -> Place:
    """Return where an activity that somebody took stands now; whose enrolment may be read the caller has asked."""
    return takers.get_place(enrolment_id, key)


def place_url(place: Place) -> str:
    """Return the page of an activity that its learner took, that of its course where it can be opened no more."""
    course = course_url(place.course)
    return f"{course}/{place.activity_id}" if place.activity_id else course


def place_in_preview_url(place: Place, key: ActivityKey) -> str:
    """Return the page of such an activity for who is not enrolled and reads courses as authors do."""
    course = f"/author/courses/{place.course.id}"
    return f"{course}/preview/{key}" if place.activity_id else course


def list_taken(taker: Taker, kind: str) -> Sequence[Activity]:
    """Return the activities of a kind in the version that somebody takes, in order."""
    return [
        learning.activity_of(row, taker.course_id)
        for row in authoring.list_activities(taker.version_id)
        if row.kind == kind
    ]


def page_results(taker: Taker, activity: Activity, wanted: PageRequest) -> Page[TakenResult]:
    """Return one page of what came in of an activity, the newest first."""
    return takers.page_results(taker.enrolment_id, activity.key, wanted)


def course_url(course: CourseSummary) -> str:
    """Return the address of a course's page."""
    return f"/learn/{course.slug}"


def get_launch(*, activity_id: ActivityId, actor: Actor) -> Launch:
    """Return an activity to be taken by `actor`.

    With their enrolment on its version, or as a preview for authors; NotFound for everyone else. Locked says what
    keeps it from this learner.
    """
    found = learning.find_launchable(activity_id, actor)
    is_author = actor.may(policy.VIEW_AUTHORING)
    if found is None or (found.enrolment_id is None and not is_author):
        raise NotFound
    if found.enrolment_id is not None and actor.person_id is not None:
        try:
            learning_service.check_open_for(
                PersonId(actor.person_id),
                found.enrolment_id,
                found.activity.version_id,
                found.activity.id,
                found.locks,
                clock.now(),
            )
        except Locked as refusal:
            raise Locked(refusal.message, page=f"/learn/{found.slug}/{found.activity.id}") from refusal
    return Launch(
        activity=found.activity,
        enrolment_id=found.enrolment_id,
        is_preview=found.enrolment_id is None,
        person_id=PersonId(actor.person_id) if actor.person_id else None,
        course_slug=found.slug,
        back_url=(
            f"/learn/{found.slug}/{found.activity.id}"
            if found.enrolment_id
            else f"/author/courses/{found.activity.course_id}/preview/{found.activity.key}"
        ),
    )


def get_draft_activity(course_id: CourseId, key: ActivityKey, *, actor: Actor) -> Activity:
    """Return an activity as the author last left it; NotFound without it or for who may not look."""
    if not actor.may(policy.VIEW_AUTHORING):
        raise NotFound
    row = authoring.find_current_activity(course_id, key)
    if row is None:
        raise NotFound
    return learning.activity_of(row, course_id)


def list_asking(name: str, *, actor: Actor) -> Sequence[Use]:
    """Return the lessons that ask a knowledge check of this name, as they stand now; none for who may not look."""
    return uses.list_asking(name) if actor.may(policy.VIEW_AUTHORING) else ()


def list_uses(kind: str, name: str, value: str, *, actor: Actor) -> Sequence[Use]:
    """Return the activities that name something in their configuration; NotFound for who may not look."""
    if not actor.may(policy.VIEW_AUTHORING):
        raise NotFound
    return uses.list_uses(kind, name, value)


def version_to_export(course_id: CourseId, *, actor: Actor) -> CourseVersionId:
    """Return the version of a course that is in use, its draft before there is one; NotFound for who may not look."""
    if not actor.may(policy.VIEW_AUTHORING):
        raise NotFound
    found = authoring.find_version_in_use(course_id)
    if found is None:
        raise NotFound
    return found


def editor_url(activity: Activity) -> str:
    """Return where an author edits an activity's course."""
    return f"/author/courses/{activity.course_id}"


def list_courses(ids: Collection[CourseId]) -> Mapping[CourseId, CourseSummary]:
    """Return the courses of these ids, published or not, by id."""
    return authoring.list_courses(ids)


def list_published() -> Sequence[CourseSummary]:
    """Return published courses by title: for choice lists, at most 500."""
    return authoring.list_published()


def find_course_by_slug(slug: str) -> CourseSummary | None:
    """Return a course, published or not, or None."""
    return authoring.find_course_by_slug(slug)


def list_activities(course_id: CourseId) -> Sequence[Activity]:
    """Return the activities of a course's published version, in order."""
    return [learning.activity_of(row, course_id) for row in authoring.list_published_activities(course_id)]


def graded_activities(course_id: CourseId) -> Sequence[Activity]:
    """Return the activities of the published version that are passed or failed, in order."""
    return [one for one in list_activities(course_id) if kinds.kind_of(one.kind).is_graded]


def completions(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId]
) -> Mapping[tuple[PersonId, CourseId], Completion]:
    """Return the latest completion of each of these people in each of these courses."""
    return learning.completions(person_ids, course_ids)


def equivalences_for(course_ids: Collection[CourseId]) -> Sequence[Equivalence]:
    """Return what counts for any of these courses, at once or over others: who asks what a completion is worth."""
    return known.list_equivalences_for(course_ids)


def list_holding(keys: Collection[ActivityKey]) -> Sequence[CourseId]:
    """Return the published courses that hold any of these activities."""
    return authoring.list_holding(keys)


def list_keys(version_id: CourseVersionId) -> Sequence[ActivityKey]:
    """Return the keys of a version's activities, in order."""
    return [one.key for one in authoring.list_activities(version_id)]


def list_published_keys(course_id: CourseId) -> Sequence[ActivityKey]:
    """Return the keys of the activities that a course publishes, in order; none before it is published."""
    return [one.key for one in authoring.list_published_activities(course_id)]


def list_graded_in(course_ids: Collection[CourseId]) -> Sequence[Activity]:
    """Return what is passed or failed in what these courses publish."""
    graded = [kind.key for kind in kinds.every() if kind.is_graded]
    return [
        learning.activity_of(row, course_id)
        for course_id, row in authoring.list_published_of(course_ids, graded)
    ]


def list_graded_activities() -> Sequence[Activity]:
    """Return what is passed or failed in any published course, by course: for choice lists, at most 500."""
    graded = [kind.key for kind in kinds.every() if kind.is_graded]
    return [
        learning.activity_of(row, course_id)
        for course_id, row in authoring.list_all_published_activities(graded)
    ]


def list_deeds(
    person_ids: Collection[PersonId],
    course_ids: Collection[CourseId],
    activity_keys: Collection[ActivityKey] = (),
) -> Deeds:
    """Return what these people did in these courses and activities, and what is left to do, in one query."""
    return learning.list_deeds(person_ids, course_ids, activity_keys)


def list_attendance(
    person_ids: Collection[PersonId], activity_keys: Collection[ActivityKey]
) -> Mapping[tuple[PersonId, ActivityKey], Sequence[Attended]]:
    """Return the held sessions of these activities at which these people were present, by closed sheets."""
    return attended.list_attendance(person_ids, activity_keys)


def list_present(session_id: LiveSessionId) -> Sequence[tuple[PersonId, ActivityKey]]:
    """Return who was present at a session whose sheet is closed, and at which activity."""
    return attended.list_present(session_id)


def find_courses_called(words: str, *, limit: int) -> Sequence[tuple[CourseId, str]]:
    """Return published courses whose title has every one of these words, by title."""
    return asking.find_courses_called(words, limit=limit)


def find_graded_called(words: str, *, limit: int) -> Sequence[tuple[str, Activity]]:
    """Return what is passed or failed in published courses and called so, with the title of its course."""
    graded = [kind.key for kind in kinds.every() if kind.is_graded]
    return _askable(asking.find_activities_called(words, graded, limit=limit))


def find_live_called(words: str, *, limit: int) -> Sequence[tuple[str, Activity]]:
    """Return the live sessions of published courses that are called so, with the title of their course."""
    return _askable(asking.find_activities_called(words, [LIVE], limit=limit))


def list_asked(keys: Collection[ActivityKey]) -> Sequence[tuple[str, Activity]]:
    """Return those of these activities that published courses have, with the title of their course."""
    return _askable(asking.list_asked(keys))


def list_exams_of(course_ids: Collection[CourseId]) -> Sequence[tuple[Activity, bool]]:
    """Return what is passed or failed in these courses, as they are published or drafted, and whether it is published.

    Each once, in the order of its course.
    """
    graded = [kind.key for kind in kinds.every() if kind.is_graded]
    return [
        (learning.activity_of(row, course_id), is_published)
        for course_id, row, is_published in asking.list_graded_of(course_ids, graded)
    ]


def list_drafted(keys: Collection[ActivityKey]) -> Sequence[Activity]:
    """Return those of these activities that drafts of courses have and are passed or failed."""
    graded = [kind.key for kind in kinds.every() if kind.is_graded]
    return [learning.activity_of(row, course_id) for course_id, row in asking.list_drafted(keys, graded)]


def is_live(activity: Activity) -> bool:
    """Return whether an activity is a live session."""
    return activity.kind == LIVE


def _askable(found: Sequence[asking.Askable]) -> Sequence[tuple[str, Activity]]:
    return [(one.course_title, learning.activity_of(one.row, one.course_id)) for one in found]


def best_scores(
    person_ids: Collection[PersonId], activity_keys: Collection[ActivityKey]
) -> Mapping[tuple[PersonId, ActivityKey], Score]:
    """Return the best result of each of these people in each of these activities, over all versions."""
    return learning.best_scores(person_ids, activity_keys)


def progress(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId]
) -> Mapping[tuple[PersonId, CourseId], Progress]:
    """Return how far each of these people is in each of these courses, by their latest enrolment."""
    return learning.progress(person_ids, course_ids)


def own_progress(actor: Actor, course_ids: Collection[CourseId]) -> Mapping[CourseId, Progress]:
    """Return how far the reader of this page is in those of these courses that are open; no query more on home."""
    return learning.own_progress(actor, course_ids)
