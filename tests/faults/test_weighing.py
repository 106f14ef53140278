"""kill -9 of the worker while everybody is weighed anew: nobody is left out, and nobody is certified twice."""

import pytest
from sqlalchemy import func, select

from bench.certifying import GAIN, make, rule_of
from lms.certificates.cycles.models import CertificateRow
from lms.certificates.cycles.queries import weighing
from lms.certificates.cycles.service import definitions
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.faults.test_people_import import kill_workers, wait_until
from tests.support.guests import house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE = 4_000


def test_everybody_is_weighed_once_though_the_worker_is_killed_in_the_middle(tmp_path):
    with house(tmp_path / "house") as home:
        made = make(PEOPLE)

        def how_far():
            with unit_of_work(read_only=True):
                return weighing.find_weighing(made.certification_id)

        with unit_of_work(), acting_as(SYSTEM):
            definitions.change_rules(
                certification_id=made.certification_id,
                rule=rule_of(made.course, "0.78"),
                actor=SYSTEM,
                now=clock.now(),
            )
        in_the_middle = 0
        for _kill in range(2):
            before = found.done if (found := how_far()) else 0
            wait_until(lambda: (now := how_far()) is not None and now.done > before)  # noqa: B023
            assert kill_workers(home)
            in_the_middle += 0 < how_far().done < PEOPLE
        assert in_the_middle, "nobody was killed in the middle"
        wait_until(lambda: how_far().ended_at is not None)
        assert how_far().done == PEOPLE
        with unit_of_work(read_only=True):
            people = select(func.count(), func.count(CertificateRow.person_id.distinct()))
            assert db.session.execute(
                people.where(CertificateRow.certification_id == made.certification_id)
            ).one() == (PEOPLE // GAIN, PEOPLE // GAIN)
