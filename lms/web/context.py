"""What every template knows: who reads it, in which language and theme, and how values are written there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import numbers as babel_numbers
from babel.core import Locale
from babel.dates import format_date as format_date_in
from babel.dates import format_datetime as format_datetime_in
from babel.dates import format_time as format_time_in
from babel.dates import format_timedelta, get_timezone_location
from babel.numbers import format_currency
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import format_date, format_datetime, format_decimal, format_percent, get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.local import LocalProxy

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.money import Money
from lms.web import translations
from lms.web.access import access_of
from lms.web.assets import asset, icon
from lms.web.navigation import navigation
from lms.web.security import csp_nonce
from lms.web.translations import AS_WRITTEN, END, LEFT_TO_RIGHT
from lms.web.words import said

LOCALES = (("en", "English"), ("de", "Deutsch"), ("ar", "العربية"))
THEMES = ("auto", "light", "dark")
MINUTE, HOUR = 60, 3600

DAYS = {"de": "dd.MM.y"}
DAY = "d MMM y"
"""How a day is written, alone and in a moment: never a month as a number where a reader might take it for the day."""


@dataclass(frozen=True, slots=True)
class Me:
    """The reader, as the shell shows them."""

    id: UUID
    name: str
    initials: str
    employer_name: str
    locale: str
    time_zone: str


ReaderSource = Callable[[], Me | None]
NoticeSource = Callable[[], tuple[int, list[Any]]]


def install(app: Flask, *, reader: ReaderSource, notices: NoticeSource) -> None:
    """Give the application its languages, filters and shared context."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["lms.reader"] = reader
    translations.install(app, locale_selector=_select_locale, timezone_selector=_select_time_zone)
    for name, function in FILTERS.items():
        app.add_template_filter(function, name)
    app.extensions["lms.notices"] = notices
    app.extensions["lms.fixed"] = {}
    # Globals, not context: macros are imported without one, which lets Jinja compile and load them once.
    app.jinja_env.globals.update(
        asset=asset,
        csp_nonce=csp_nonce,
        csrf_field=csrf_field,
        csrf_value=generate_csrf,
        fixed=fixed,
        icon_markup=icon,
        upload_limit=upload_limit,
    )
    app.context_processor(_shared)


def _reader() -> Me | None:
    if "reader" not in g:
        g.reader = current_app.extensions["lms.reader"]()
    found: Me | None = g.reader
    return found


def _select_locale() -> str:
    codes = [code for code, _name in LOCALES]
    if not has_request_context():
        return "en"
    chosen = request.cookies.get("locale")
    if chosen in codes:
        return str(chosen)
    me = _reader()
    if me is not None and me.locale in codes:
        return me.locale
    return (request.accept_languages.best_match(codes)) or "en"


def _select_time_zone() -> str:
    me = _reader() if has_request_context() else None
    return me.time_zone if me else oem_zone().key


def oem_zone() -> ZoneInfo:
    """Return the manufacturer's time zone: its days are those that things are due, end and are valid on."""
    return ZoneInfo(current_app.config["LMS_TIME_ZONE"])


def _shared() -> dict[str, Any]:
    locale = get_locale() or Locale("en")
    theme = request.cookies.get("theme", "auto") if has_request_context() else "auto"
    code, direction = _written(locale)
    return {
        "theme": theme if theme in THEMES else "auto",
        "locale": code,
        "direction": direction,
        "locales": LOCALES,
        "me": _reader() if has_request_context() else None,
        # Read when the shell draws them and not before: an error page asks the database nothing.
        "navigation": LocalProxy(navigation),
        "notices": LocalProxy(lambda: _read_notices()[1]),
        "unread_count": LocalProxy(lambda: _read_notices()[0]),
        "may": current().may,
        "request_id": current().request_id,
        "is_demo": bool(current_app.config.get("LMS_DEMO_SIGN_IN")),
    }


@cache
def _written(locale: Locale) -> tuple[str, str]:
    """Return a locale's code and which way it is written."""
    return str(locale), locale.text_direction


def _read_notices() -> tuple[int, list[Any]]:
    if "notices" not in g:
        source: NoticeSource = current_app.extensions["lms.notices"]
        g.notices = source()
    found: tuple[int, list[Any]] = g.notices
    return found


def fixed(name: str, **given: Any) -> Markup:
    """Return a template that depends on nothing but the reader's language and what is given, a few plain values.

    The shell is made of such parts: each is written once per process, language and values.
    """
    locale = get_locale() or Locale("en")
    key = (name, locale, *given.values())
    written: dict[Any, Markup] = current_app.extensions["lms.fixed"]
    if key not in written:
        written[key] = part(name, **given)
    return written[key]


def part(name: str, **given: Any) -> Markup:
    """Return a piece of the shell that needs nothing but what is given and the globals."""
    return Markup(current_app.jinja_env.get_template(name).render(given))  # noqa: S704  a template's output


def upload_limit(endpoint: str) -> int:
    """Return the bytes of the largest file that a route takes, so that the form can say so before it travels."""
    said = access_of(current_app.view_functions[endpoint])
    return said.upload_bytes if said else 0


def csrf_field() -> Markup:
    """Return the hidden input that every form that changes something carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def write_date(value: date | datetime | None) -> str:
    """Return a day in the reader's language and zone: 14 Mar 2028."""
    if value.__class__ is date:
        return _apart(_written_day(value, _day_pattern(), get_locale() or Locale("en")))
    return "" if value is None else _apart(format_date(value, _day_pattern()))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def _written_day(value: date, pattern: str, locale: Locale) -> str:
    """Return a day, which is the same in every zone, as long lists have it again and again."""
    return format_date_in(value, pattern, locale=locale)


def write_month(value: date) -> str:
    """Return the month of a day in the reader's language: March 2028."""
    return _written_day(value, "LLLL yyyy", get_locale() or Locale("en"))


def write_short_month(value: date) -> str:
    """Return a month without its year, as short as it is written: Nov."""
    return _written_day(value, "LLL", get_locale() or Locale("en"))


def write_datetime(value: datetime | None) -> str:
    """Return an instant in the reader's language and zone, to the minute: 14 Mar 2028, 09:05."""
    if value is None:
        return ""
    return _apart(format_datetime(value, f"{_day_pattern()}, HH:mm"))  # type: ignore[no-untyped-call]


def write_instant(value: datetime) -> str:
    """Return an instant in the reader's language and zone, to the second: 14 Mar 2028, 09:05:07."""
    return _apart(format_datetime(value, f"{_day_pattern()}, HH:mm:ss"))  # type: ignore[no-untyped-call]


def write_datetime_at(value: datetime, zone: str) -> str:
    """Return an instant as clocks in a zone show it, with the zone's town: 14 Mar 2028, 09:05 (Vienna)."""
    place = ZoneInfo(zone)
    text = format_datetime_in(
        value, f"{_day_pattern()}, HH:mm", tzinfo=place, locale=get_locale() or Locale("en")
    )
    return _apart(f"{text} ({zone_name(zone)})")


def house_time(value: datetime) -> str:
    """Return an instant to a reader, and as the manufacturer's clocks show it where theirs show another time."""
    zone = oem_zone().key
    text = write_datetime(value)
    return f"{text}, {write_datetime_at(value, zone)}" if is_other_time(value, zone) else text


def zone_name(zone: str) -> str:
    """Return the town by which a zone is known, in the reader's language."""
    return get_timezone_location(ZoneInfo(zone), locale=get_locale() or Locale("en"), return_city=True)


def write_span(starts_at: datetime, ends_at: datetime, zone: str | None = None) -> str:
    """Return a stretch of time, in the reader's zone or in `zone`: 14 Mar 2028, 09:00–17:00.

    Over midnight both days are said, with room around the dash, where a narrow line may break.
    """
    place, locale = ZoneInfo(zone or _select_time_zone()), get_locale() or Locale("en")
    begins = format_datetime_in(starts_at, f"{_day_pattern()}, HH:mm", tzinfo=place, locale=locale)
    is_one_day = starts_at.astimezone(place).date() == ends_at.astimezone(place).date()
    ends = (
        format_time_in(ends_at, "HH:mm", tzinfo=place, locale=locale)
        if is_one_day
        else format_datetime_in(ends_at, f"{_day_pattern()}, HH:mm", tzinfo=place, locale=locale)
    )
    return _apart(f"{begins}–{ends}" if is_one_day else f"{begins} – {ends}")


def is_other_time(value: datetime, zone: str) -> bool:
    """Return whether clocks in `zone` show another time than the reader's do."""
    there, here = ZoneInfo(zone), ZoneInfo(_select_time_zone())
    return value.astimezone(there).utcoffset() != value.astimezone(here).utcoffset()


def _apart(text: str, how: str = AS_WRITTEN) -> str:
    """Return a value that keeps its own order inside a line that runs from right to left: no day without its month."""
    locale = get_locale()
    return f"{how}{text}{END}" if locale is not None and locale.text_direction == "rtl" else text


def _day_pattern() -> str:
    return DAYS.get(getattr(get_locale(), "language", "en"), DAY)


def write_ago(value: datetime | None) -> str:
    """Return how long ago (or until) an instant is: 3 days ago, in 21 days."""
    if value is None:
        return ""
    return _apart(format_timedelta(value - clock.now(), add_direction=True, locale=get_locale() or "en"))


def days_until(value: date) -> int:
    """Return how many of the manufacturer's days a day is off; negative once it has ended there, and not before."""
    return (value - clock.today(oem_zone())).days


def write_until(value: date | None) -> str:
    """Return how far off a day is, counted in the manufacturer's days: today, in 21 days, 3 days ago."""
    if value is None:
        return ""
    days = days_until(value)
    if days == 0:
        return _("today")
    return _apart(
        format_timedelta(
            timedelta(days=days),
            granularity="day",
            threshold=45,
            add_direction=True,
            locale=get_locale() or "en",
        )
    )


def write_duration(seconds: float | None) -> str:
    """Return seconds as people say them: 40 min, 1 h 15 min."""
    if seconds is None:
        return ""
    hours, rest = divmod(round(seconds), HOUR)
    minutes = rest // MINUTE
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    if hours:
        return _("%(hours)s h", hours=hours)
    if minutes:
        return _("%(minutes)s min", minutes=minutes)
    return _("%(seconds)s s", seconds=rest)


def write_money(value: Money | None) -> str:
    """Return an amount with its currency, as the reader's language writes it."""
    if value is None:
        return ""
    locale = get_locale() or Locale("en")
    # Signs such as UK£ fall apart where the line runs from right to left.
    return _apart(str(format_currency(value.amount, value.currency, locale=locale)), LEFT_TO_RIGHT)


def write_number(value: Any) -> str:
    """Return a number with the reader's separators."""
    return "" if value is None else _number_in(value, get_locale() or Locale("en"))


def write_tenths(value: Decimal) -> str:
    """Return a number with one digit behind the reader's sign for it, a zero too."""
    return str(format_decimal(value, "0.0"))


def write_hundredths(value: float) -> str:
    """Return a number with two digits behind the reader's sign for it, as correlations are told."""
    return str(format_decimal(value, "0.00"))


@lru_cache(maxsize=4096)
def _number_in(value: Any, locale: Locale) -> str:
    """Return a number as long lists have it by the hundred: written once for each language."""
    return str(babel_numbers.format_decimal(value, locale=locale))


def write_percent(value: Decimal | float | None) -> str:
    """Return a share (0 to 1) as whole per cent, as the reader's language writes it.

    Rounded down: 79.6 % is not the 80 % that were asked for, and 99.7 % is not all of it.
    """
    if value is None:
        return ""
    return str(format_percent(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_FLOOR)))


def write_filesize(size_bytes: int | None) -> str:
    """Return bytes in decimal units: 184 MB."""
    if size_bytes is None:
        return ""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":  # noqa: PLR2004  decimal units, as disks are sold
            break
        size /= 1000
    number = format_decimal(round(size, 1 if size < 10 and unit != "B" else 0))  # noqa: PLR2004
    return _apart(f"{number} {unit}", LEFT_TO_RIGHT)


def write_country(code: str) -> str:
    """Return a country in the reader's language: United Kingdom for GB."""
    return str((get_locale() or Locale("en")).territories.get(code, code))


def write_language(code: str) -> str:
    """Return a language as the reader calls it: German for de."""
    return Locale.parse(code, sep="-").get_display_name(get_locale() or Locale("en")) or code


FILTERS: Mapping[str, Callable[[Any], str | int]] = {
    "country": write_country,
    "days_until": days_until,
    "date": write_date,
    "datetime": write_datetime,
    "month": write_month,
    "short_month": write_short_month,
    "ago": write_ago,
    "until": write_until,
    "duration": write_duration,
    "money": write_money,
    "number": write_number,
    "tenths": write_tenths,
    "hundredths": write_hundredths,
    "percent": write_percent,
    "filesize": write_filesize,
    "instant": write_instant,
    "language": write_language,
    "said": said,
}
