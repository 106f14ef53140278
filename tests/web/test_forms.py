"""Rows that repeat inside a form: each mistake is told once, in the reader's language, with the name of its row."""

import re

import pytest
from flask_babel import force_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField
from wtforms import Form as PlainForm
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from lms.web.forms import Form, LineField, Row, Rows, blame


class CrateForm(Row):
    """A row."""

    weight = IntegerField("Weight", [Optional(), NumberRange(min=1, max=90)])


class LoadForm(Form):
    """A form with rows."""

    class Meta:
        """It is never sent."""

        csrf = False

    crates = Rows(CrateForm, "Crates", called=lambda number: f"Crate {number}", min_entries=2)

    def validate_crates(self, field):
        for row in field:
            if not row.form.weight.data:
                blame(row.form.weight, "How heavy?")
        if sum(row.form.weight.data or 0 for row in field) > 100:
            raise ValidationError("Too heavy together.")


def told(app, locale, *weights):
    with app.test_request_context(), force_locale(locale):
        form = LoadForm(
            formdata=MultiDict({f"crates-{at}-weight": weight for at, weight in enumerate(weights)})
        )
        is_right = form.validate()
        assert is_right == (not form.errors)
        return form.error_list()


def test_right_rows_are_found_no_fault_with(sqlite_app):
    assert told(sqlite_app, "en", "5", "7") == []


@pytest.mark.parametrize("weight", ["0", "many", "91", ""])
def test_one_wrong_row_is_told_once_with_its_name_and_leads_to_its_field(sqlite_app, weight):
    assert [line[:2] for line in told(sqlite_app, "en", "5", weight)] == [("crates-1-weight", "Crate 2")]


def test_what_the_form_itself_finds_wrong_in_a_row_is_told_in_the_readers_language(sqlite_app):
    for weight in ("0", "many"):
        english, german = told(sqlite_app, "en", "5", weight), told(sqlite_app, "de", "5", weight)
        assert german[0][2] != english[0][2], "a reader of German is told in English"


def test_a_rule_that_finds_fault_with_one_field_alone_stops_the_form(sqlite_app):
    assert told(sqlite_app, "en", "5", "") == [("crates-1-weight", "Crate 2", "How heavy?")]


def test_what_concerns_all_rows_is_told_of_all_of_them(sqlite_app):
    assert told(sqlite_app, "en", "60", "50") == [("crates", "Crates", "Too heavy together.")]


def test_every_form_of_the_product_is_one_that_speaks_the_readers_language(sqlite_app):
    direct = {*PlainForm.__subclasses__(), *FlaskForm.__subclasses__()}
    assert {one for one in direct if one.__module__.startswith("lms.")} == {Form, Row}


def test_a_german_deal_with_one_wrong_quantity_is_told_so_once(sqlite_app, cast, visit):
    visitor = visit(cast.amara)
    visitor.client.set_cookie("locale", "de")
    page = visitor.post("/deals/new", {"lines-1-quantity": "0"}).text
    assert re.findall(r'<a href="#lines-1-quantity">Produkt 2</a>: [^<]*1[^<]*1000000', page)
    assert page.count('href="#lines-1-quantity"') == 1
    assert "Number must" not in page


@pytest.mark.parametrize(
    "locale, said",
    [
        ("en", ["Give a whole number.", "Give a date, such as 2026-11-30.", "Use at most 4 characters."]),
        ("de", ["Geben Sie eine ganze Zahl an.", "Geben Sie ein Datum an", "Höchstens 4 Zeichen."]),
    ],
)
def test_what_the_library_finds_wrong_is_said_in_our_words(app, locale, said):
    class Asked(Form):
        """One field of each kind that the library judges."""

        many = IntegerField()
        day = DateField()
        name = LineField("", [Length(max=4)])

    fields = {"many": "x", "day": "31.12.2026", "name": "Amara"}
    with app.test_request_context(method="POST", data=fields), force_locale(locale):
        form = Asked(meta={"csrf": False})
        assert not form.validate()
        for field, words in zip((form.many, form.day, form.name), said, strict=True):
            assert str(field.errors[0]).startswith(words)
