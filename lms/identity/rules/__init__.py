"""Pure decisions about sign-ins: tries, passwords, how far a role may reach, what a browser calls itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.identity.values import PasswordFault, RoleReach
from lms.kernel.actor import Grant, Role

WINDOW = timedelta(minutes=15)
BLOCK = timedelta(minutes=15)
ACCOUNT_LIMIT = 8
ADDRESS_LIMIT = 60
RESET_ACCOUNT_LIMIT = 3
RESET_ADDRESS_LIMIT = 20
PASSWORD_MIN = 12
PASSWORD_MAX = 200


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed tries under one key."""

    failures: int
    window_from: datetime
    blocked_until: datetime | None


def after_failure(tries: Tries, *, limit: int, now: datetime) -> Tries:
    """Return the tries with one more failure: a full window blocks the key for `BLOCK`."""
    fresh = now - tries.window_from > WINDOW
    failures = 1 if fresh else tries.failures + 1
    window_from = now if fresh else tries.window_from
    return Tries(failures, window_from, now + BLOCK if failures >= limit else tries.blocked_until)


def wait_seconds(blocked_until: datetime | None, now: datetime) -> int:
    """Return for how many whole seconds a key is still blocked; 0 if it is not."""
    if blocked_until is None or blocked_until <= now:
        return 0
    return int((blocked_until - now).total_seconds()) + 1


# The long ones of the lists of leaked passwords, and the words that most of the others are made of.
COMMON_WORDS = frozenset(
    """
    password passwort kennwort passw0rd p@ssword p@ssw0rd pass word motdepasse contraseña geheim secret
    qwerty qwertz azerty qwertyuiop qwertzuiop qwertyuiopasdfghjkl asdfghjkl zxcvbnm yxcvbnm qazwsx qazwsxedc
    qwertyqwerty 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv zaq12wsxcde3 q1w2e3r4t5y6 asdfasdfasdf
    abc abcd abcdef abcdefgh abcdefghijkl abcdefghijklmnop iloveyou iloveyouforever letmein letmeinplease welcome
    willkommen hallo hello admin administrator superadmin changeme changemeplease changemenow default temporary
    guildhall partner portal training login signin football baseball basketball superman batman pokemon starwars
    dragon monkey sunshine princess trustno mustang michael jennifer jessica charlie summer winter spring autumn
    sommer frühling herbst unbelievable thunderbirds manchesterunited liverpool arsenal chelsea
    correcthorsebatterystaple
    """.split()  # noqa: SIM905  a hundred words are read as words
)
_ROWS = (
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
)
_OWN_PART_MIN, _REST_MIN, _KINDS_OF_SIGN_MIN = 3, 8, 5


def password_fault(password: str, *, name: str, email: str) -> PasswordFault | None:
    """Return why a password is not taken, or None if it is.

    Length first (NIST SP 800-63B §5.1.1.2), then what guessers try first: common words with digits around them,
    rows of keys, few signs repeated, and the person's own name or address.
    """
    if len(password) < PASSWORD_MIN:
        return PasswordFault.SHORT
    if len(password) > PASSWORD_MAX:
        return PasswordFault.LONG
    folded = password.casefold()
    if len(set(folded)) < _KINDS_OF_SIGN_MIN or _is_repeated(folded):
        return PasswordFault.REPEATED
    if _is_common(folded):
        return PasswordFault.COMMON
    if _is_personal(folded, name=name, email=email):
        return PasswordFault.PERSONAL
    return None


def _is_repeated(folded: str) -> bool:
    """Return whether a short piece is said over and over: "horse" + "horse"."""
    return any(
        folded == (folded[:width] * len(folded))[: len(folded)] for width in range(1, len(folded) // 2 + 1)
    )


def _is_common(folded: str) -> bool:
    letters = re.sub(r"[\W\d_]+", "", folded)
    rows = [*_ROWS, *[row[::-1] for row in _ROWS]]
    return (
        folded in COMMON_WORDS
        or not letters
        or letters in COMMON_WORDS
        or any(letters in row + row for row in rows)
        or any(folded in row + row for row in rows)
    )


def _is_personal(folded: str, *, name: str, email: str) -> bool:
    """Return whether little is left once the person's own words are taken out."""
    account, _at, domain = email.casefold().partition("@")
    own = {*re.split(r"[\W_\d]+", name.casefold()), *re.split(r"[\W_\d]+", account), domain.partition(".")[0]}
    rest = folded
    for word in sorted((word for word in own if len(word) >= _OWN_PART_MIN), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and len(re.sub(r"[\W\d_]+", "", rest)) < _REST_MIN


REACHES: Mapping[Role, tuple[RoleReach, ...]] = {
    Role.PARTNER_ADMIN: (RoleReach.ORGANISATION,),
    Role.CHANNEL_MANAGER: (RoleReach.REGION, RoleReach.ORGANISATION, RoleReach.EVERYTHING),
    Role.TRAINER: (RoleReach.EVERYTHING,),
    Role.PROGRAMME_MANAGER: (RoleReach.EVERYTHING,),
    Role.ADMINISTRATOR: (RoleReach.EVERYTHING,),
    Role.AUDITOR: (RoleReach.EVERYTHING,),
}
"""How far each role may be given. Everyone is a learner; nobody is given that."""

_PARTNERS_OWN = frozenset({Role.LEARNER, Role.PARTNER_ADMIN})


def outranks_partner(grants: Iterable[Grant]) -> bool:
    """Return whether a person holds a role of the manufacturer's, which no partner's admin may touch."""
    return any(grant.role not in _PARTNERS_OWN for grant in grants)


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> tuple[str, str]:
    """Return the names of the browser and the system that a User-Agent claims, each empty if it is unknown."""
    return (
        next((name for sign, name in _BROWSERS if sign in user_agent), ""),
        next((name for sign, name in _SYSTEMS if sign in user_agent), ""),
    )


_LINK_TOKEN = re.compile(r"/(?:<wbr>)?(reset|invitation|unsubscribe)/(?:[\w-]|\.(?=[\w-])|<wbr>)+")
"""A link's secret, also where a letter lets it break."""


def without_link_tokens(text: str) -> str:
    """Return a letter's text with the secret of every link left out that acts for whoever has it."""
    return _LINK_TOKEN.sub(r"/\1/…", text)
