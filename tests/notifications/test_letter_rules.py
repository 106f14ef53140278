"""When a letter goes out: quiet hours and digests by the clocks of the reader, also on the days when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notifications import rules
from lms.notifications.values import Choices, Delivery, LetterHours, NoticeGroup, NoticeKind, Quiet

NIGHT = Quiet(20 * 60, 7 * 60)
ZONES = (
    "UTC",
    "Europe/Vienna",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Pacific/Apia",  # left out a whole day in 2011
    "Pacific/Kiritimati",  # +14
    "Pacific/Pago_Pago",  # -11
    "Asia/Kathmandu",
    "Africa/Casablanca",
)


def hours(zone="Europe/Vienna", *, digest=8 * 60, weekday=0, quiet: Quiet | None = NIGHT):
    return LetterHours(time_zone=zone, digest_minute=digest, weekday=weekday, quiet=quiet)


def at(text, zone="Europe/Vienna"):
    """Return an instant written as clocks show it; `*` after it is the second of two."""
    moment = datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=ZoneInfo(zone), fold=text.endswith("*"))
    return moment.astimezone(UTC)


def shown(instant, zone="Europe/Vienna"):
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "now, delivery, expected",
    [
        # Quiet hours over midnight: from their first minute on, and not in their last.
        ("2026-11-26 19:59", Delivery.AT_ONCE, "2026-11-26 19:59"),
        ("2026-11-26 20:00", Delivery.AT_ONCE, "2026-11-27 07:00"),
        ("2026-11-27 03:00", Delivery.AT_ONCE, "2026-11-27 07:00"),
        ("2026-11-27 06:59", Delivery.AT_ONCE, "2026-11-27 07:00"),
        ("2026-11-27 07:00", Delivery.AT_ONCE, "2026-11-27 07:00"),
        # The daily digest: the next one, never the one that has just gone.
        ("2026-11-26 07:59", Delivery.DAILY, "2026-11-26 08:00"),
        ("2026-11-26 08:00", Delivery.DAILY, "2026-11-27 08:00"),
        ("2026-11-26 23:30", Delivery.DAILY, "2026-11-27 08:00"),
        # The weekly one: 26 November 2026 is a Thursday.
        ("2026-11-26 12:00", Delivery.WEEKLY, "2026-11-30 08:00"),
        ("2026-11-30 07:00", Delivery.WEEKLY, "2026-11-30 08:00"),
        ("2026-11-30 08:00", Delivery.WEEKLY, "2026-12-07 08:00"),
        # Over the end of summer time: 08:00 stays 08:00.
        ("2026-10-24 12:00", Delivery.DAILY, "2026-10-25 08:00"),
        ("2027-03-27 12:00", Delivery.DAILY, "2027-03-28 08:00"),
        ("2027-03-27 22:00", Delivery.AT_ONCE, "2027-03-28 07:00"),
    ],
)
def test_a_letter_goes_when_its_reader_wants_it(now, delivery, expected):
    assert shown(rules.next_letter_at(at(now), delivery, hours())) == expected


def test_a_digest_in_an_hour_that_clocks_skip_goes_by_the_offset_before_and_on_no_other_day_moves():
    early = hours(digest=2 * 60 + 30, quiet=None)
    first = rules.next_letter_at(at("2027-03-27 12:00"), Delivery.DAILY, early)
    second = rules.next_letter_at(first, Delivery.DAILY, early)
    assert [shown(one) for one in (first, second)] == ["2027-03-28 03:30", "2027-03-29 02:30"]


def test_a_digest_in_an_hour_that_comes_twice_goes_once():
    early = hours(digest=2 * 60 + 30, quiet=None)
    first = rules.next_letter_at(at("2026-10-24 12:00"), Delivery.DAILY, early)
    assert first == at("2026-10-25 02:30")
    for later in (first, at("2026-10-25 02:15*"), at("2026-10-25 02:45*")):
        assert shown(rules.next_letter_at(later, Delivery.DAILY, early)) == "2026-10-26 02:30"


def test_quiet_hours_that_end_in_an_hour_that_comes_twice_end_once():
    early = hours(quiet=Quiet(20 * 60, 2 * 60 + 30))
    assert rules.after_quiet(at("2026-10-25 02:15"), early) == at("2026-10-25 02:30")
    assert rules.after_quiet(at("2026-10-25 02:15*"), early) == at("2026-10-25 02:15*")


def test_quiet_hours_may_be_in_the_day_and_the_same_time_twice_is_none():
    siesta = hours(quiet=Quiet(13 * 60, 15 * 60))
    assert shown(rules.after_quiet(at("2026-11-26 14:00"), siesta)) == "2026-11-26 15:00"
    assert shown(rules.after_quiet(at("2026-11-26 23:00"), siesta)) == "2026-11-26 23:00"
    never = hours(quiet=Quiet(9 * 60, 9 * 60))
    assert rules.after_quiet(at("2026-11-26 09:00"), never) == at("2026-11-26 09:00")


def test_a_digest_hour_within_quiet_hours_waits_for_their_end():
    assert (
        shown(rules.next_letter_at(at("2026-11-26 12:00"), Delivery.DAILY, hours(digest=5 * 60)))
        == "2026-11-27 07:00"
    )


@pytest.mark.parametrize(
    "now, delivery, by, expected, way",
    [
        # A weekly digest comes too late for a date on Friday; quiet hours do not.
        ("2026-11-26 12:00", Delivery.WEEKLY, "2026-11-28 00:00", "2026-11-26 12:00", Delivery.AT_ONCE),
        ("2026-11-26 21:00", Delivery.WEEKLY, "2026-11-28 00:00", "2026-11-27 07:00", Delivery.AT_ONCE),
        # What begins before the night ends goes in the night.
        ("2026-11-26 21:00", Delivery.AT_ONCE, "2026-11-27 05:00", "2026-11-26 21:00", Delivery.AT_ONCE),
        ("2026-11-26 12:00", Delivery.DAILY, "2026-11-28 00:00", "2026-11-27 08:00", Delivery.DAILY),
        # What is past is in no hurry.
        ("2026-11-26 21:00", Delivery.AT_ONCE, "2026-11-25 00:00", "2026-11-27 07:00", Delivery.AT_ONCE),
    ],
)
def test_what_is_soon_worth_nothing_waits_for_no_digest_and_no_morning(now, delivery, by, expected, way):
    found, chosen = rules.letter_at(at(now), delivery, hours(), by=at(by))
    assert (shown(found), chosen) == (expected, way)


def kind(**more):
    return NoticeKind(
        key="k",
        subject="",
        body="",
        icon="bell",
        state="none",
        **{"group": NoticeGroup.DEALS, **more},
    )


@pytest.mark.parametrize(
    "chosen, told, has_calendar, expected",
    [
        (Delivery.WEEKLY, kind(), False, Delivery.WEEKLY),
        (Delivery.WEEKLY, kind(), True, Delivery.AT_ONCE),
        (Delivery.PORTAL, kind(), True, Delivery.PORTAL),
        (Delivery.PORTAL, kind(is_mandatory=True), False, Delivery.AT_ONCE),
        (Delivery.DAILY, kind(by_mail=False), False, Delivery.PORTAL),
        (Delivery.DAILY, kind(group=NoticeGroup.LEARNING), False, Delivery.AT_ONCE),
    ],
)
def test_how_a_notice_reaches_somebody(chosen, told, has_calendar, expected):
    choices = Choices(hours=hours(), deliveries={NoticeGroup.DEALS: chosen})
    assert rules.delivery_for(told, choices, has_calendar=has_calendar) is expected


MINUTES = st.integers(0, 24 * 60 - 1)
QUIETS = st.one_of(st.none(), st.builds(Quiet, MINUTES, MINUTES))
ALL_HOURS = st.builds(
    LetterHours,
    time_zone=st.sampled_from(ZONES),
    digest_minute=MINUTES,
    weekday=st.integers(0, 6),
    quiet=QUIETS,
)
CHANGES = [
    at("2027-03-28 02:30"),
    at("2026-10-25 02:30"),
    at("2026-11-01 01:30", "America/New_York"),
    at("2026-10-04 02:15", "Australia/Lord_Howe"),
    at("2011-12-29 23:59", "Pacific/Apia"),
]
INSTANTS = st.one_of(
    st.integers(0, 24 * 366 * 1440).map(
        lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.builds(
        lambda moment, minutes: moment + timedelta(minutes=minutes),
        st.sampled_from(CHANGES),
        st.integers(-1600, 1600),
    ),
)
DELIVERED = st.sampled_from([Delivery.AT_ONCE, Delivery.DAILY, Delivery.WEEKLY])
LONGEST = {
    Delivery.AT_ONCE: timedelta(days=2),
    Delivery.DAILY: timedelta(days=4),
    Delivery.WEEKLY: timedelta(days=10),
}


@given(INSTANTS, DELIVERED, ALL_HOURS)
def test_every_letter_goes_in_time_and_never_in_quiet_hours(now, delivery, chosen):
    found = rules.next_letter_at(now, delivery, chosen)
    assert now <= found <= now + LONGEST[delivery]
    assert rules.after_quiet(found, chosen) == found


@given(INSTANTS, DELIVERED, ALL_HOURS, st.floats(0, 1, exclude_max=True))
def test_what_comes_later_goes_in_the_same_letter_until_that_is_written(now, delivery, chosen, share):
    found = rules.next_letter_at(now, delivery, chosen)
    between = now + (found - now) * share
    later = rules.next_letter_at(between, delivery, chosen)
    if delivery is Delivery.AT_ONCE or chosen.quiet is None:
        assert later == found
    else:
        # A digest that waits out quiet hours is not overtaken by the one after it.
        assert later >= found


@given(INSTANTS, st.sampled_from([Delivery.DAILY, Delivery.WEEKLY]), ALL_HOURS)
def test_a_digest_shows_the_hour_that_was_chosen_wherever_clocks_have_it(now, delivery, chosen):
    free = LetterHours(
        time_zone=chosen.time_zone, digest_minute=chosen.digest_minute, weekday=chosen.weekday, quiet=None
    )
    found = rules.next_letter_at(now, delivery, free)
    local = found.astimezone(ZoneInfo(chosen.time_zone))
    before = (found - timedelta(days=1)).astimezone(ZoneInfo(chosen.time_zone))
    is_then = local.hour * 60 + local.minute == chosen.digest_minute
    is_that_day = delivery is Delivery.DAILY or local.weekday() == chosen.weekday
    # Elsewhere only where clocks skipped the hour, or all of the day.
    assert (is_then and is_that_day) or local.utcoffset() != before.utcoffset()


@given(INSTANTS, DELIVERED, ALL_HOURS, ALL_HOURS, st.integers(0, 14 * 60))
def test_a_change_of_zone_postpones_nothing_beyond_either_place_and_sends_nothing_into_the_night(
    now, delivery, here, there, minutes
):
    due = rules.next_letter_at(now, delivery, here)
    moved_at = now + timedelta(minutes=minutes)
    found, _way = rules.moved(due, moved_at, delivery, there, by=None)
    if due <= moved_at:
        assert found == due, "what was due is due"
        return
    assert moved_at <= found <= rules.after_quiet(due, there)
    assert rules.after_quiet(found, there) == found
    assert found <= rules.next_letter_at(moved_at, delivery, there)


@given(INSTANTS, DELIVERED, ALL_HOURS, st.integers(-600, 20000))
def test_what_is_worth_nothing_after_an_instant_goes_before_it(now, delivery, chosen, minutes):
    by = now + timedelta(minutes=minutes)
    found, _way = rules.letter_at(now, delivery, chosen, by=by)
    assert found >= now
    assert by <= now or found <= by
