"""What a badge that somebody brings is worth: read whole, before anything in it is believed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from lms.certificates.badges import queries
from lms.certificates.badges.rules.shape import NoBadge, find_misfit, read_document
from lms.certificates.badges.values import BadgeCheck, Flaw, Place
from lms.certificates.cycles.queries import ledger
from lms.kernel import credentials
from lms.kernel.credentials import baking

LIST: Final = re.compile(r"/badges/status/([0-9]{1,6})$", re.ASCII)
INDEX: Final = re.compile(r"[0-9]{1,6}", re.ASCII)


def looks_like_badge(content: bytes) -> bool:
    """Return whether bytes are meant to be a badge: a PNG, or JSON."""
    return baking.is_png(content) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def check_badge(content: bytes, *, now: datetime) -> BadgeCheck:
    """Return what is wrong with a badge, as JSON or baked into a PNG, at `now`. Asks nobody but our own tables.

    Never raises for what a stranger may have made of it; credentials.NoKey if our own keys cannot be read.
    """
    try:
        document = read_document(baking.unbake(content) if baking.is_png(content) else content)
        misfit = find_misfit(document)
        proven = credentials.prove(document, is_readable=not misfit)
    except (NoBadge, credentials.Unreadable) as error:
        return BadgeCheck(flaws=(Flaw.NO_BADGE,), reason=str(error))
    if not proven.is_known:
        return BadgeCheck(flaws=(Flaw.NOT_OURS,), reason=proven.method)
    key = next(one for one in credentials.list_keys() if one.multikey == proven.multikey)
    if not proven.is_intact:
        return BadgeCheck(flaws=(Flaw.ALTERED,), reason=misfit, key=key)
    place = _bit_of(document["credentialStatus"])
    if place is None:
        return BadgeCheck(flaws=(Flaw.UNKNOWN,), key=key)
    certificate = ledger.get_certificate(place.certificate_id)
    flaws = [Flaw.REVOKED] if place.revoked_at else []
    if now > datetime.fromisoformat(document["validUntil"]).astimezone(UTC):
        flaws.append(Flaw.EXPIRED)
    today = queries.find_place(place.certificate_id)
    return BadgeCheck(
        flaws=tuple(flaws),
        key=key,
        code=certificate.code,
        has_newer=today is not None and today.turn > place.turn,
        is_picture=baking.is_png(content),
    )


def _bit_of(status: Mapping[str, Any]) -> Place | None:
    address, index = LIST.search(status["statusListCredential"]), INDEX.fullmatch(status["statusListIndex"])
    return queries.find_bit(int(address[1]), int(index[0])) if address and index else None
