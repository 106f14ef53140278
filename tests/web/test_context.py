"""How values are written: one way per language, the same wherever they stand, and never better than they are."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale, gettext

from lms.kernel.money import Money
from lms.web.context import write_date, write_datetime, write_duration, write_money, write_percent
from lms.web.translations import without_isolates

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("locale, day", [("en", "3 Nov 2026"), ("de", "03.11.2026"), ("ar", "3 نوفمبر 2026")])
def test_a_day_is_written_alike_alone_and_in_a_moment(sqlite_app, locale, day):
    with sqlite_app.test_request_context(), force_locale(locale):
        assert without_isolates(write_date(date(2026, 11, 3))) == day
        assert without_isolates(write_datetime(NOON)).startswith(f"{day}, ")


def test_a_day_keeps_its_month_where_the_line_runs_from_right_to_left(sqlite_app):
    with sqlite_app.test_request_context(), force_locale("ar"):
        assert write_date(date(2026, 11, 3)) == "\u20683 نوفمبر 2026\u2069"
        assert write_datetime(NOON).startswith("\u20683 ")
        assert write_datetime(NOON).endswith("\u2069")


def test_an_amount_and_its_sign_stay_together_in_arabic(sqlite_app):
    with sqlite_app.test_request_context(), force_locale("ar"):
        written = write_money(Money(695_000, "GBP"))
    assert written.startswith("\u2066")
    assert written.endswith("UK£\u2069")


@pytest.mark.parametrize("seconds", [45, 13 * 60, 3 * 3600, 3 * 3600 + 180])
@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_a_sentence_that_ends_with_a_duration_has_one_full_stop(sqlite_app, locale, seconds):
    with sqlite_app.test_request_context(), force_locale(locale):
        said = gettext("About %(time)s.", time=write_duration(seconds))
    assert without_isolates(said).endswith(".")
    assert ".." not in without_isolates(said)


@pytest.mark.parametrize(
    "share, english, german",
    [
        (Decimal("0.796"), "79%", "79\u00a0%"),
        (0.29, "29%", "29\u00a0%"),
        (0.999, "99%", "99\u00a0%"),
        (1, "100%", "100\u00a0%"),
        (0, "0%", "0\u00a0%"),
    ],
)
def test_a_share_is_whole_per_cent_and_never_rounded_up_to_what_was_not_reached(
    sqlite_app, share, english, german
):
    with sqlite_app.test_request_context(), force_locale("en"):
        assert write_percent(share) == english
    with sqlite_app.test_request_context(), force_locale("de"):
        assert write_percent(share) == german
