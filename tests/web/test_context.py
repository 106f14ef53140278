"""How values are written: one way per language, the same wherever they stand, and never better than they are."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale

from lms.web.context import write_date, write_datetime, write_percent

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("locale, day", [("en", "3 Nov 2026"), ("de", "03.11.2026"), ("ar", "3 نوفمبر 2026")])
def test_a_day_is_written_alike_alone_and_in_a_moment(sqlite_app, locale, day):
    with sqlite_app.test_request_context(), force_locale(locale):
        assert write_date(date(2026, 11, 3)) == day
        assert write_datetime(NOON).startswith(f"{day}, ")


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
