"""What a certificate's design is: typed values alone, so that no author writes HTML or CSS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from lms.identity.values import BrandId, PersonId

DesignId = NewType("DesignId", UUID)
DesignVersionId = NewType("DesignVersionId", UUID)

SIGNATURES_AT_MOST = 3
FACTS_AT_MOST = 6
WORDS_AT_MOST = 200
"""Characters of a text of a design, its fields by their names."""
FIELDS_IN_WORDS = 3
FIELD_SHOWN = 60
"""Characters of a field inside a text. The name and the certification stand whole in places of their own."""
FADED_LEAST, FADED_MOST = 5, 30


class Base(StrEnum):
    """Which of our designs it started from: how the sheet is divided."""

    CHARTER = "charter"
    """Everything on one axis inside an engraved frame."""
    PLATE = "plate"
    """A plate of colour with the seal, and the words beside it from one edge."""


class Paper(StrEnum):
    """The sheet."""

    A4 = "a4"
    LETTER = "letter"


class Orientation(StrEnum):
    """Which way the sheet is held."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Family(StrEnum):
    """A family of letters that the product ships; for other scripts each is joined by the Noto fonts."""

    SERIF = "Source Serif 4"
    SANS = "Inter"


class Backdrop(StrEnum):
    """What lies behind the words."""

    PLAIN = "plain"
    ROSETTE = "rosette"
    """Engraved lines in the accent's colour, as on a banknote."""
    PICTURE = "picture"


class Field(StrEnum):
    """What a certificate can say of itself, in a text as {name} or among its facts."""

    NAME = "name"
    CERTIFICATION = "certification"
    BRAND = "brand"
    ISSUER = "issuer"
    ISSUED = "issued"
    VALID_THROUGH = "valid_through"
    NUMBER = "number"
    LEVEL = "level"
    SCORE = "score"
    HOURS = "hours"
    PARTNER = "partner"
    LANGUAGE = "language"
    GROUNDS = "grounds"


FACTS = (
    *(Field.ISSUED, Field.VALID_THROUGH, Field.LEVEL, Field.SCORE, Field.HOURS),
    *(Field.BRAND, Field.LANGUAGE, Field.PARTNER, Field.GROUNDS),
)
"""What can stand among the facts, in their order; what a certificate has nothing of is left out."""


class Picture(msgspec.Struct, frozen=True):
    """A picture that was looked into, by the hash of its bytes; width and height in pixels or the drawing's units."""

    sha256: str
    media_type: str
    width: int
    height: int


class Signature(msgspec.Struct, frozen=True):
    """Who signs: without a picture there is a line to sign on."""

    name: str
    title: str
    picture: Picture | None = None


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """All of a design. Colours are #rrggbb; an empty `intro` or `holding` is our own, in the certificate's language."""

    base: Base
    paper: Paper = Paper.A4
    orientation: Orientation = Orientation.LANDSCAPE
    heading: Family = Family.SERIF
    text: Family = Family.SANS
    sheet: str = "#ffffff"
    ink: str = "#2a232c"
    accent: str = "#63265f"
    backdrop: Backdrop = Backdrop.PLAIN
    faded: int = 12
    """How strong a background picture is printed, in percent: what lies on it must be read."""
    background: Picture | None = None
    logo: Picture | None = None
    intro: str = ""
    holding: str = ""
    body: str = ""
    foot: str = ""
    facts: tuple[Field, ...] = (Field.ISSUED, Field.VALID_THROUGH, Field.PARTNER, Field.GROUNDS)
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author saves: None for every brand, and for every language."""

    name: str
    brand_id: BrandId | None
    language: str | None
    layout: Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A design with its draft; `number` is the version that new certificates get, None before the first."""

    id: DesignId
    name: str
    brand_id: BrandId | None
    """None: for every brand."""
    language: str | None
    """None: for every language."""
    draft: Layout
    number: int | None
    revision: int
    """Counts the saves of the draft."""
    is_published: bool
    """Whether the draft is what was published last."""
    is_retired: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignVersion:
    """One published version; `issued` counts the certificates that were issued with it."""

    id: DesignVersionId
    number: int
    layout: Layout
    published_at: datetime
    published_by: PersonId | None
    issued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A published design where one is looked for."""

    version_id: DesignVersionId
    brand_id: BrandId | None
    language: str | None


# ---- one sheet, set


class Face(StrEnum):
    """A family and weight on the sheet."""

    HEADING = "heading"
    HEADING_BOLD = "heading-bold"
    TEXT = "text"
    TEXT_BOLD = "text-bold"


class Ink(StrEnum):
    """What something is printed in."""

    INK = "ink"
    SOFT = "soft"
    ACCENT = "accent"
    SHEET = "sheet"
    """The colour of the sheet, on the accent."""


class Align(StrEnum):
    """Where a line stands in its box."""

    START = "start"
    CENTER = "center"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on the sheet in millimetres from its top left corner, with a text, a picture or a shape in it."""

    x: float
    y: float
    width: float
    height: float
    text: str = ""
    tag: str = "p"
    size: float = 0
    """In points."""
    leading: float = 1.25
    """In sizes."""
    face: Face = Face.TEXT
    ink: Ink = Ink.INK
    align: Align = Align.START
    is_code: bool = False
    """Numbers and addresses, which run from left to right in every language."""
    is_spaced: bool = False
    """A label of capitals with space between them."""
    picture: str = ""
    """The name of a picture: logo, seal, hallmarks, qr, signature-0."""
    shape: str = ""
    """The name of a shape: frame, hairline, rule, plate, tile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A certificate, set: the boxes from the ground up, in the order they are read."""

    width: float
    height: float
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A signature as it is set; `aspect` is the picture's width by its height, None without one."""

    name: str
    title: str
    aspect: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Every word of a certificate in its language, ready to be set."""

    intro: str
    name: str
    holding: str
    title: str
    body: str
    foot: str
    facts: Sequence[tuple[str, str]]
    """Label and value."""
    number: tuple[str, str]
    check: str
    address: str
    wordmark: str
    """Stands where there is no logo."""
    logo_aspect: float | None
    signers: Sequence[Signer]
