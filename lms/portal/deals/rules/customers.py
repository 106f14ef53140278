"""When two ways of writing an end customer mean the same one, and which are similar enough to look at."""

import re
import unicodedata
from urllib.parse import urlsplit

from rapidfuzz import fuzz

SIMILAR = 86
"""The score (0 to 100) from which two names are shown as similar."""

_LEGAL_FORMS = frozenset(
    """
    ab ag aps as asa bhd bv bvba co coop corp corporation cv doo eg eingetragen ek ev gesmbh gmbh gbr
    inc incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg ooo oy oyj plc pte pty
    pvt sa sab sarl sas scs se sl spa spol sro srl stiftung ug vof zoo company gesellschaft
    aktiengesellschaft aktiebolag
    """.split()  # noqa: SIM905  a list of words reads best as words
)
_EMPTY_WORDS = frozenset(
    """
    and und et och og e y the der die das le la les of for
    """.split()  # noqa: SIM905  a list of words reads best as words
)
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ð": "d", "\u0131": "i"}
)
_SHARED_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com gmx.net gmx.de gmx.at
    web.de proton.me protonmail.com t-online.de bluewin.ch aol.com mail.com zoho.com btinternet.com
    """.split()  # noqa: SIM905  a list of words reads best as words
)
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


def words_of(name: str) -> list[str]:
    """Return a name's telling words: folded, without legal forms, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_UNDECOMPOSED))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    # "S.p.A.", "A/S" and "G.m.b.H." are one word each; other signs part words.
    joined = re.sub(r"(?<=\b\w)[./](?=\w\b)", "", plain.replace("’", "").replace("'", ""))
    joined = re.sub(r"\bsp\W*z\W*o\W*o\b", " ", joined)  # the Polish form is four words
    words = "".join(letter if letter.isalnum() else " " for letter in joined).split()
    telling = [word for word in words if word not in _LEGAL_FORMS and word not in _EMPTY_WORDS]
    return telling or words


def name_key(name: str) -> str:
    """Return what two spellings of one legal name have in common."""
    return " ".join(words_of(name))


def domain_of(text: str) -> str | None:
    """Return the host of an address, link or e-mail address, without "www."; None if there is none."""
    plain = text.strip().lower()
    if not plain:
        return None
    plain = plain.rsplit("@", 1)[-1] if "@" in plain else plain
    try:
        host = urlsplit(plain if "//" in plain else f"//{plain}").hostname or ""
        ascii_host = host.removeprefix("www.").rstrip(".").encode("idna").decode("ascii")
    except ValueError:  # half an address in brackets, or a label that no name may have
        return None
    return ascii_host if _HOST.fullmatch(ascii_host) else None


def telling_domain(text: str) -> str | None:
    """Return the domain if it can tell one customer from another; a mail provider's cannot."""
    domain = domain_of(text)
    return None if domain in _SHARED_DOMAINS else domain


def blocking_keys(name: str, country: str) -> frozenset[str]:
    """Return the keys under which similar names lie: the beginning of each telling word, within a country."""
    return frozenset(f"{country}:{word[:4]}" for word in words_of(name) if len(word) > 2)  # noqa: PLR2004  initials tell nothing


def similarity(one: str, other: str) -> int:
    """Return how alike two names are, 0 to 100, whatever the order of their words."""
    return round(fuzz.token_sort_ratio(name_key(one), name_key(other)))
