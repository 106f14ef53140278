"""What a design may be, which one a certificate gets, and what a version changed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lms.certificates.documents.rules import colours
from lms.certificates.documents.values.designs import (
    FACTS,
    FACTS_AT_MOST,
    FADED_LEAST,
    FADED_MOST,
    FIELD_SHOWN,
    FIELDS_IN_WORDS,
    SIGNATURES_AT_MOST,
    WORDS_AT_MOST,
    Backdrop,
    Base,
    Candidate,
    Family,
    Field,
    Layout,
)
from lms.identity.values import BrandId
from lms.kernel.messages import Message

FIELD: Final = re.compile(r"\{([^{}]*)\}")
TEXTS: Final = ("intro", "holding", "body", "foot")
STARTS: Final[Mapping[Base, Layout]] = {
    Base.CHARTER: Layout(
        base=Base.CHARTER,
        heading=Family.SERIF,
        text=Family.SANS,
        sheet="#fffdf8",
        ink="#26211c",
        accent="#6b1f3a",
        backdrop=Backdrop.ROSETTE,
        body="Awarded after assessment by {issuer}, and entered in its public register of certificates.",
    ),
    Base.PLATE: Layout(
        base=Base.PLATE,
        heading=Family.SANS,
        text=Family.SANS,
        sheet="#ffffff",
        ink="#1c2430",
        accent="#123f5c",
        facts=(Field.ISSUED, Field.VALID_THROUGH, Field.SCORE, Field.PARTNER, Field.GROUNDS),
    ),
}
"""What both of our designs start as."""


def faults_of(layout: Layout) -> Mapping[str, Message]:
    """Return what is wrong with a design, by the field that it is wrong with; nothing when nothing is."""
    found: dict[str, Message] = {}
    for name in ("sheet", "ink", "accent"):
        if not colours.is_colour(getattr(layout, name)):
            found[name] = Message("Give a colour as # and six digits or letters from a to f.")
    if not FADED_LEAST <= layout.faded <= FADED_MOST:
        found["faded"] = Message(
            "Give a number from %(least)s to %(most)s.", least=str(FADED_LEAST), most=str(FADED_MOST)
        )
    if not found:
        found |= _unreadable(layout)
    if layout.backdrop is Backdrop.PICTURE and layout.background is None:
        found["background"] = Message("Choose the picture that lies behind the words.")
    for name in TEXTS:
        if fault := fault_of_words(getattr(layout, name)):
            found[name] = fault
    if len(layout.facts) > FACTS_AT_MOST:
        found["facts"] = Message("Choose at most %(most)s of them.", most=str(FACTS_AT_MOST))
    if len(layout.signatures) > SIGNATURES_AT_MOST:
        found["signatures"] = Message("At most %(most)s people sign.", most=str(SIGNATURES_AT_MOST))
    return found


def _unreadable(layout: Layout) -> Iterator[tuple[str, Message]]:
    ground = ground_of(layout)
    for name in ("ink", "accent"):
        worth = colours.contrast(getattr(layout, name), ground)
        if worth < colours.READABLE:
            yield (
                name,
                Message(
                    "It cannot be read on the sheet: its contrast is %(worth)s to 1, and must be %(least)s to 1.",
                    worth=f"{worth:.1f}",
                    least=str(colours.READABLE),
                ),
            )


def ground_of(layout: Layout) -> str:
    """Return the darkest that lies behind the words."""
    if layout.backdrop is Backdrop.PICTURE:
        return colours.darkest_ground(layout.sheet, faded=layout.faded)
    return layout.sheet


def fault_of_words(text: str) -> Message | None:
    """Return what is wrong with a text of a design."""
    if len(text) > WORDS_AT_MOST:
        return Message("At most %(most)s characters.", most=str(WORDS_AT_MOST))
    named = FIELD.findall(text)
    for name in named:
        if name not in set(Field):
            return Message("There is no field {%(name)s}.", name=name[:40])
    if len(named) > FIELDS_IN_WORDS or len(set(named)) < len(named):
        return Message("At most %(most)s fields, each once.", most=str(FIELDS_IN_WORDS))
    if "{" in FIELD.sub("", text) or "}" in FIELD.sub("", text):
        return Message("A brace stands alone. Fields are written as {name}.")
    return None


def filled(text: str, values: Mapping[Field, str]) -> str:
    """Return a text with its fields filled in; nothing if the certificate has nothing of one of them."""
    if any(not values.get(Field(name)) for name in FIELD.findall(text)):
        return ""
    return FIELD.sub(lambda found: _short(values[Field(found[1])]), text)


def _short(value: str) -> str:
    return value if len(value) <= FIELD_SHOWN else value[: FIELD_SHOWN - 1].rstrip() + "…"


def languages_of(locale: str) -> tuple[str, ...]:
    """Return a language and what it is a kind of: pt-BR, pt."""
    whole = locale.replace("_", "-")
    return tuple(dict.fromkeys((whole, whole.partition("-")[0])))


def pick(candidates: Iterable[Candidate], *, brand_id: BrandId, locale: str) -> Candidate | None:
    """Return the design of a new certificate, None for our plain one.

    First its brand in its language, then its brand in any, then any brand in its language, then any in any.
    """
    spoken = languages_of(locale)

    def nearness(one: Candidate) -> tuple[int, int]:
        return (
            0 if one.brand_id is not None else 1,
            spoken.index(one.language) if one.language is not None else len(spoken),
        )

    fitting = [
        one
        for one in candidates
        if one.brand_id in (brand_id, None) and (one.language is None or one.language in spoken)
    ]
    return min(fitting, key=nearness, default=None)


@dataclass(frozen=True, slots=True)
class Change:
    """What one part of a design was and is; a list of facts or signatures by its parts."""

    part: str
    was: object
    now: object


def changes(before: Layout, after: Layout) -> Sequence[Change]:
    """Return what differs between two versions, part by part."""
    return [
        Change(part, was, now)
        for part in Layout.__struct_fields__
        if (was := getattr(before, part)) != (now := getattr(after, part))
    ]


def in_order(facts: Iterable[Field]) -> tuple[Field, ...]:
    """Return facts in the order in which they stand on the sheet."""
    chosen = set(facts)
    return tuple(one for one in FACTS if one in chosen)


def way_of(text: str) -> str:
    """Return which way a text runs, ltr or rtl, by its first letter that says so; nothing if none does."""
    for one in text:
        if (kind := unicodedata.bidirectional(one)) in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return ""
