"""Somebody of the demo who has a second account, from before they came to their employer of today."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from lms.app.demo.stage import Act, Stage
from lms.courses import facade as courses
from lms.courses.values import EnrolmentSource
from lms.identity import facade as identity
from lms.identity.values import PersonState
from lms.kernel import clock
from lms.kernel.actor import SYSTEM

PERSON: Final = "dafydd.pryce"
EMAIL: Final = "dafydd@pryce.example"
EMPLOYER: Final = "albion"
COURSE: Final = "selling-halden"
DAYS_AGO: Final = 120


def history(stage: Stage) -> Iterator[Act]:
    """Yield what becomes of the second account."""
    yield Act(stage.ago(DAYS_AGO, "09:00"), partial(_add, stage))


def _add(stage: Stage) -> None:
    first = identity.get_person(stage.people[PERSON])
    person_id = identity.add_person(
        email=EMAIL, name=first.name, locale=first.locale, state=PersonState.ACTIVE, now=clock.now()
    )
    identity.employ(
        person_id=person_id,
        organisation_id=stage.organisations[EMPLOYER],
        position_id=first.position_id,
        region_id=None,
        now=clock.now(),
    )
    courses.enrol(
        person_id=person_id,
        course_id=stage.courses[COURSE],
        source=EnrolmentSource.TRAINER,
        due_on=None,
        actor=SYSTEM,
        now=clock.now(),
    )
