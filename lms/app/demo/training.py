"""The demo's courses, packages and exams, and who took them: imported, published and taken as people do."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

from lms.app.demo import (
    essays,
    feedback,
    handed,
    judged,
    live,
    opinions,
    pictures,
    practice,
    rehearsal,
    sitting,
)
from lms.app.demo import world as worlds
from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import Course, Enrolment, Exam, Package
from lms.courses import facade as courses
from lms.courses.authoring import queries as authoring
from lms.courses.values import PAGE, Activity, ActivityKey, EnrolmentSource, SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.archives import folder_source
from lms.kernel.db import new_id
from lms.packages import facade as packages
from lms.packages.values import Opening, PackageId, SessionId
from lms.quizzes import facade as quizzes
from lms.quizzes.formats import find_format, read_questions
from lms.quizzes.values import BankId, Draw, QuizId, QuizRules

HERE = Path(__file__).parent
SOURCES = {
    "self": EnrolmentSource.SELF,
    "partner_admin": EnrolmentSource.PARTNER_ADMIN,
    "trainer": EnrolmentSource.TRAINER,
    "audience": EnrolmentSource.AUDIENCE,
    "renewal": EnrolmentSource.RENEWAL,
}
LESSON_SECONDS = 540


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act of learning, in no order."""
    for course in stage.world.courses:
        yield Act(stage.ago(course.published_days_ago), partial(_publish, stage, course), course.trainer)
    for enrolment in stage.world.enrolments:
        yield from _taken(stage, enrolment)
    yield from live.history(stage)
    yield from handed.history(stage)
    yield from essays.history(stage)
    yield from feedback.history(stage)
    yield from opinions.history(stage)


def _publish(stage: Stage, course: Course) -> None:
    actor, now = current(), clock.now()
    course_id = courses.import_course(folder_source(HERE / "courses" / course.slug), actor=actor, now=now)
    stage.courses[course.slug] = course_id
    sections = [section.key for section in authoring.get_editor(course_id).sections]
    _add_to_sections(stage, course, sections)
    _add_by_choice(stage, course, sections)
    courses.publish(course_id=course_id, actor=actor, now=now)
    for activity in courses.list_activities(course_id):
        for exam in stage.world.exams:
            if exam.course == course.slug and activity.title == exam.title:
                stage.exams[exam.ref] = activity


def _add_to_sections(stage: Stage, course: Course, sections: list[SectionKey]) -> None:
    """Add what a course holds beside its lessons."""
    for package in stage.world.packages:
        if package.course == course.slug:
            _add_package(stage, package, _named(sections, package.section))
    for exam in stage.world.exams:
        if exam.course == course.slug:
            _add_exam(stage, exam, _named(sections, exam.section))
    for assignment in stage.world.assignments:
        if assignment.course == course.slug:
            handed.add(stage, assignment, _named(sections, assignment.section))
    practice = essays.load()
    if practice.course == course.slug:
        essays.add(stage, practice, _named(sections, practice.section))
    for session in stage.world.live_sessions:
        if session.course == course.slug:
            live.add(stage, session, _named(sections, session.section))


def _add_by_choice(stage: Stage, course: Course, sections: list[SectionKey]) -> None:
    """Add what learners may do and need not: to practise, and to say what they think."""
    if (practised := practice.load()).course == course.slug:
        practice.add(stage, practised, _named(sections, practised.section))
    if (drawn := pictures.load()).course == course.slug:
        pictures.add(stage, drawn, _named(sections, drawn.section))
    if (asked := opinions.load()).course == course.slug:
        opinions.add(stage, asked, _named(sections, asked.section))


def _named(sections: list[SectionKey], folder: str) -> SectionKey:
    """Return the section that came from a folder such as `03-on-site`."""
    return sections[int(folder.partition("-")[0]) - 1]


def _add_package(stage: Stage, package: Package, section: SectionKey) -> None:
    revision = packages.store_package(
        package_id=PackageId(new_id()),
        source=BytesIO(worlds.zipped(package)),
        filename=f"{package.folder}.zip",
        actor=current(),
        now=clock.now(),
    )
    courses.add_activity(
        course_id=stage.courses[package.course],
        section_key=section,
        key=ActivityKey(new_id()),
        kind="package",
        title=package.title,
        minutes=package.minutes,
        config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
        actor=current(),
        now=clock.now(),
    )


def _add_exam(stage: Stage, exam: Exam, section: SectionKey) -> None:
    actor, now = current(), clock.now()
    path = HERE / "questions" / exam.bank
    content = path.read_bytes()
    form = find_format(exam.bank, content)
    if form is None:
        raise worlds.WorldError(f"{exam.bank}: no format reads it")
    report = read_questions(form, content)
    bank_id = quizzes.add_bank(
        bank_id=BankId(new_id()), name=exam.title.partition(": ")[2], actor=actor, now=now
    )
    added = quizzes.add_questions(bank_id=bank_id, imported=report.questions, actor=actor, now=now)
    judged.judge(bank_id, exam.bank, report.questions, added, actor=actor, now=now)
    quiz_id = quizzes.define_quiz(
        quiz_id=QuizId(new_id()),
        quiz_rules=QuizRules(
            title=exam.title,
            pass_percent=exam.pass_percent,
            minutes=exam.minutes,
            attempts_allowed=exam.attempts,
            wait_days=exam.wait_days,
        ),
        draws=[Draw(count=exam.draws, bank_id=bank_id)],
        actor=actor,
        now=now,
    )
    courses.add_activity(
        course_id=stage.courses[exam.course],
        section_key=section,
        key=ActivityKey(new_id()),
        kind="quiz",
        title=exam.title,
        minutes=exam.minutes,
        config={"quiz_id": str(quiz_id)},
        actor=actor,
        now=now,
    )
    if (rehearsed := rehearsal.load()).bank == exam.bank:
        asked = zip(report.questions, added.questions, strict=True)
        rehearsal.add(
            stage,
            rehearsed,
            bank_id=bank_id,
            titled={one.question.title: question_id for one, question_id in asked},
            course=exam.course,
            section=section,
        )


def _taken(stage: Stage, one: Enrolment) -> Iterator[Act]:
    begun = stage.ago(one.days_ago, "07:30")
    yield Act(begun, partial(_enrol, stage, one), one.by or one.person)
    if one.lessons and one.last is not None:
        ended = max(stage.ago(one.last, "16:20"), begun + timedelta(hours=1))
        for number in range(one.lessons):
            at = (
                begun
                + timedelta(minutes=20)
                + (ended - begun - timedelta(minutes=20)) * (number + 1) / one.lessons
            )
            yield Act(min(at, stage.now), partial(_read, stage, one, number), one.person)
    if one.package is not None:
        result = one.package
        yield Act(stage.ago(result.days_ago, "16:40"), partial(_play, stage, one, result.percent), one.person)
    for number, attempt in enumerate(one.attempts):
        yield Act(
            # Each a little later in the day: the wait for the next counts from the end of the one before.
            stage.ago(attempt.days_ago, "12:10") + timedelta(minutes=40 * number),
            partial(_sit, stage, one, attempt.percent),
            one.person,
        )


def _enrol(stage: Stage, one: Enrolment) -> None:
    due = None if one.due_in_days is None else (stage.now + timedelta(days=one.due_in_days)).date()
    courses.enrol(
        person_id=stage.people[one.person],
        course_id=stage.courses[one.course],
        source=SOURCES[one.source],
        due_on=due,
        actor=current(),
        now=clock.now(),
    )


def _activities(stage: Stage, one: Enrolment, kind: str) -> list[Activity]:
    return [found for found in courses.list_activities(stage.courses[one.course]) if found.kind == kind]


def _read(stage: Stage, one: Enrolment, number: int) -> None:
    launch = courses.get_launch(activity_id=_activities(stage, one, PAGE)[number].id, actor=current())
    if launch.enrolment_id is None:
        return
    courses.record_result(
        enrolment_id=launch.enrolment_id,
        activity_id=launch.activity.id,
        completed=True,
        passed=None,
        score=None,
        seconds=LESSON_SECONDS,
        evidence={},
        now=clock.now(),
    )


def _play(stage: Stage, one: Enrolment, percent: int) -> None:
    (activity,) = _activities(stage, one, "package")
    launch = courses.get_launch(activity_id=activity.id, actor=current())
    revision = packages.get_revision(launch)
    packages.commit(
        launch=launch,
        revision=revision,
        item_id=packages.first_item(revision),
        opening=Opening(SessionId(new_id())),
        sequence=1,
        is_last=True,
        elements={
            "cmi.core.lesson_status": "passed",
            "cmi.core.score.raw": str(percent),
            "cmi.core.session_time": "00:14:00",
        },
        now=clock.now(),
    )


def _sit(stage: Stage, one: Enrolment, percent: int) -> None:
    """Take the exam: answer the right share of its questions, and the others wrong or not at all."""
    # The exam itself, not what rehearses or practises it.
    exams = {exam.title for exam in stage.world.exams if exam.course == one.course}
    activity = next(found for found in _activities(stage, one, "quiz") if found.title in exams)
    actor, now = current(), clock.now()
    attempt_id = quizzes.start_attempt(activity_id=activity.id, actor=actor, now=now)
    at = now
    for slot, response, seconds in sitting.answers(
        one.person, percent, quizzes.list_drawn(attempt_id, actor)
    ):
        at += timedelta(seconds=seconds)
        with clock.frozen_at(at):
            quizzes.save_response(
                attempt_id=attempt_id,
                slot=slot,
                response=response,
                client_key=new_id(),
                actor=actor,
                now=at,
            )
    with clock.frozen_at(now + timedelta(minutes=22)):
        quizzes.finish_attempt(attempt_id=attempt_id, actor=actor, now=clock.now())
