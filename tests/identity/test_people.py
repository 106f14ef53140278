"""People's pages: who sees whom, who may do what to whom, and what a role reaches."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity import queries, service
from lms.identity.models import Employment, PersonRow, RoleGrant
from lms.identity.policy import MANAGE_PEOPLE, VIEW_PEOPLE, VIEW_TEAM
from lms.identity.values import PersonId, PersonState
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Role, Scope, acting_as, scopes_of
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries

REFUSED = {403, 404}


def stored(query):
    with unit_of_work(read_only=True):
        found = db.session.scalars(query).all()
        db.session.expunge_all()
        return found


def state_of(person_id):
    return stored(select(PersonRow).where(PersonRow.id == person_id))[0].state


def form_for(organisation, **changes):
    return {
        "key": str(new_id()),
        "name": "Ines Vale",
        "email": "ines@example.com",
        "organisation": str(organisation),
        "position": "",
        "locale": "en",
        **changes,
    }


def test_a_partners_admin_sees_the_own_people_and_the_branches_and_nobody_else(app, cast, visit):
    page = visit(cast.ruth).get("/team/people").text
    assert "Amara Osei" in page
    assert "Dafydd Pryce" in page
    for stranger in ("Nils Aaberg", "Petra Novak", "Ada Holm", "nils@example.com"):
        assert stranger not in page
    assert visit(cast.ruth).get("/admin/people").status_code == 403


def test_another_partners_person_is_not_found_whatever_is_tried(app, cast, visit):
    nils = visit(cast.nils)
    assert nils.get(f"/team/people/{cast.amara}").status_code == 404
    for act in ("invite", "move", "leave", "suspend", "reactivate"):
        data = {"organisation": str(cast.northway), "position": ""}
        assert nils.post(f"/team/people/{cast.amara}/{act}", data).status_code == 404, act
    assert state_of(cast.amara) is PersonState.ACTIVE
    with unit_of_work(read_only=True):
        assert identity.get_person(cast.amara).employer_id == cast.brixham


def test_a_partners_admin_invites_only_into_organisations_of_their_own(app, cast, visit):
    ruth = visit(cast.ruth)
    for foreign in (cast.northway, cast.halden):
        assert ruth.post("/team/people/new", form_for(foreign)).status_code == 422
    assert stored(select(PersonRow).where(PersonRow.email == "ines@example.com")) == []
    assert ruth.post("/team/people/new", form_for(cast.cardiff)).status_code == 303
    assert "Ines Vale" in ruth.get("/team/people?state=invited").text


def test_a_service_refuses_what_a_form_was_made_to_offer(app, cast):
    ruth = Actor(
        person_id=cast.ruth,
        scopes={MANAGE_PEOPLE: Scope(organisation_roots=frozenset({cast.brixham}))},
    )
    with pytest.raises(Invalid) as refused, unit_of_work():
        service.invite_person(
            person_id=PersonId(new_id()),
            email="ines@example.com",
            name="Ines",
            locale="en",
            organisation_id=cast.northway,
            position_id=None,
            actor=ruth,
            now=clock.now(),
        )
    assert "organisation" in refused.value.fields


def test_an_invitation_sent_twice_makes_one_person_and_one_letter(app, cast, visit):
    ruth, form = visit(cast.ruth), form_for(cast.brixham)
    first, second = ruth.post("/team/people/new", form), ruth.post("/team/people/new", form)
    assert first.location == second.location
    assert len(stored(select(PersonRow).where(PersonRow.email == "ines@example.com"))) == 1
    assert len(stored(select(Mail).where(Mail.to == "ines@example.com"))) == 1


def test_an_address_that_has_an_account_is_refused_beside_its_field(app, cast, visit):
    refused = visit(cast.ruth).post("/team/people/new", form_for(cast.brixham, email="Nils@example.com"))
    assert refused.status_code == 422
    assert 'href="#email"' in refused.text
    assert 'value="Ines Vale"' in refused.text


def test_a_suspended_person_is_let_in_again_and_the_trail_knows_who_did_it(app, cast, visit):
    ruth, amara = visit(cast.ruth), visit(cast.amara)
    assert ruth.post(f"/team/people/{cast.amara}/suspend").status_code == 303
    assert amara.get("/account").status_code == 303
    assert ruth.post(f"/team/people/{cast.amara}/reactivate").status_code == 303
    assert state_of(cast.amara) is PersonState.ACTIVE
    acts = stored(select(AuditEntry).where(AuditEntry.actor_id == cast.ruth).order_by(AuditEntry.id))
    assert [(act.action, act.subject_id) for act in acts] == [
        ("PersonSuspended", cast.amara),
        ("PersonReactivated", cast.amara),
    ]


def test_who_leaves_counts_nowhere_and_keeps_the_account(app, cast, visit):
    ruth = visit(cast.ruth)
    assert ruth.post(f"/team/people/{cast.amara}/leave").location == "/team/people"
    assert ruth.get(f"/team/people/{cast.amara}").status_code == 404
    spell = stored(select(Employment).where(Employment.person_id == cast.amara))[0]
    assert spell.ended_at is not None
    assert visit(cast.amara).get("/account").status_code == 200
    assert stored(select(AuditEntry.action).where(AuditEntry.action == "EmploymentEnded"))


def held_roles(person_id):
    return {
        (row.role, row.organisation_id)
        for row in stored(select(RoleGrant).where(RoleGrant.person_id == person_id))
    }


def test_who_leaves_a_partner_looks_after_it_no_longer_and_the_trail_says_so(app, cast, visit):
    ruth, ada = visit(cast.ruth), visit(cast.ada)
    assert ruth.get("/team/people").status_code == 200
    assert ada.post(f"/team/people/{cast.ruth}/leave").status_code == 303
    assert ruth.get("/team/people").status_code == 403
    assert held_roles(cast.ruth) == set()
    acts = stored(select(AuditEntry).where(AuditEntry.actor_id == cast.ada).order_by(AuditEntry.id))
    assert [act.action for act in acts] == ["RoleWithdrawn", "EmploymentEnded"]


@pytest.mark.parametrize(
    "employer, over, to, keeps",
    [
        ("brixham", "brixham", "northway", False),
        ("brixham", "cardiff", "northway", False),
        ("cardiff", "brixham", "northway", False),
        ("cardiff", "cardiff", "brixham", False),
        ("cardiff", "brixham", "brixham", True),
        ("brixham", "northway", "halden", True),
    ],
)
def test_a_role_over_a_partner_stays_behind_when_its_holder_moves_on(
    app, cast, visit, employer, over, to, keeps
):
    employer, over, to = getattr(cast, employer), getattr(cast, over), getattr(cast, to)
    with unit_of_work(), acting_as(SYSTEM):
        if employer != cast.brixham:
            identity.employ(
                person_id=cast.amara,
                organisation_id=employer,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
        scope = Scope(organisation_roots=frozenset({over}))
        identity.grant_role(
            person_id=cast.amara, role=Role.PARTNER_ADMIN, scope=scope, actor=SYSTEM, now=clock.now()
        )
    ada = visit(cast.ada)
    another_position = {"organisation": str(employer), "position": str(cast.technician)}
    assert ada.post(f"/team/people/{cast.amara}/move", another_position).status_code == 303
    assert held_roles(cast.amara) == {(Role.PARTNER_ADMIN, over)}, "another position takes no role away"
    assert ada.post(f"/team/people/{cast.amara}/move", {"organisation": str(to)}).status_code == 303
    assert held_roles(cast.amara) == ({(Role.PARTNER_ADMIN, over)} if keeps else set())


def test_nobody_ends_or_moves_away_their_own_employment_by_accident(app, cast, visit):
    ruth = visit(cast.ruth)
    refused = ruth.post(f"/team/people/{cast.ruth}/leave")
    assert refused.status_code == 403
    assert "You cannot end your own employment." in refused.text
    away = ruth.post(f"/team/people/{cast.ruth}/move", {"organisation": str(cast.cardiff)})
    assert away.status_code == 403
    assert "You cannot move yourself to another organisation." in away.text
    assert ">End employment<" not in ruth.get(f"/team/people/{cast.ruth}").text.partition("<dialog")[0]
    assert ruth.post(f"/team/people/{cast.ruth}/suspend").status_code == 403
    assert ruth.get("/team/people").status_code == 200


def test_a_person_moves_within_the_partner_and_the_history_stays(app, cast, visit):
    ruth = visit(cast.ruth)
    new_place = {"organisation": str(cast.cardiff), "position": str(cast.technician)}
    assert ruth.post(f"/team/people/{cast.amara}/move", new_place).status_code == 303
    assert ruth.post(f"/team/people/{cast.amara}/move", new_place).status_code == 303
    with unit_of_work(read_only=True):
        spells = queries.list_employments(cast.amara)
    assert [spell.organisation_id for spell in spells] == [cast.cardiff, cast.brixham]
    assert ruth.post(
        f"/team/people/{cast.amara}/move", {"organisation": str(cast.northway), "position": ""}
    ).status_code in {422, 404}


def test_a_partners_admin_touches_nobody_who_works_for_the_manufacturer_too(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        identity.grant_role(
            person_id=cast.amara,
            role=Role.TRAINER,
            scope=Scope(everything=True),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert visit(cast.ruth).post(f"/team/people/{cast.amara}/suspend").status_code == 403
    assert state_of(cast.amara) is PersonState.ACTIVE


def test_nobody_suspends_or_erases_themselves_or_gives_their_administration_away(app, cast, visit):
    ada = visit(cast.ada)
    grant = stored(select(RoleGrant).where(RoleGrant.person_id == cast.ada))[0]
    assert ada.post(f"/team/people/{cast.ada}/suspend").status_code == 403
    assert ada.post(f"/admin/people/{cast.ada}/erase", {"email": "ada@example.com"}).status_code == 403
    assert ada.post(f"/admin/people/{cast.ada}/roles/{grant.id}/withdraw").status_code == 403
    assert ada.get("/admin/people").status_code == 200


def test_a_role_holds_from_the_next_page_on_and_only_where_it_was_given(app, cast, visit):
    ada, dafydd = visit(cast.ada), visit(cast.dafydd)
    assert dafydd.get("/team/people").status_code == 403
    given = ada.post(
        f"/admin/people/{cast.dafydd}/roles",
        {"role": "partner_admin", "organisation": str(cast.cardiff), "region": ""},
    )
    assert given.status_code == 303
    page = dafydd.get("/team/people").text
    assert "Dafydd Pryce" in page
    assert "Amara Osei" not in page
    assert dafydd.get(f"/team/people/{cast.amara}").status_code == 404
    grant = stored(select(RoleGrant).where(RoleGrant.person_id == cast.dafydd))[0]
    assert ada.post(f"/admin/people/{cast.dafydd}/roles/{grant.id}/withdraw").status_code == 303
    assert dafydd.get("/team/people").status_code == 403


def test_a_region_reaches_the_regions_below_it_and_several_roles_add_up(app, cast):
    with unit_of_work(), acting_as(SYSTEM):
        isles = identity.list_regions()[0]
        wales = identity.add_region(name="Wales", code="CY", parent_id=isles.id)
        europe = identity.add_region(name="Europe", code="EU", parent_id=None)
    with unit_of_work(read_only=True):
        assert not identity.is_organisation_visible(cast.brixham, Scope(region_roots=frozenset({wales})))
        assert not identity.is_organisation_visible(cast.brixham, Scope(region_roots=frozenset({europe})))
        both = Scope(region_roots=frozenset({wales}), organisation_roots=frozenset({cast.cardiff}))
        assert identity.is_organisation_visible(cast.cardiff, both)
        assert not identity.is_organisation_visible(cast.brixham, both)
    with unit_of_work(), acting_as(SYSTEM):
        token = service.open_sign_in(person_id=cast.jonas, address="", user_agent="", now=clock.now())
        found = queries.find_sign_in(service.digest(token), clock.now())
        assert found is not None
        reached = scopes_of(
            found[2], {VIEW_PEOPLE: frozenset({Role.CHANNEL_MANAGER}), VIEW_TEAM: frozenset()}
        )
    assert reached[VIEW_PEOPLE].region_roots == {isles.id}
    assert VIEW_TEAM not in reached


@pytest.mark.parametrize(
    "role, organisation, region",
    [("partner_admin", False, False), ("administrator", True, False), ("channel_manager", True, True)],
)
def test_a_role_is_given_only_with_a_reach_it_can_have(app, cast, visit, role, organisation, region):
    with unit_of_work(read_only=True):
        isles = identity.list_regions()[0].id
    answer = visit(cast.ada).post(
        f"/admin/people/{cast.amara}/roles",
        {
            "role": role,
            "organisation": str(cast.brixham) if organisation else "",
            "region": str(isles) if region else "",
        },
    )
    assert answer.status_code == 422
    assert stored(select(RoleGrant).where(RoleGrant.person_id == cast.amara)) == []


def test_a_role_given_twice_is_held_once(app, cast, visit):
    ada = visit(cast.ada)
    for _ in range(2):
        ada.post(f"/admin/people/{cast.amara}/roles", {"role": "trainer", "organisation": "", "region": ""})
    assert len(stored(select(RoleGrant).where(RoleGrant.person_id == cast.amara))) == 1


def test_an_erased_person_is_named_nowhere_and_what_they_proved_stays(app, cast, visit):
    ada, amara = visit(cast.ada), visit(cast.amara)
    amara.post("/account", {"name": "Amara Osei", "locale": "de", "time_zone": "Europe/London"})
    visit().post("/reset", {"email": "amara@example.com"})
    refused = ada.post(f"/admin/people/{cast.amara}/erase", {"email": "someone@example.com"})
    assert refused.status_code == 422
    assert "Nothing was erased" in refused.text
    assert state_of(cast.amara) is PersonState.ACTIVE
    assert ada.post(f"/admin/people/{cast.amara}/erase", {"email": " Amara@example.com "}).status_code == 303
    assert amara.get("/account").status_code == 303
    with unit_of_work(read_only=True):
        left = "\n".join(
            str(db.session.execute(select(*table.columns)).all())
            for table in PersonRow.metadata.sorted_tables
        )
    assert "Amara" not in left
    assert "amara@" not in left
    assert state_of(cast.amara) is PersonState.ERASED
    assert ada.get("/admin/audit").status_code == 200
    assert "amara" not in ada.get("/admin/people.csv").text.lower()


def test_an_administrator_hands_out_what_is_held_of_a_person(app, cast, visit):
    answer = visit(cast.ada).post(f"/admin/people/{cast.amara}/export")
    assert json.loads(answer.data)["identity"]["person"]["name"] == "Amara Osei"
    assert stored(select(AuditEntry).where(AuditEntry.action == "PersonExported"))[0].actor_id == cast.ada
    assert visit(cast.ada).post(f"/admin/people/{new_id()}/export").status_code == 404


def test_an_auditor_sees_everyone_and_changes_nobody(app, cast, visit):
    odd = visit(cast.odd)
    page = odd.get(f"/admin/people/{cast.amara}").text
    assert "Amara Osei" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    for act in ("suspend", "leave", "move"):
        assert odd.post(f"/team/people/{cast.amara}/{act}").status_code in REFUSED


def test_people_are_found_by_words_organisation_role_and_state(app, cast, visit):
    ada = visit(cast.ada)

    def shown(query):
        page = ada.get(f"/admin/people?{query}").text
        return {name for name in ("Amara", "Dafydd", "Ruth", "Nils", "Petra") if f"{name} " in page}

    assert shown("q=osei") == {"Amara"}
    assert shown("q=DAFYDD@example") == {"Dafydd"}
    assert shown("q=%25") == set()
    assert shown(f"organisation={cast.brixham}") == {"Amara", "Dafydd", "Ruth"}
    assert shown("role=partner_admin") == {"Ruth", "Nils"}
    assert shown("state=suspended") == set()
    for field in ("state", "role", "organisation"):
        assert ada.get(f"/admin/people?{field}=nonsense").status_code == 422, field


def _crowd(cast, size):
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(size):
            person = identity.add_person(
                email=f"p{number:03}@example.com", name=f"Person {number // 2:03}", now=clock.now()
            )
            identity.employ(
                person_id=person,
                organisation_id=cast.brixham,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )


@pytest.mark.parametrize("sort", ["name", "-name", "added", "-added"])
def test_every_person_stands_on_exactly_one_page_of_the_list(app, cast, visit, sort):
    _crowd(cast, 60)
    ada = visit(cast.ada)
    seen: list[str] = []
    url: str | None = f"/admin/people?sort={sort}"
    while url:
        page = ada.get(url).text
        seen += [line for line in page.split('href="/admin/people/')[1:] if line[:8] != "new"]
        following = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        url = following.replace("&amp;", "&") if 'rel="next"' in page else None
    ids = [line[:36] for line in seen]
    assert len(ids) == len(set(ids)) == 69


def test_a_link_into_another_list_is_refused_and_breaks_nothing(app, cast, visit):
    _crowd(cast, 45)
    ada = visit(cast.ada)
    (cursor,) = re.findall(r"after=([\w-]+)", ada.get("/admin/people?sort=name").text)
    assert ada.get(f"/admin/people?sort=added&after={cursor}").status_code == 422
    for made_up in ("x", "WyJhIl0", "W251bGwsbnVsbF0", "%F0%9F%8E%89"):
        assert ada.get(f"/admin/people?after={made_up}").status_code == 422, made_up


def test_the_list_asks_the_database_as_often_for_many_as_for_few(app, cast, visit):
    ada = visit(cast.ada)

    def asked():
        with counted_queries() as statements:
            assert ada.get("/admin/people").status_code == 200
        return len(statements)

    few = asked()
    _crowd(cast, 45)
    assert asked() == few <= 6


def test_the_table_holds_everyone_in_reach_and_no_formula(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        service.change_account(person_id=cast.amara, name='=HYPERLINK("http://evil.example")')
    rows = list(csv.reader(io.StringIO(visit(cast.ruth).get("/team/people.csv").text.lstrip("\ufeff"))))
    assert rows[0][:3] == ["Name", "E-mail", "Organisation"]
    assert {row[1] for row in rows[1:]} == {"amara@example.com", "dafydd@example.com", "ruth@example.com"}
    assert not [row for row in rows if row[0].startswith("=")]
