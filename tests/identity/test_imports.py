"""Importing people: what a dry run says, what is stored of it, and that nothing is dropped, doubled or forced."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.identity import facade as identity
from lms.identity import queries, service
from lms.identity.models import Employment, PeopleImportLine, PersonRow, RoleGrant
from lms.identity.service.imports.storing import BATCH, INVITED_AT_ONCE
from lms.identity.values import PersonState
from lms.identity.values.imports import ImportField, ImportState, RowFate
from lms.kernel import clock, search
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work
from tests.identity.importing import (
    HEADER,
    admin_of,
    bring,
    fates,
    look,
    partner_admin_of,
    reasons,
    rows_of,
    state_of,
    store,
    work,
)

F = ImportField
THREE = HEADER + (
    "100;ines@example.org;Ines Vale;Brixham Automation;Sales rep\n"
    "101;Omar@Example.org;Omar Said;cardiff BRANCH of brixham;technician\n"
    "102;lena@example.org;Lena Groß;northway.example;\n"
)


def person(email):
    with unit_of_work(read_only=True):
        return queries.find_person_by_email(email)


def counted(model, *where):
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model).where(*where))


def test_a_dry_run_says_what_would_come_and_stores_nobody(app, cast):
    people, trail = counted(PersonRow), counted(AuditEntry)
    import_id = look(THREE, admin_of(cast))
    assert fates(import_id) == [RowFate.NEW] * 3
    assert state_of(import_id).state is ImportState.CHECKED
    assert state_of(import_id).counts == {RowFate.NEW: 3}
    assert (counted(PersonRow), counted(AuditEntry)) == (people, trail)
    changes = rows_of(import_id)[3].changes
    assert changes[F.ORGANISATION] == ("", "Cardiff branch of Brixham")
    assert changes[F.EMAIL] == ("", "omar@example.org")


def test_confirmed_rows_become_people_who_work_there_can_be_found_and_stand_in_the_trail(app, cast):
    import_id = look(THREE, admin_of(cast))
    store(import_id, admin_of(cast))
    omar = person("omar@example.org")
    assert (omar.name, omar.external_id, omar.state) == ("Omar Said", "101", PersonState.INVITED)
    assert (omar.employer_id, omar.position_name) == (cast.cardiff, "Technician")
    done = state_of(import_id)
    assert (done.state, done.stored_counts) == (ImportState.DONE, {RowFate.NEW: 3})
    assert all(row.is_stored and row.person_id for row in rows_of(import_id).values())
    with unit_of_work(read_only=True):
        for admin, found in ((cast.brixham, ["Omar Said"]), (cast.northway, [])):
            with acting_as(partner_admin_of(cast.ruth, admin)) as actor:
                hits = search.find("omar", readers=search.readers_of(actor))
                assert [hit.title for hit in hits] == found, "their own partner's admin finds them, no other"
        acts = db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_id == omar.id, AuditEntry.actor_id == cast.ada)
        ).all()
    assert sorted(acts) == ["PersonAdded", "PersonEmployed"]
    assert counted(Mail) == 0, "nobody asked for invitations"


def test_the_same_file_again_changes_nothing(app, cast):
    store(look(THREE, admin_of(cast)), admin_of(cast))
    trail = counted(AuditEntry)
    again = look(THREE, admin_of(cast))
    assert fates(again) == [RowFate.SAME] * 3
    store(again, admin_of(cast))
    assert counted(AuditEntry) == trail + 2, "confirmed and imported, and nothing else"
    assert counted(Employment, Employment.person_id == person("ines@example.org").id) == 1


def test_a_second_file_changes_people_by_their_external_id_and_leaves_who_is_missing_alone(app, cast):
    store(look(THREE, admin_of(cast)), admin_of(cast))
    ines = person("ines@example.org")
    second = HEADER + (
        "100;ines.brandt@example.org;Ines Brandt;Northway Controls;Technician\n"
        "101;omar@example.org;Omar Said;Cardiff branch of Brixham;Sales rep\n"
    )
    import_id = look(second, admin_of(cast))
    assert fates(import_id) == [RowFate.MOVED, RowFate.CHANGED]
    moved = rows_of(import_id)[2].changes
    assert moved[F.EMAIL] == ("ines@example.org", "ines.brandt@example.org")
    assert moved[F.ORGANISATION] == ("Brixham Automation", "Northway Controls")
    assert set(moved) == {F.EMAIL, F.NAME, F.ORGANISATION, F.POSITION}
    store(import_id, admin_of(cast))
    after = person("ines.brandt@example.org")
    assert (after.id, after.employer_id, after.position_name) == (ines.id, cast.northway, "Technician")
    with unit_of_work(read_only=True):
        spells = queries.list_employments(ines.id)
        changed = db.session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "AccountChanged")
        ).all()
    assert [spell.organisation_id for spell in spells] == [cast.northway, cast.brixham]
    assert [one["fields"] for one in changed] == [["email", "name"]]
    assert person("lena@example.org").employer_id == cast.northway


def test_without_an_external_id_the_address_says_who_it_is_and_gets_the_id(app, cast):
    import_id = look(f"{HEADER}7;AMARA@example.com;Amara Osei;;\n", admin_of(cast))
    assert rows_of(import_id)[2].changes == {F.EXTERNAL_ID: ("", "7")}
    store(import_id, admin_of(cast))
    assert person("amara@example.com").external_id == "7"
    assert person("amara@example.com").position_name == "Sales rep", "an empty cell takes nothing away"


def test_a_repeated_address_or_id_is_refused_in_every_row_it_stands_in(app, cast):
    content = HEADER + (
        "1;ines@example.org;Ines;Northway Controls;\n"
        "2;INES@example.org;Ines too;Northway Controls;\n"
        "3;zoe@example.org;Zoe;Northway Controls;\n"
        "3;yan@example.org;Yan;Northway Controls;\n"
        "4;xi@example.org;Xi;Northway Controls;\n"
    )
    import_id = look(content, admin_of(cast))
    assert fates(import_id) == [RowFate.REFUSED] * 4 + [RowFate.NEW]
    for number in (2, 3):
        assert reasons(import_id, number) == [(F.EMAIL, "The same address stands in the rows 2, 3.")]
    for number in (4, 5):
        assert reasons(import_id, number) == [
            (F.EXTERNAL_ID, "The same external id stands in the rows 4, 5.")
        ]
    store(import_id, admin_of(cast))
    assert person("ines@example.org") is None
    assert person("xi@example.org") is not None


def test_two_rows_never_change_the_same_person(app, cast):
    with unit_of_work():
        db.session.get_one(PersonRow, cast.amara).external_id = "7"
    content = f"{HEADER}7;;Amara O.;;\n;amara@example.com;Amara Osei-Bonsu;;\n"
    import_id = look(content, admin_of(cast))
    assert fates(import_id) == [RowFate.CHANGED, RowFate.REFUSED]
    assert reasons(import_id, 3) == [(None, "Row 2 speaks of the same person already.")]


REFUSALS = [
    ("1;ines@example;Ines;Northway Controls;", F.EMAIL, "This is no e-mail address: ines@example"),
    ("1;;Ines;Northway Controls;", F.EMAIL, "There is nobody of this external id"),
    ("1;i@example.org;;Northway Controls;", F.NAME, "Somebody new needs a name."),
    ("1;i@example.org;Ines;;", F.ORGANISATION, "Somebody new needs an organisation."),
    ("1;i@example.org;Ines;Northwey Controls;", F.ORGANISATION, "The nearest is “Northway Controls”."),
    ("1;i@example.org;Ines;Northway Controls;Sales", F.POSITION, "The nearest is “Sales rep”."),
    ("1;i@example.org;Ines;Northway Controls;;extra", None, "The row has 6 cells, the header 5"),
    ("9;amara@example.com;Amara;;", F.EMAIL, "The address belongs to somebody with another external id."),
    ("5;dafydd@example.com;Dafydd;;", F.EMAIL, "The address belongs to somebody else"),
    ("1;i@example.org;\u202eInes;Northway Controls;", F.NAME, "that turn the text around"),
]


@pytest.mark.parametrize("row, field, reason", REFUSALS, ids=[one[0] for one in REFUSALS])
def test_a_refused_row_names_the_column_and_the_reason(sqlite_app, cast, row, field, reason):
    with unit_of_work():
        db.session.get_one(PersonRow, cast.amara).external_id = "5"
    import_id = look(f"{HEADER}{row}\n", admin_of(cast))
    assert [one for one in reasons(import_id, 2) if one[0] == field and reason in one[1]], reasons(
        import_id, 2
    )
    with pytest.raises(Conflict), unit_of_work():
        service.confirm_import(import_id=import_id, actor=admin_of(cast), now=clock.now())


def test_a_partners_admin_reaches_the_own_people_and_organisations_and_no_others(app, cast):
    ruth = partner_admin_of(cast.ruth, cast.brixham)
    content = HEADER + (
        "1;ines@example.org;Ines;Cardiff branch of Brixham;\n"
        "2;omar@example.org;Omar;Northway Controls;\n"
        ";nils@example.com;Nils;Brixham Automation;\n"
        ";amara@example.com;Amara O.;;\n"
    )
    import_id = look(content, ruth)
    assert fates(import_id) == [RowFate.NEW, RowFate.REFUSED, RowFate.REFUSED, RowFate.CHANGED]
    # In the same words as for an organisation that does not exist: the file is no way to ask who is a partner.
    (field, said) = reasons(import_id, 3)[0]
    assert field is F.ORGANISATION
    assert said.startswith("You look after no organisation called “Northway Controls”.")
    assert "Northway Controls”. The nearest is “Northway" not in said
    assert reasons(import_id, 4)[0][1].startswith("This person works where you look after nobody")
    assert rows_of(import_id)[4].person_id is None
    store(import_id, ruth)
    assert person("nils@example.com").employer_id == cast.northway
    assert person("ines@example.org").employer_id == cast.cardiff


def test_a_partners_admin_changes_nobody_who_works_for_the_manufacturer_too_nor_lets_themselves_go(app, cast):
    with unit_of_work(), acting_as(SYSTEM):
        identity.grant_role(
            person_id=cast.amara,
            role=queries.list_grants(cast.tomas)[1].role,
            scope=queries.list_grants(cast.tomas)[1].scope,
            actor=SYSTEM,
            now=clock.now(),
        )
    content = (
        "E-mail,Name,State,Organisation\n"
        "amara@example.com,A,,\n"
        "ruth@example.com,Ruth Calloway,leaves,\n"
        "dafydd@example.com,Dafydd Pryce,leaves,\n"
        "ruth@example.com,Ruth Calloway,,Cardiff branch of Brixham\n"
    )
    import_id = look(content, partner_admin_of(cast.ruth, cast.brixham))
    assert reasons(import_id, 2)[0][1].startswith("This person works for the manufacturer too.")
    assert reasons(import_id, 3)[0][1].startswith("You cannot end your own employment.")
    assert rows_of(import_id)[4].fate is RowFate.LEAVING
    assert reasons(import_id, 5)[0][1].startswith("You cannot move yourself")


def test_nobody_sees_or_confirms_the_import_of_another_partner(app, cast):
    import_id = look(THREE, partner_admin_of(cast.ruth, cast.brixham))
    nils = partner_admin_of(cast.nils, cast.northway)
    for act in (service.confirm_import, service.cancel_import):
        with pytest.raises(NotFound), unit_of_work():
            act(import_id=import_id, actor=nils, now=clock.now())
    with pytest.raises(NotFound), unit_of_work(read_only=True):
        queries.get_import(import_id, nils)
    # Who has moved on to the rival left it behind.
    with pytest.raises(NotFound), unit_of_work(read_only=True):
        queries.get_import(import_id, partner_admin_of(cast.ruth, cast.northway))


def test_who_leaves_by_an_import_leaves_with_the_roles_held_there(app, cast):
    import_id = look("E-mail,State\nruth@example.com,ausgeschieden\n", admin_of(cast))
    assert fates(import_id) == [RowFate.LEAVING]
    store(import_id, admin_of(cast))
    assert person("ruth@example.com").employer_id is None
    assert counted(RoleGrant, RoleGrant.person_id == cast.ruth) == 0
    assert counted(AuditEntry, AuditEntry.action == "EmploymentEnded") == 1


def test_a_role_over_a_partner_stays_behind_when_a_file_moves_its_holder_on(app, cast):
    store(look("E-mail,Organisation\nruth@example.com,Northway Controls\n", admin_of(cast)), admin_of(cast))
    assert counted(RoleGrant, RoleGrant.person_id == cast.ruth) == 0
    assert person("ruth@example.com").employer_id == cast.northway


def test_what_became_bad_since_the_dry_run_is_reported_and_not_forced(app, cast):
    import_id = look(THREE, admin_of(cast))
    with unit_of_work(), acting_as(SYSTEM):
        taken = identity.add_person(email="ines@example.org", name="Another Ines", now=clock.now())
        db.session.get_one(PersonRow, taken).external_id = "999"
    store(import_id, admin_of(cast))
    assert state_of(import_id).stored_counts == {RowFate.NEW: 2, RowFate.REFUSED: 1}
    assert reasons(import_id, 2) == [(F.EMAIL, "The address belongs to somebody with another external id.")]
    assert person("ines@example.org").name == "Another Ines"


def test_who_lost_the_right_to_it_stores_nothing(app, cast):
    ruth = partner_admin_of(cast.ruth, cast.brixham)
    import_id = look(f"{HEADER}1;ines@example.org;Ines;Brixham Automation;\n", ruth)
    with unit_of_work(), acting_as(SYSTEM):
        service.confirm_import(import_id=import_id, actor=ruth, now=clock.now())
        service.suspend(person_id=cast.ruth, actor=SYSTEM, now=clock.now())
    work(import_id)
    assert state_of(import_id).stored_counts == {RowFate.REFUSED: 1}
    assert person("ines@example.org") is None


def test_a_second_confirmation_does_nothing(app, cast):
    import_id = look(THREE, admin_of(cast))
    store(import_id, admin_of(cast))
    people, trail = counted(PersonRow), counted(AuditEntry)
    store(import_id, admin_of(cast))
    assert (counted(PersonRow), counted(AuditEntry)) == (people, trail)


def many(count):
    return HEADER + "".join(
        f"{number};p{number}@example.org;Person {number};Northway Controls;\n" for number in range(count)
    )


def test_a_cancelled_import_keeps_what_was_stored_and_stores_no_more(app, cast):
    import_id = look(many(BATCH + 100), admin_of(cast))
    with unit_of_work(), acting_as(SYSTEM):
        service.confirm_import(import_id=import_id, actor=admin_of(cast), now=clock.now())
    with unit_of_work():
        assert service.store_batch(import_id, clock.now())
    with unit_of_work(), acting_as(SYSTEM):
        service.cancel_import(import_id=import_id, actor=admin_of(cast), now=clock.now())
    work(import_id)
    assert state_of(import_id).state is ImportState.CANCELLED
    assert counted(PersonRow, PersonRow.external_id.is_not(None)) == BATCH
    assert counted(PeopleImportLine, PeopleImportLine.is_stored.is_(True)) == BATCH


def test_what_is_discarded_before_it_is_confirmed_leaves_nothing_of_anybody(app, cast):
    import_id = look(THREE, admin_of(cast))
    with unit_of_work(), acting_as(SYSTEM):
        service.cancel_import(import_id=import_id, actor=admin_of(cast), now=clock.now())
    assert counted(PeopleImportLine) == 0
    assert all(column.samples == () for column in state_of(import_id).columns)
    old = look(THREE, admin_of(cast))
    with unit_of_work():
        service.forget_imports(clock.now() + timedelta(days=29))
    assert state_of(old).state is ImportState.CHECKED
    with unit_of_work():
        service.forget_imports(clock.now() + timedelta(days=31))
    assert counted(PeopleImportLine) == 0


def test_invitations_go_out_only_where_asked_and_a_few_at_a_time(app, cast):
    content = "E-mail,Name,Invite\n" + "".join(
        f"p{number}@example.org,Person {number},{'no' if number == 3 else ''}\n" for number in range(30)
    )
    import_id = look(content, admin_of(cast), organisation_id=cast.northway, invites=True)
    store(import_id, admin_of(cast))
    assert state_of(import_id).invitations == 29
    assert counted(Mail) == INVITED_AT_ONCE
    work(import_id)
    assert counted(Mail) == INVITED_AT_ONCE, "the next ones are not due yet"
    later = clock.now() + timedelta(seconds=11)
    clock.set_source(lambda: later)
    work(import_id)
    work(import_id)
    assert counted(Mail) == 29
    assert counted(Mail, Mail.to == "p3@example.org") == 0
    assert state_of(import_id).invited == 29


def test_a_person_who_is_erased_is_blanked_in_imports_too(app, cast):
    import_id = look(THREE, admin_of(cast))
    store(import_id, admin_of(cast))
    ines = person("ines@example.org")
    with unit_of_work(), acting_as(SYSTEM):
        held = queries.export_person(ines.id)
        assert held["person"]["external_id"] == "100"
        assert held["imports"][0]["cells"]["name"] == "Ines Vale"
        service.erase_person(person_id=ines.id, now=clock.now())
    assert rows_of(import_id)[2].cells == {}
    assert rows_of(import_id)[2].changes == {}
    with unit_of_work(read_only=True):
        assert db.session.get_one(PersonRow, ines.id).external_id is None


def test_columns_are_remembered_for_the_next_file_with_the_same_header(app, cast):
    content = "Kennung,Anschrift,Wer\n1,ines@example.org,Ines\n"
    mapping = (F.EXTERNAL_ID, F.EMAIL, F.NAME)
    first = bring(content, admin_of(cast), mapping=mapping, organisation_id=cast.northway)
    assert state_of(first).mapping == mapping
    assert state_of(bring(content, admin_of(cast))).mapping == mapping


@pytest.mark.parametrize(
    "mapping",
    [(F.NAME, F.EMAIL, F.EMAIL), (None, None, F.NAME), (F.EMAIL, F.NAME)],
    ids=["twice", "nobody", "short"],
)
def test_columns_that_say_the_same_or_nobody_are_refused(sqlite_app, cast, mapping):
    with pytest.raises(Invalid) as refused:
        bring("a,b,c\n1,2,3\n", admin_of(cast), mapping=mapping)
    assert "mapping" in refused.value.fields
