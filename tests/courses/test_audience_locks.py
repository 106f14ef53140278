"""An activity may be for an audience alone: it opens and shuts as people join and leave it."""

import pytest

from lms.audiences import facade as audiences
from lms.audiences import service as audience_service
from lms.audiences.values import Rule
from lms.courses.errors import Locked
from lms.courses.plugs import AudienceLock
from lms.courses.values import Lock
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.errors import DomainError
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import save
from tests.courses.courses import activities_of, ask_of, complete, enrol, publish, write_course


@pytest.fixture
def technicians(app, cast):
    return save("Technicians", Rule(any_of={"position": frozenset({str(cast.technician)})}))


@pytest.fixture
def course_id(technicians):
    found = write_course(publish=False)
    ask_of(found, 1, locks=[Lock("audience", str(technicians))])
    publish(found)
    return found


def test_who_is_not_meant_sees_whom_it_is_for_and_gets_no_further(app, cast, visit, course_id):
    enrolment_id = enrol(cast.amara, course_id)
    second = activities_of(course_id)[1]
    page = visit(cast.amara).get(f"/learn/cold-loops/{second.id}").text
    assert "Only for Technicians" in page
    assert "All about <strong>Superheat</strong>" not in page
    with pytest.raises(Locked):
        complete(enrolment_id, second)


def test_it_opens_on_the_next_request_after_somebody_joins_the_audience(app, cast, visit, course_id):
    enrol(cast.amara, course_id)
    second = activities_of(course_id)[1]
    amara = visit(cast.amara)
    assert "Only for Technicians" in amara.get(f"/learn/cold-loops/{second.id}").text
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=cast.amara,
            organisation_id=cast.brixham,
            position_id=cast.technician,
            region_id=None,
            now=clock.now(),
        )
    assert "All about <strong>Superheat</strong>" in amara.get(f"/learn/cold-loops/{second.id}").text


def test_an_audience_that_opens_an_activity_is_not_deleted_and_says_where(
    app, cast, visit, technicians, course_id
):
    with unit_of_work(read_only=True):
        assert audiences.find_audience(technicians) is not None
    page = visit(cast.petra).get(f"/author/audiences/{technicians}").text
    assert "Cold loops: Superheat" in page
    with unit_of_work(), acting_as(SYSTEM), pytest.raises(DomainError):
        audience_service.delete_audience(audience_id=technicians, actor=SYSTEM)


def test_files_name_the_audience_and_bring_it_back(app, technicians):
    kind = AudienceLock()
    with unit_of_work(read_only=True):
        assert kind.written(str(technicians)) == "Technicians"
        assert kind.read("Technicians") == str(technicians)
        assert kind.read("Nobody") is None
        assert kind.choices() == [(str(technicians), "Technicians")]
