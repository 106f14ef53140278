"""The demo's feedback: what people said of courses that they had completed."""

from collections.abc import Iterator
from functools import partial

from lms.app.demo.said import Said
from lms.app.demo.stage import Act, Stage
from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import current


def history(stage: Stage) -> Iterator[Act]:
    """Yield every rating, in no order."""
    for one in stage.world.feedback:
        yield Act(stage.ago(one.days_ago, "18:30"), partial(_rate, stage, one), one.person)


def _rate(stage: Stage, one: Said) -> None:
    actor, now = current(), clock.now()
    first = courses.list_activities(stage.courses[one.course])[0]
    enrolment_id = courses.get_launch(activity_id=first.id, actor=actor).enrolment_id
    if enrolment_id is not None:
        courses.rate(
            enrolment_id=enrolment_id,
            rating=one.rating,
            comment=one.comment,
            seen=0,
            actor=actor,
            now=now,
        )
