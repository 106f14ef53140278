"""What a password must be, and other pure decisions about people."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.identity.rules import (
    ACCOUNT_LIMIT,
    Tries,
    after_failure,
    browser_of,
    outranks_partner,
    password_fault,
    wait_seconds,
    without_link_tokens,
)
from lms.identity.values import PasswordFault
from lms.kernel.actor import EVERYTHING, Grant, Role, Scope

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "password, fault",
    [
        ("short words", PasswordFault.SHORT),
        ("x" * 201, PasswordFault.LONG),
        ("aaaaaaaaaaaa", PasswordFault.REPEATED),
        ("horsehorsehorse", PasswordFault.REPEATED),
        ("Password1234!", PasswordFault.COMMON),
        ("123456789012", PasswordFault.COMMON),
        ("987654321098", PasswordFault.COMMON),
        ("Qwertyuiop1234", PasswordFault.COMMON),
        ("poiuytrewq12", PasswordFault.COMMON),
        ("Sommer2026!!", PasswordFault.COMMON),
        ("administrator", PasswordFault.COMMON),
        ("Amara.Osei.1984", PasswordFault.PERSONAL),
        ("brixham-amara-1", PasswordFault.PERSONAL),
        ("Wet lantern over Leeds", None),
        ("amara walks to the harbour", None),
        ("k9-Tz!0vQm_w", None),
        ("حجر وماء ونور بعيد", None),
    ],
)
def test_a_password_that_guessers_try_first_is_refused_and_says_why(password, fault):
    assert password_fault(password, name="Amara Osei", email="amara.osei@brixham.example") == fault


@given(st.text(min_size=0, max_size=300))
def test_no_text_breaks_the_rule_for_passwords(text):
    assert password_fault(text, name=text, email=text) in {None, *PasswordFault}


@given(st.lists(st.floats(min_value=0, max_value=400), min_size=ACCOUNT_LIMIT, max_size=ACCOUNT_LIMIT))
def test_as_many_failures_as_the_limit_within_the_window_always_block(gaps):
    tries, now = Tries(0, NOW, None), NOW
    for gap in [0.0, *[gap * 2 / len(gaps) for gap in gaps[1:]]]:
        now += timedelta(seconds=gap)
        tries = after_failure(tries, limit=ACCOUNT_LIMIT, now=now)
    assert wait_seconds(tries.blocked_until, now) > 0


def test_failures_far_apart_never_block():
    tries, now = Tries(0, NOW, None), NOW
    for _ in range(50):
        now += timedelta(minutes=16)
        tries = after_failure(tries, limit=ACCOUNT_LIMIT, now=now)
    assert wait_seconds(tries.blocked_until, now) == 0


def test_a_partners_admin_outranks_nobody_of_the_manufacturer():
    own = Scope(organisation_roots=frozenset())
    assert not outranks_partner([Grant(Role.LEARNER, own), Grant(Role.PARTNER_ADMIN, own)])
    assert outranks_partner([Grant(Role.LEARNER, own), Grant(Role.AUDITOR, EVERYTHING)])


@pytest.mark.parametrize(
    "user_agent, named",
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
            ("Firefox", "Windows"),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) Chrome/142.0 Safari/537.36",
            ("Chrome", "Linux"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            ("Safari", "iPhone"),
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            ("Edge", "Windows"),
        ),
        ("curl/8.5", ("", "")),
    ],
)
def test_a_browser_is_named_as_people_know_it(user_agent, named):
    assert browser_of(user_agent) == named


def test_a_letter_shows_no_secret_of_a_link():
    text = "Open https://portal.example/reset/aB3-_x9 or https://portal.example/invitation/Zz0 now."
    shown = without_link_tokens(text)
    assert "aB3" not in shown
    assert "Zz0" not in shown
    assert "https://portal.example/reset/…" in shown


def test_a_links_secret_is_left_out_where_the_letter_lets_it_break_too():
    html = '<a href="http://h/reset/abc-1">http:/<wbr>/<wbr>h/<wbr>reset/<wbr>abcdefghijklmnop<wbr>qrs_9</a>'
    assert without_link_tokens(html) == '<a href="http://h/reset/…">http:/<wbr>/<wbr>h/reset/…</a>'
