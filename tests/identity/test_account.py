"""A person's own account, and the theme and language of whoever reads."""

import json
from uuid import UUID

from lms.identity import facade as identity
from lms.identity import queries
from lms.identity.values import SignInId
from lms.kernel import clock
from lms.kernel.uow import unit_of_work

NONE = SignInId(UUID(int=0))
OLD, NEW = "correct horse battery", "a lantern over wet stones"


def _eve():
    with unit_of_work():
        return identity.add_person(email="eve@example.com", name="Eve Moss", now=clock.now(), password=OLD)


def test_theme_and_language_hold_for_who_is_not_signed_in_too(app, cast, visit):
    visitor = visit()
    answer = visitor.post("/preferences/theme", {"theme": "dark", "next": "/sign-in?next=/account"})
    assert answer.location == "/sign-in?next=/account"
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    visitor.post("/preferences/language", {"locale": "ar"})
    page = visitor.get("/sign-in").text
    assert 'lang="ar" dir="rtl" data-theme="dark"' in page


def test_a_language_chosen_once_follows_the_person_to_another_browser(app, cast, visit):
    visit(cast.amara).post("/preferences/language", {"locale": "de"})
    assert '<html lang="de"' in visit(cast.amara).get("/account").text


def test_a_preference_that_does_not_exist_is_refused_and_leads_nowhere(app, cast, visit):
    visitor = visit()
    assert visitor.post("/preferences/theme", {"theme": "neon"}).status_code == 422
    assert visitor.post("/preferences/language", {"locale": "../../etc"}).status_code == 422
    assert visitor.post("/preferences/theme", {"theme": "dark", "next": "//evil.example"}).location == "/"


def test_a_person_changes_name_language_and_time_zone(app, cast, visit):
    amara = visit(cast.amara)
    answer = amara.post(
        "/account", {"name": " Amara  Osei-Mensah ", "locale": "de", "time_zone": "Africa/Accra"}
    )
    assert answer.status_code == 303
    with unit_of_work(read_only=True):
        person = identity.get_person(cast.amara)
    assert (person.name, person.locale, person.time_zone) == ("Amara Osei-Mensah", "de", "Africa/Accra")


def test_what_was_typed_stays_when_something_is_wrong(app, cast, visit):
    refused = visit(cast.amara).post(
        "/account", {"name": "", "locale": "de", "time_zone": "Mars/Olympus_Mons"}
    )
    assert refused.status_code == 422
    assert 'href="#name"' in refused.text
    assert 'href="#time_zone"' in refused.text
    assert '<option selected value="de">' in refused.text


def test_a_new_password_needs_the_old_one_and_signs_every_other_browser_out(app, cast, visit):
    eve = _eve()
    here, there = visit(eve), visit(eve)
    refused = here.post("/account/password", {"current": "not this one", "password": NEW})
    assert refused.status_code == 422
    assert there.get("/account").status_code == 200
    assert here.post("/account/password", {"current": OLD, "password": NEW}).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert visit().post("/sign-in", {"email": "eve@example.com", "password": NEW}).status_code == 303


def test_a_stolen_session_cannot_guess_the_password_for_ever(app, cast, visit):
    thief = visit(_eve())
    answers = [
        thief.post("/account/password", {"current": f"guess {number}", "password": NEW}).status_code
        for number in range(9)
    ]
    assert answers == [422] * 8 + [429]


def test_one_other_browser_is_signed_out_by_its_line_and_nobody_elses_can_be(app, cast, visit):
    here, there, ruth = visit(cast.amara), visit(cast.amara), visit(cast.ruth)
    with unit_of_work(read_only=True):
        mine = queries.list_open_sign_ins(cast.amara, NONE, clock.now())
        hers = queries.list_open_sign_ins(cast.ruth, NONE, clock.now())
    # Newest first: the second browser's line comes first.
    assert here.post(f"/account/sign-ins/{mine[0].id}/end").status_code == 303
    assert there.get("/account").status_code == 303
    assert here.post(f"/account/sign-ins/{hers[0].id}/end").status_code == 404
    assert ruth.get("/account").status_code == 200


def test_a_person_takes_all_their_data_along(app, cast, visit):
    answer = visit(cast.amara).post("/account/export")
    held = json.loads(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert held["identity"]["person"]["email"] == "amara@example.com"
    assert held["identity"]["employments"][0]["organisation_id"] == str(cast.brixham)
    assert held["identity"]["acts"][0]["action"] == "PersonExported"


def test_a_page_that_outlived_its_session_is_told_whose_session_there_is_now(app, cast, visit):
    amara = visit(cast.amara)
    told = amara.get("/account/session").json
    assert told["person"] == str(cast.amara)
    sent = {"name": "Amara N. Osei", "locale": "en", "time_zone": "Europe/London"}
    stale = amara.post("/account", sent, headers={"X-CSRFToken": visit(cast.amara).token()})
    assert stale.status_code == 400
    assert amara.post("/account", sent, headers={"X-CSRFToken": told["csrf_token"]}).status_code == 303
    nobody = visit().get("/account/session").json
    assert (nobody["person"], nobody["csrf_token"]) == (None, None)


def test_no_other_site_learns_who_is_signed_in_nor_their_form_token(app, cast, visit):
    for site in ("cross-site", "same-site"):
        asked = visit(cast.amara).get(
            "/account/session", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"}
        )
        assert asked.status_code == 403
        assert str(cast.amara) not in asked.text
