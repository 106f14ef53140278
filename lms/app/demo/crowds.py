"""Who of the demo was enrolled many at a time: by audiences of courses, and by lists that partner admins brought."""

from collections.abc import Iterator
from functools import partial

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import BroughtList, EnrolledAudience
from lms.courses import facade as courses
from lms.courses.authoring.values import CourseAccess
from lms.courses.learning.values import ActKind, ActWay, Ask, EnrolmentActId, Whom
from lms.courses.values import DueRule
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act, in no order."""
    for one in stage.world.enrolled_audiences:
        yield Act(stage.ago(one.days_ago, "11:00"), partial(_enrol_audience, stage, one), one.by)
    for brought in stage.world.brought_lists:
        yield Act(stage.ago(brought.days_ago, "10:20"), partial(_bring, stage, brought), brought.by)


def _enrol_audience(stage: Stage, one: EnrolledAudience) -> None:
    access = CourseAccess(enrolled=frozenset({stage.audiences[one.audience]}), due=DueRule(days=one.due_days))
    courses.set_access(course_id=stage.courses[one.course], access=access, actor=current(), now=clock.now())


def _bring(stage: Stage, brought: BroughtList) -> None:
    emails = {person.key: stage.world.email_of(person) for person in stage.world.people}
    table = "\n".join(["E-mail", *(emails.get(one, one) for one in brought.people)])
    actor, now = current(), clock.now()
    ask = Ask(
        id=EnrolmentActId(new_id()),
        course_id=stage.courses[brought.course],
        kind=ActKind.ENROL,
        whom=Whom(
            way=ActWay.FILE,
            words=brought.filename,
            lines=courses.lines_of_table(table.encode(), actor),
        ),
        due=DueRule(days=brought.due_days),
        reason="",
    )
    act_id = courses.look_at_many(ask=ask, actor=actor, now=now)
    courses.begin_act(act_id=act_id, actor=actor, now=now)
    while courses.work_on_acts(clock.now()):
        pass
