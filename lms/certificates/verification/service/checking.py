"""Checking a file that somebody was given as a certificate: whose it is, whether it is whole, what it is worth now.

The page and `lms certificates verify` ask here. A file is never kept, and read in a process that can be ended.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from babel.core import Locale, UnknownLocaleError
from flask_babel import force_locale

from lms.certificates.badges import facade as badges
from lms.certificates.verification import queries, rules
from lms.certificates.verification.rules import network_of
from lms.certificates.verification.service import looking_up
from lms.certificates.verification.values import Checked, Claim, Paper, Ruling, Saying, Verdict
from lms.kernel import signing
from lms.kernel.buckets import Buckets
from lms.kernel.errors import TooMany
from lms.kernel.messages import Message
from lms.kernel.signing import Examined
from lms.web.context import write_date

FILE_BYTES: Final = 5_000_000
FILES_EACH: Final = 12
"""So many files a minute from one network."""
WAIT_SECONDS: Final = 60
WRITTEN: Final = re.compile(r"\bGH(?:-[0-9A-Z]{4}){2,8}\b")
CODES_TRIED: Final = 3
HEAD_BYTES: Final = 1024
"""Readers find the beginning of a PDF within so many bytes (ISO 32000-1, annex H)."""
_files = Buckets()

Find = Callable[[str], Verdict | None]
"""What looks a number up, by its text."""


class Checker(NamedTuple):
    """One kind of file that we check: how it is known by its first bytes, and who looks into it."""

    names: Sequence[str]
    """The endings of its files' names, as a form offers them."""
    knows: Callable[[bytes], bool]
    check: Callable[[bytes, Find, datetime], Checked]


def check_pdf(content: bytes, find: Find, _now: datetime) -> Checked:
    """Return what a PDF is, against what the register says of the certificate whose number it bears."""
    try:
        found = signing.examine(content)
    except signing.TooMuch:
        words = Message(
            "It takes more time or memory to read than any certificate does. We stopped, and know no more of it."
        )
        return Checked(ruling=Ruling.TOO_MUCH, sayings=[Saying(words, is_well=False)])
    paper = _paper_of(found)
    verdict = next((one for one in map(find, paper.codes) if one is not None), None)
    lines = [*found.shown.lines, *found.texts]
    claims = _claims_of(verdict, found.language) if verdict is not None else []
    return Checked(
        ruling=rules.rule(paper, verdict),
        sayings=rules.say(paper, verdict),
        verdict=verdict,
        claims=rules.compare(claims, lines if found.shown.lines else ()),
        added=paper.added,
        gone=paper.gone,
    )


def check_badge(content: bytes, find: Find, now: datetime) -> Checked:
    """Return what a badge is, as JSON or within its picture: one that is none of ours is not read further."""
    found = badges.check_badge(content, now=now)
    verdict = find(found.code) if found.code else None
    reason = [Saying(found.reason)] if found.reason else []
    if verdict is not None and found.is_picture:
        words = Message(
            "Only the data inside the picture is signed, not what it shows: compare it with what the register says."
        )
        reason.append(Saying(words))
    return Checked(
        ruling=rules.rule_badge(found, verdict),
        sayings=[*(Saying(line.words, is_well=line.is_well) for line in badges.say_badge(found)), *reason],
        verdict=verdict,
        claims=_claims_of(verdict, "") if verdict is not None else [],
    )


CHECKERS: Final[Sequence[Checker]] = (
    Checker((".pdf",), lambda content: b"%PDF-" in content[:HEAD_BYTES], check_pdf),
    Checker((".png", ".json"), badges.looks_like_badge, check_badge),
)
"""Every kind of file that the page takes; a further kind is a further line."""


def names() -> Sequence[str]:
    """Return the endings of the names of files that are taken, each with its dot."""
    return [name for one in CHECKERS for name in one.names]


def check(content: bytes, *, now: datetime, find: Find | None = None) -> Checked:
    """Return what a file is and what it is worth at `now`; CannotExamine while too many are looked at."""
    finding = find or partial(queries.find_verdict, now=now)
    for one in CHECKERS:
        if one.knows(content):
            return one.check(content, finding, now)
    words = Message("This is neither a PDF nor a badge, or so damaged that it cannot be read.")
    return Checked(ruling=Ruling.OTHER_KIND, sayings=[Saying(words, is_well=False)])


def check_for(content: bytes, *, address: str, now: datetime) -> Checked:
    """Do the same for somebody at a network address; TooMany for who asks too often, or guesses numbers by files."""
    if not _files.take(network_of(address), FILES_EACH):
        raise TooMany(
            Message("Too many files within a minute. Wait a minute and try again."),
            retry_after_seconds=WAIT_SECONDS,
        )
    return check(content, now=now, find=partial(looking_up.look_up, address=address, now=now))


def _paper_of(found: Examined) -> Paper:
    return Paper(
        is_pdf=found.is_pdf,
        is_signed=found.is_signed,
        is_intact=found.is_intact,
        is_changed=found.is_changed,
        is_ours=found.trust is signing.Trust.OURS,
        signer=found.signer,
        signed_at=found.signed_at,
        codes=_codes_in(found.texts),
        added=found.shown.added,
        gone=found.shown.gone,
    )


def _codes_in(texts: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(code for text in texts for code in WRITTEN.findall(text)))[:CODES_TRIED]


def _claims_of(verdict: Verdict, language: str) -> Sequence[Claim]:
    """Return what the register says, with days as a document in this language writes them."""
    proof, certificate = verdict.proof, verdict.proof.certificate
    with force_locale(_locale_of(language, proof.language)):
        issued, through = write_date(certificate.issued_on), write_date(certificate.term.valid_through)
    return [
        Claim(Message("Holder"), proof.holder),
        Claim(Message("Certification"), certificate.title),
        Claim(Message("Issued"), issued),
        Claim(Message("Valid through"), through),
        Claim(Message("Number"), certificate.code),
    ]


def _locale_of(language: str, otherwise: str) -> str:
    """Return a language that a stranger's file names, if there is such a one."""
    try:
        return str(Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        return otherwise
