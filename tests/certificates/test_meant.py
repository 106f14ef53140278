"""Whoever a certification is not meant for holds it in no way, and whoever joins its audience has what they earned."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.audiences.values import AudienceId
from lms.certificates import facade as certificates
from lms.certificates.cycles.service import crediting
from lms.certificates.cycles.values.equivalences import Credited
from lms.certificates.errors import NotMeant
from lms.certificates.values import EquivalenceId, RequestId, RequestKind, Rule
from lms.kernel import clock, events, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, mean, publish_course

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def meant_for():
    return AudienceId(new_id())


@pytest.fixture
def expert(app, cast, scene, meant_for):
    mean(meant_for, cast.ruth)
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Site practice")
        return define(cast, "HC-EXP", "Expert", Rule(course.done(), 24, 90, 10, audience_id=meant_for))


def holds(person_id, certification_id):
    with unit_of_work(read_only=True):
        return bool(
            certificates.holdings(people=[person_id], certification_ids=[certification_id], at=clock.now())
        )


def test_nobody_is_credited_what_they_may_not_hold_until_they_join(app, cast, scene, expert, meant_for):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        crediting.declare(
            credited=Credited.PERSON,
            equivalence_id=EquivalenceId(new_id()),
            from_id=scene.certification_id,
            to_id=expert,
            up_to_version=None,
            through=None,
            actor=SYSTEM,
            now=clock.now(),
        )
    while outbox.deliver_due(events.apply):
        pass
    scene.learn(cast.dafydd)
    assert not holds(cast.amara, expert)
    assert not holds(cast.dafydd, expert)
    mean(meant_for, cast.ruth, cast.amara, seen=1)
    assert holds(cast.amara, expert), "within the transaction in which they joined"
    assert not holds(cast.dafydd, expert)


def test_prior_learning_is_not_recognised_for_somebody_it_is_not_meant_for(app, cast, scene, expert):
    with unit_of_work(), acting_as(SYSTEM):
        request_id = certificates.ask_exemption(
            request_id=RequestId(new_id()),
            kind=RequestKind.RECOGNITION,
            person_id=cast.amara,
            certification_id=expert,
            words="Journeyman’s papers.",
            evidence=None,
            through=None,
            actor=SYSTEM,
            now=clock.now(),
        )
    with pytest.raises(NotMeant), unit_of_work(), acting_as(SYSTEM):
        certificates.approve_exemption(
            request_id=request_id, through=None, answer="", actor=SYSTEM, now=clock.now()
        )
    assert not holds(cast.amara, expert)


def test_who_joins_after_their_exemption_ended_is_weighed_as_anybody(app, cast, scene, in_may, meant_for):
    mean(meant_for, cast.ruth)
    with unit_of_work(), acting_as(SYSTEM):
        wanted = define(
            cast, "HC-NEW", "New plants", Rule(scene.course.done(), 24, 90, 10, audience_id=meant_for)
        )
        certificates.exempt(
            person_id=cast.amara,
            certification_id=wanted,
            reason="On leave.",
            through=date(2026, 5, 5),
            actor=SYSTEM,
            now=clock.now(),
        )
    scene.learn(cast.amara)
    in_may(timedelta(days=3))
    mean(meant_for, cast.ruth, cast.amara, seen=1)
    assert holds(cast.amara, wanted)
