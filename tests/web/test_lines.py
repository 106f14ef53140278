"""Names and titles: one line that can be read, whatever was pasted; refused beside the field where it cannot be."""

from http import HTTPStatus

import pytest
from wtforms import Form as PlainForm
from wtforms import StringField, TextAreaField

from lms.identity import facade as identity
from lms.identity import service
from lms.kernel.errors import Invalid
from lms.kernel.lines import (
    cleaned,
    fault_of,
    fault_of_name,
    fault_of_text,
    is_blank,
    tidied,
    with_plain_breaks,
)
from lms.kernel.uow import unit_of_work
from lms.web.forms import DocumentField

PERSIAN, HINDI = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937"


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("  Amara\r\n Osei\u2028 ", "Amara Osei"),
        ("A\u200bmara\ufeff", "Amara"),
        ("\u200b", ""),
        ("\u200d Amara\u200c", "Amara"),
        (PERSIAN, PERSIAN),
        (HINDI, HINDI),
    ],
)
def test_what_is_invisible_and_means_nothing_goes_and_what_scripts_need_stays(typed, kept):
    assert tidied(typed) == kept
    assert not kept or fault_of_name(kept) is None


@pytest.mark.parametrize("typed", ["a\u202eb", "a\u2066b", "a\x07b", "a\x7fb", "a\u009bb"])
def test_control_characters_and_what_turns_the_text_around_are_refused(typed):
    assert fault_of(tidied(typed)) is not None
    assert cleaned(typed) == "ab"


@pytest.mark.parametrize("typed", ["One\nand\r\n\ttwo", "Kälte, سلام", "a\u200cb\u200e"])
def test_a_text_may_have_lines_tabs_and_what_scripts_need(typed):
    assert fault_of_text(typed) is None


@pytest.mark.parametrize("typed", ["One\n\u202etwo", "One\n\x07", "\u2066x"])
def test_no_line_of_a_text_may_turn_around_or_hold_what_nobody_sees(typed):
    assert fault_of_text(typed) is not None
    assert fault_of_text(cleaned(typed)) is None


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u061c", "\u3164"])
def test_what_nobody_sees_is_nothing_typed(hidden):
    assert is_blank(f" {hidden}\n")
    assert tidied(hidden) == ""
    assert not is_blank(f"{hidden}a")


def test_breaks_of_a_word_processor_are_line_ends():
    assert with_plain_breaks("One\x0btwo\u2028three\x0c\r\nfour") == "One\ntwo\nthree\n\nfour"


@pytest.mark.parametrize("typed", ["---", "\u3164", "\u2800", "\u0301"])
def test_a_name_holds_something_to_read(typed):
    assert fault_of(typed) is None
    assert fault_of_name(typed) is not None


@pytest.mark.parametrize(
    "name, said",
    [
        ("\u200b", "Enter your name."),
        ("Ru\u202eth", "There are characters in it that cannot be seen"),
        ("...", "There must be at least one letter or digit in it."),
    ],
)
def test_an_unreadable_name_is_refused_beside_its_field_and_by_the_service(app, cast, visit, name, said):
    form = {"name": name, "locale": "en", "time_zone": "Europe/London"}
    refused = visit(cast.ruth).post("/account", form)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in refused.text
    with pytest.raises(Invalid), unit_of_work():
        service.change_account(person_id=cast.ruth, name=name)
    kept = visit(cast.ruth).post("/account", {**form, "name": "Ruth\n\u200bCalloway-Hughes"})
    assert kept.status_code == HTTPStatus.SEE_OTHER
    with unit_of_work(read_only=True):
        found = identity.find_person(cast.ruth)
    assert found is not None
    assert found.name == "Ruth Calloway-Hughes"


def test_every_field_of_one_line_keeps_the_rule(sqlite_app):
    kinds, left = set(), [PlainForm]
    while left:
        below = left.pop().__subclasses__()
        kinds.update(below)
        left.extend(below)
    fields = {
        f"{kind.__module__}.{kind.__name__}.{name}": made.field_class
        for kind in kinds
        if kind.__module__.startswith("lms.")
        for name in dir(kind)
        if hasattr(made := getattr(kind, name), "field_class")
    }
    assert len(fields) > 50, "the forms are what this test is about"
    assert [name for name, field_class in fields.items() if field_class is StringField] == []
    # Whole pages are pasted into documents, and each line of a pasted table is looked at by itself.
    documents = {
        "ActivityForm.body",
        "AssignmentForm.task",
        "DraftForm.text",
        "IntroForm.intro",
        "NoteForm.text",
    }
    loose = {".".join(name.split(".")[-2:]) for name, kind in fields.items() if kind is DocumentField}
    assert loose - {"ListForm.pasted"} == documents
    assert [name for name, field_class in fields.items() if field_class is TextAreaField] == []
