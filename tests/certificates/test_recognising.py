"""Exemptions and recognitions of prior learning: asked with evidence, decided by another, until a day, and told."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest

from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.models.requests import RequestRow
from lms.certificates.cycles.queries import certifications, ledger, places
from lms.certificates.values import CycleState, RequestState
from lms.kernel import clock, events, outbox, privacy
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from tests.certificates.scene import PDF
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "/team/exemptions"


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def state_of(scene, person_id):
    with unit_of_work(read_only=True):
        certification = certifications.get_certification(scene.certification_id)
        found = places.list_places([person_id], [certification], now=clock.now())
        return found[person_id, scene.certification_id].state


def ask(visitor, scene, **values):
    given = {
        "email": "dafydd@example.com",
        "certification_id": str(scene.certification_id),
        "kind": "recognition",
        "words": "Journeyman’s papers of 2019, seen by me.",
        "through": "",
        **values,
    }
    return visitor.post(f"{PAGE}/new", {key: value for key, value in given.items() if value is not None})


def only_request():
    with unit_of_work(read_only=True):
        found = db.session.query(RequestRow).order_by(RequestRow.id.desc()).first()
        db.session.expunge_all()
        return found


def notices_of(person_id):
    while outbox.deliver_due(events.apply):
        pass
    with unit_of_work(read_only=True):
        return [row.kind for row in db.session.query(NoticeRow).filter_by(person_id=person_id)]


def test_recognised_learning_issues_the_certificate_which_says_what_it_rests_on(app, cast, scene, visit):
    answer = ask(visit(cast.ruth), scene, file=(io.BytesIO(PDF), "papers.pdf"))
    assert answer.status_code == 303, answer.text
    one = only_request()
    assert not scene.holds(cast.dafydd)
    assert "certificates.exemption_asked" in notices_of(cast.petra)
    petra = visit(cast.petra)
    assert "Journeyman’s papers of 2019" in petra.get(f"{PAGE}/{one.id}").text
    file = petra.get(f"{PAGE}/{one.id}/evidence")
    assert (file.mimetype, file.data) == ("application/pdf", PDF)
    assert petra.post(f"{PAGE}/{one.id}/approve", {"through": "", "answer": "Fine."}).status_code == 303
    assert scene.holds(cast.dafydd)
    with unit_of_work(read_only=True):
        (certificate,) = ledger.list_of_person(cast.dafydd)
    assert certificate.term.valid_through == date(2027, 5, 4)
    assert certificate.evidence["recognitions"][0]["request_id"] == str(one.id)
    public = visit().get(f"/verify/{certificate.code}").text
    assert "Prior learning, recognised" in public
    assert "Journeyman" not in public
    assert "certificates.issued" in notices_of(cast.dafydd)
    assert "certificates.exemption_approved" in notices_of(cast.ruth)
    assert petra.post(f"{PAGE}/{one.id}/approve", {"through": "", "answer": ""}).status_code == 409


def test_recognition_until_a_day_ends_with_that_day(app, cast, scene, visit, in_may):
    ask(visit(cast.tomas), scene, through="2026-12-31")
    visit(cast.petra).post(f"{PAGE}/{only_request().id}/approve", {"through": "2026-12-31", "answer": ""})
    with unit_of_work(read_only=True):
        (certificate,) = ledger.list_of_person(cast.dafydd)
    assert certificate.term.valid_through == date(2026, 12, 31)
    in_may(datetime(2027, 3, 1, tzinfo=UTC) - clock.now())
    assert state_of(scene, cast.dafydd) is CycleState.LAPSED


def test_an_exemption_holds_through_its_day_and_then_asks_again(app, cast, scene, visit, in_may):
    ask(visit(cast.ruth), scene, kind="exemption", through="2026-05-20", words="On parental leave.")
    visit(cast.petra).post(f"{PAGE}/{only_request().id}/approve", {"through": "2026-05-20", "answer": ""})
    assert state_of(scene, cast.dafydd) is CycleState.EXEMPT
    assert not scene.holds(cast.dafydd)
    assert "certificates.exempted" in notices_of(cast.dafydd)
    cell = visit(cast.ruth).get(f"/team/certifications/{cast.dafydd}/{scene.certification_id}").text
    assert "Exempt through" in cell
    assert "decided by Petra" in cell
    assert "Exempt" in visit(cast.dafydd).get("/certificates").text
    in_may(datetime(2026, 5, 20, 21, tzinfo=UTC) - clock.now())
    assert state_of(scene, cast.dafydd) is CycleState.EXEMPT
    in_may(timedelta(hours=2))
    assert state_of(scene, cast.dafydd) is CycleState.NOT_ASSIGNED
    scene.learn(cast.dafydd)
    assert scene.holds(cast.dafydd)


@pytest.mark.parametrize(
    "values, said",
    [
        ({"email": "nobody@example.com"}, "Nobody whom you look after"),
        ({"email": "nils@example.com"}, "Nobody whom you look after"),
        ({"words": " "}, "Say why"),
        ({"through": "2026-05-03"}, "This day is past"),
        ({"through": "2026-13-40"}, "day"),
        ({"kind": "gift"}, "Choose one"),
        ({"file": (io.BytesIO(b"MZ"), "papers.exe")}, "no kind of file that is asked for"),
        ({"file": (io.BytesIO(b"no pdf"), "papers.pdf")}, "papers.pdf"),
        ({"certification_id": "x"}, "certification_id-error"),
    ],
)
def test_what_cannot_be_asked_is_refused_beside_its_field(app, cast, scene, visit, values, said):
    if "file" in values:
        stream, name = values["file"]
        values = {"file": (io.BytesIO(stream.getvalue()), name)}
    answer = ask(visit(cast.ruth), scene, **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert only_request() is None


def test_it_is_asked_once_and_not_for_what_is_held(app, cast, scene, visit):
    ruth = visit(cast.ruth)
    assert ask(ruth, scene).status_code == 303
    again = ask(ruth, scene)
    assert again.status_code == 422
    assert "waits for its decision" in again.text
    scene.learn(cast.amara)
    held = ask(ruth, scene, email="amara@example.com")
    assert "held already" in held.text


def test_nobody_decides_what_they_asked_for_and_only_who_may_decides(app, cast, scene, visit):
    petra = visit(cast.petra)
    ask(petra, scene)
    one = only_request()
    assert petra.post(f"{PAGE}/{one.id}/approve", {"through": "", "answer": ""}).status_code == 403
    for other in (cast.ruth, cast.tomas, cast.jonas, cast.amara):
        assert visit(other).post(f"{PAGE}/{one.id}/approve", {}).status_code == 403
    assert visit(cast.ada).post(f"{PAGE}/{one.id}/refuse", {"answer": "No papers."}).status_code == 303
    assert only_request().state is RequestState.REFUSED
    assert not scene.holds(cast.dafydd)
    assert "certificates.exemption_refused" in notices_of(cast.petra)


def test_another_partner_neither_sees_nor_withdraws_a_request(app, cast, scene, visit):
    ask(visit(cast.ruth), scene)
    one, nils = only_request(), visit(cast.nils)
    assert "Dafydd" not in nils.get(f"{PAGE}?all=1").text
    for path in (f"{PAGE}/{one.id}", f"{PAGE}/{one.id}/evidence", f"{PAGE}/new?person={cast.dafydd}"):
        assert nils.get(path).status_code == 404
    assert nils.post(f"{PAGE}/{one.id}/withdraw").status_code == 404
    assert visit(cast.ruth).post(f"{PAGE}/{one.id}/withdraw").status_code == 303
    assert only_request().state is RequestState.WITHDRAWN


def test_a_direct_exemption_names_its_approver_and_settles_what_waited(app, cast, scene, visit):
    ask(visit(cast.ruth), scene, kind="exemption")
    cell = f"/team/certifications/{cast.dafydd}/{scene.certification_id}"
    petra = visit(cast.petra)
    assert (
        petra.post(f"{cell}/exempt", {"reason": "Left the field.", "through": "2026-05-03"}).status_code
        == 422
    )
    assert petra.post(f"{cell}/exempt", {"reason": "Left the field.", "through": ""}).status_code == 303
    assert petra.post(f"{cell}/exempt", {"reason": "Left the field.", "through": ""}).status_code == 303
    with unit_of_work(read_only=True):
        assert db.session.query(RequestRow).count() == 2, "a double click exempts once"
        states = {row.state for row in db.session.query(RequestRow)}
        assert states == {RequestState.APPROVED}
        assert {row.decided_by for row in db.session.query(RequestRow)} == {cast.petra}
        assert db.session.get_one(TrackRow, (scene.certification_id, cast.dafydd)).exempt_at is not None


def test_an_erased_persons_request_stays_without_its_words_and_evidence(app, cast, scene, visit):
    ask(visit(cast.ruth), scene, file=(io.BytesIO(PDF), "papers.pdf"))
    with unit_of_work(read_only=True):
        assert privacy.export(cast.dafydd)["certificates"]["exemptions"][0]["evidence"] == "papers.pdf"
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.dafydd)
    one = only_request()
    assert (one.words, one.answer, one.file_id) == ("", "", None)


def test_the_list_costs_the_same_for_one_and_for_many(app, cast, scene, visit):
    ruth = visit(cast.ruth)
    ask(ruth, scene)
    ruth.get(PAGE)
    with counted_queries() as one:
        ruth.get(PAGE)
    ask(ruth, scene, email="amara@example.com")
    ask(ruth, scene, email="ruth@example.com")
    with counted_queries() as three:
        ruth.get(PAGE)
    assert len(three) == len(one)
