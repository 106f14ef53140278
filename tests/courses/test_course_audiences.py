"""An audience decides who sees a course and who is enrolled on it; what was begun is never taken away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.app.wiring import JOBS
from lms.audiences import service as audiences
from lms.audiences.errors import InUse
from lms.courses.authoring import queries as authoring
from lms.courses.learning import service
from lms.courses.learning.service import crowds
from lms.courses.values import EnrolmentSource
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.uow import unit_of_work
from tests.audiences.scene import rule, save
from tests.courses.courses import activities_of, complete, enrol, publish, write_course
from tests.courses.enrolments import deliver, give, open_people, rows_of
from tests.courses.sessions import actor_of
from tests.support.portal import counted_queries

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def employ(person_id, organisation_id, position_id):
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=person_id,
            organisation_id=organisation_id,
            position_id=position_id,
            region_id=None,
            now=clock.now(),
        )


def technicians(cast, name="Technicians"):
    return save(name, rule(position=[cast.technician]))


def test_a_course_for_an_audience_is_not_there_for_the_others(app, cast, visit):
    course_id = write_course()
    give(course_id, sees=[technicians(cast)])
    dafydd, amara = visit(cast.dafydd), visit(cast.amara)
    assert "Cold loops" in dafydd.get("/learn").text
    assert dafydd.get("/learn/cold-loops").status_code == 200
    assert "/learn/cold-loops" in dafydd.get("/learn?q=loops").text
    assert "Cold loops" not in amara.get("/learn").text
    assert "/learn/cold-loops" not in amara.get("/learn?q=loops").text
    assert amara.get("/learn/cold-loops").status_code == 404
    assert amara.post("/learn/cold-loops/enrol").status_code == 404
    assert rows_of(course_id) == []
    assert visit(cast.tomas).get("/learn/cold-loops").status_code == 200


def test_who_is_enrolled_already_keeps_a_course_that_is_for_others_now(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    give(course_id, sees=[technicians(cast)])
    first = activities_of(course_id)[0]
    amara = visit(cast.amara)
    assert "Cold loops" in amara.get("/learn").text
    assert amara.get(f"/learn/cold-loops/{first.id}").status_code == 200
    assert amara.post(f"/learn/cold-loops/{first.id}/done").status_code == 303


def test_a_partner_admin_enrols_nobody_on_a_course_that_is_not_for_them(app, cast):
    course_id = write_course()
    give(course_id, sees=[technicians(cast)])
    ruth = actor_of(app, cast.ruth, Role.PARTNER_ADMIN)

    def put(person_id):
        with unit_of_work(), acting_as(ruth):
            service.enrol(
                person_id=person_id,
                course_id=course_id,
                source=EnrolmentSource.PARTNER_ADMIN,
                due_on=None,
                actor=ruth,
                now=clock.now(),
            )

    with pytest.raises(NotFound):
        put(cast.amara)
    put(cast.dafydd)
    assert open_people(course_id) == {cast.dafydd}


def test_an_audience_is_enrolled_on_saving_and_whoever_joins_it_later(app, cast):
    course_id = write_course()
    give(course_id, enrolled=[technicians(cast)])
    (row,) = rows_of(course_id)
    assert (row.person_id, row.source, row.enrolled_by) == (cast.dafydd, EnrolmentSource.AUDIENCE, None)
    employ(cast.amara, cast.brixham, cast.technician)
    assert open_people(course_id) == {cast.dafydd, cast.amara}


def test_who_completed_it_or_was_withdrawn_is_not_enrolled_again_by_an_audience(app, cast):
    course_id = write_course(sections=(("Alone",),))
    complete(enrol(cast.dafydd, course_id), activities_of(course_id)[0])
    gone = enrol(cast.amara, course_id)
    trainer = actor_of(app, cast.tomas, Role.TRAINER)
    with unit_of_work(), acting_as(trainer):
        service.withdraw(enrolment_id=gone, reason="Another course fits", actor=trainer, now=clock.now())
    everybody = save("Brixham", rule(organisation=[cast.brixham]))
    give(course_id, enrolled=[everybody])
    assert open_people(course_id) == {cast.ruth}
    assert len(rows_of(course_id, cast.amara, cast.dafydd)) == 2


def test_leaving_the_audience_ends_nothing_that_was_begun_and_else_only_what_the_trainer_chose(app, cast):
    kept, ended = write_course(), write_course("hot-loops", title="Hot loops")
    reps = save("Reps", rule(position=[cast.sales_rep]))
    give(kept, enrolled=[reps])
    give(ended, enrolled=[reps], withdraws_leavers=True)
    before = open_people(ended)
    assert cast.amara in before
    employ(cast.amara, cast.brixham, cast.technician)
    assert cast.amara in open_people(kept)
    assert open_people(ended) == before - {cast.amara}
    employ(cast.amara, cast.brixham, cast.sales_rep)
    assert cast.amara in open_people(ended), "who comes back is enrolled again"
    complete(rows_of(ended, cast.amara)[-1].id, activities_of(ended)[0])
    employ(cast.amara, cast.brixham, cast.technician)
    assert cast.amara in open_people(ended), "what was begun stays"


def test_who_leaves_one_audience_and_is_in_another_of_the_course_stays(app, cast):
    course_id = write_course()
    reps = save("Reps", rule(position=[cast.sales_rep]))
    brixham = save("Brixham", rule(organisation=[cast.brixham]))
    give(course_id, enrolled=[reps, brixham], withdraws_leavers=True)
    employ(cast.amara, cast.brixham, cast.technician)
    assert cast.amara in open_people(course_id)


def test_people_are_enrolled_once_the_course_is_published(app, cast):
    course_id = write_course(publish=False)
    give(course_id, enrolled=[technicians(cast)])
    assert rows_of(course_id) == []
    publish(course_id)
    deliver()
    assert open_people(course_id) == {cast.dafydd}


@pytest.mark.parametrize(
    "due, is_due",
    [
        ({"on": date(2026, 12, 24)}, date(2026, 12, 24)),
        ({"days": 30}, date(2026, 12, 26)),
        ({}, None),
    ],
)
def test_a_date_is_worked_out_on_the_day_of_enrolment_and_stays(app, cast, due, is_due):
    with clock.frozen_at(NOON) as advance:
        course_id = write_course()
        give(course_id, enrolled=[technicians(cast)], **due)
        advance(timedelta(days=3))
        give(course_id, enrolled=[technicians(cast, "Others")], days=5)
        assert [row.due_on for row in rows_of(course_id)] == [is_due]


def test_days_are_counted_from_the_day_it_is_where_the_manufacturer_is(app, cast):
    with clock.frozen_at(datetime(2026, 11, 26, 23, 30, tzinfo=UTC)):
        course_id = write_course()
        give(course_id, enrolled=[technicians(cast)], days=1)
        assert rows_of(course_id)[0].due_on == date(2026, 11, 28), "in Vienna it is the 27th already"


def test_what_cannot_be_is_refused_beside_its_field(app, cast):
    course_id = write_course()
    with pytest.raises(Invalid) as refused:
        give(course_id, on=date(2027, 1, 1), days=3)
    assert set(refused.value.fields) == {"due_days"}
    with pytest.raises(Invalid) as refused:
        give(course_id, on=date(2020, 1, 1))
    assert set(refused.value.fields) == {"due_on"}


def test_a_day_that_has_passed_since_stays_and_asks_nothing_of_who_joins_after_it(app, cast):
    with clock.frozen_at(NOON) as advance:
        course_id, audience_id = write_course(), technicians(cast)
        give(course_id, enrolled=[audience_id], on=date(2026, 11, 27))
        advance(timedelta(days=3))
        employ(cast.amara, cast.brixham, cast.technician)
        give(course_id, enrolled=[audience_id, technicians(cast, "Others")], on=date(2026, 11, 27))
        assert {row.person_id: row.due_on for row in rows_of(course_id)} == {
            cast.dafydd: date(2026, 11, 27),
            cast.amara: None,
        }


def test_an_audience_that_a_course_names_is_not_deleted_and_says_where(app, cast):
    course_id = write_course()
    audience_id = technicians(cast)
    give(course_id, sees=[audience_id])
    with pytest.raises(InUse, match="Course “Cold loops”"), unit_of_work(), acting_as(SYSTEM):
        audiences.delete_audience(audience_id=audience_id, actor=SYSTEM)
    give(course_id)
    with unit_of_work(), acting_as(SYSTEM):
        audiences.delete_audience(audience_id=audience_id, actor=SYSTEM)


def test_many_are_enrolled_in_a_job_and_nobody_twice(app, cast, monkeypatch):
    monkeypatch.setattr(crowds, "AT_ONCE", 1)
    course_id = write_course()
    give(course_id, enrolled=[save("Brixham", rule(organisation=[cast.brixham]))])
    assert rows_of(course_id) == []
    enrol(cast.amara, course_id)
    for _run in range(2):
        JOBS["courses.act_on_people"]()
    assert sorted(row.person_id for row in rows_of(course_id)) == sorted({cast.amara, cast.dafydd, cast.ruth})


def test_a_trainer_says_who_takes_a_course_and_an_auditor_reads_it(app, cast, visit):
    course_id = write_course()
    audience_id = technicians(cast)
    page = f"/author/courses/{course_id}/access"
    tomas = visit(cast.tomas)
    assert "Technicians" in tomas.get(page).text
    form = {
        "sees": str(audience_id),
        "enrolled": str(audience_id),
        "due_days": "14",
        "withdraws_leavers": "y",
    }
    assert tomas.post(page, form).status_code == 303
    with unit_of_work(read_only=True):
        kept = authoring.get_access(course_id)
    only = frozenset({audience_id})
    assert (kept.sees, kept.enrolled, kept.due.days) == (only, only, 14)
    assert open_people(course_id) == {cast.dafydd}
    refused = tomas.post(page, form | {"due_on": "2027-01-31"})
    assert refused.status_code == 422
    assert "not both" in refused.text
    auditor = visit(cast.odd)
    assert "Technicians" in auditor.get(page).text
    assert auditor.post(page, form).status_code == 403
    assert visit(cast.ruth).get(page).status_code == 403


def test_a_catalogue_asks_as_much_for_many_audiences_as_for_none(app, cast, visit):
    course_id = write_course()
    dafydd = visit(cast.dafydd)
    dafydd.get("/learn")
    with counted_queries() as before:
        dafydd.get("/learn")
    give(course_id, sees=[technicians(cast, f"Technicians {number}") for number in range(5)])
    dafydd.get("/learn")  # once more than the first time: what changed is read
    with counted_queries() as after:
        assert "Cold loops" in dafydd.get("/learn").text
    assert len(after) == len(before)
