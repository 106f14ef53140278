"""Lists that name people: from any program, with headings or without, and who is beyond reach is as if unknown."""

import pytest

from lms.identity import facade as identity
from lms.identity.models import PersonRow
from lms.identity.values.lists import LIST_AT_MOST, Mention
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Scope, acting_as
from lms.kernel.db import db
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from tests.identity.importing import sheet_of, workbook


def read(text: str, encoding: str = "utf-8"):
    return [(one.number, one.email, one.external_id) for one in identity.read_list(text.encode(encoding))]


def pasted(text: str):
    return [(one.email, one.external_id) for one in identity.read_pasted(text)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_headings_say_which_columns_name_people_in_any_encoding_and_with_any_separator(encoding, separator):
    rows = ["Gruß,E-Mail,Personalnummer", "Tschüß,Amara@Example.com,4711", "Grüezi,,4712"]
    assert read("\n".join(one.replace(",", separator) for one in rows), encoding) == [
        (2, "amara@example.com", "4711"),
        (3, "", "4712"),
    ]


def test_without_headings_the_cell_with_an_address_is_meant_and_else_the_first():
    assert read("Amara;amara@example.com\n4711;Dafydd\n\n4712\n") == [
        (1, "amara@example.com", ""),
        (2, "", "4711"),
        (4, "", "4712"),
    ]


def test_a_workbook_is_read_as_a_table_is():
    book = workbook(sheet_of([("Name", "E-Mail"), ("Amara", "amara@example.com")]))
    assert list(identity.read_list(book)) == [Mention(2, "amara@example.com", "")]


def test_what_is_pasted_from_a_letter_or_a_sheet_is_understood():
    text = "Amara Osei <Amara@example.com>; dafydd@example.com,\n\n 4711\t4712 \n"
    assert pasted(text) == [
        ("amara@example.com", ""),
        ("dafydd@example.com", ""),
        ("", "4711"),
        ("", "4712"),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"E-mail;Name\n", b'"never closed', b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04 no"],
)
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Invalid):
        identity.read_list(content)


def test_more_people_than_are_taken_at_once_are_refused_and_nobody_is_cut_off_silently():
    with pytest.raises(Invalid, match="Split the list"):
        identity.read_pasted("x\n" * (LIST_AT_MOST + 1))
    assert len(identity.read_pasted("x\n" * LIST_AT_MOST)) == LIST_AT_MOST


def test_whom_an_entry_names_is_found_by_either_and_beyond_reach_it_is_nobody(app, cast):
    with unit_of_work(), acting_as(SYSTEM):
        nobody_elses = identity.add_person(email="ines@example.com", name="Ines Vale", now=clock.now())
        row = db.session.get(PersonRow, nobody_elses)
        assert row is not None
        row.external_id = "4711"
        identity.employ(
            person_id=nobody_elses,
            organisation_id=cast.northway,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
    mentions = [
        Mention(1, "amara@example.com", ""),
        Mention(2, "", "4711"),
        Mention(3, "ines@example.com", ""),
        Mention(4, "nobody@example.com", ""),
        Mention(5, "amara@example.com", "4711"),
        Mention(6, "amara@example.com", "unknown"),
    ]
    with unit_of_work(read_only=True):
        everywhere = identity.match_mentions(mentions, EVERYTHING)
        brixham = identity.match_mentions(mentions, Scope(organisation_roots=frozenset({cast.brixham})))
    ines = nobody_elses
    assert everywhere == [cast.amara, ines, ines, None, None, cast.amara]
    assert brixham == [cast.amara, None, None, None, cast.amara, cast.amara]
