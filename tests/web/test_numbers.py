"""Numbers and days from forms and addresses: what nobody could mean is no number, and never an error of ours."""

import re
from datetime import date
from pathlib import Path

import pytest

from lms.web.numbers import WHOLE_MAX, calendar_day, whole_number

LMS = Path(__file__).parents[2] / "lms"


@pytest.mark.parametrize("text, number", [("0", 0), ("12", 12), ("007", 7), (str(WHOLE_MAX), WHOLE_MAX)])
def test_a_whole_number_is_read(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", [None, "", "x", "-1", "1_0", " 1", "1\n", "²", "\u0661", str(WHOLE_MAX + 1), "9" * 5000]
)
def test_what_a_database_could_not_hold_is_no_number(text):
    assert whole_number(text) is None


@pytest.mark.parametrize(
    "text, day",
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("2026-02-30", None),
        ("20261123", None),
        ("\u0662026-11-23", None),
    ],
)
def test_a_day_is_one_that_our_clocks_have(text, day):
    assert calendar_day(text) == day


def test_nothing_that_a_request_brings_is_turned_into_a_number_anywhere_else():
    told = re.compile(r"\bint\((?:str\(|[^()]*\b(?:request|raw_data)\b)|\.is(?:digit|decimal|numeric)\(\)")
    rooms = [one for one in LMS.rglob("*.py") if {"views", "views.py", "forms.py"} & set(one.parts)]
    assert len(rooms) > 30
    assert [one.name for one in rooms if told.search(one.read_text())] == []
