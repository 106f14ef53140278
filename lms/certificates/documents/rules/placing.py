"""What both designs are set with: a column of texts that fit, facts in a grid, signatures side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from lms.certificates.documents.rules.fitting import Fitted, Measure, Sizes, fit
from lms.certificates.documents.values.designs import Align, Box, Face, Ink, Orientation, Paper, Signer

PAPERS: Final = {Paper.A4: (210.0, 297.0), Paper.LETTER: (215.9, 279.4)}
"""Width and height in millimetres, held upright."""
LABEL: Final = Sizes(7.5, 6, 5)
VALUE: Final = Sizes(10.5, 7.5, 5.5)
ONE_ROW: Final = {Orientation.LANDSCAPE: 4, Orientation.PORTRAIT: 3}
"""How many facts of a charter stand side by side; a plate has three either way."""
QR_QUIET: Final = 0.095
"""How much of the QR code's width is its quiet zone, on each side."""
QR_SUNK: Final = 2.0
"""In millimetres: how far its quiet zone may go below a line of things, above the fine print."""


@dataclass(frozen=True, slots=True)
class Faces:
    """How wide texts are in each face."""

    heading: Measure
    heading_bold: Measure
    text: Measure
    text_bold: Measure

    def of(self, face: Face) -> Measure:
        """Return the measure of a face."""
        return {
            Face.HEADING: self.heading,
            Face.HEADING_BOLD: self.heading_bold,
            Face.TEXT: self.text,
            Face.TEXT_BOLD: self.text_bold,
        }[face]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One text of a column: the room it may take, the space above it, and how it looks. `rule` is a line below."""

    text: str
    height: float
    sizes: Sizes
    above: float = 0
    face: Face = Face.TEXT
    ink: Ink = Ink.INK
    tag: str = "p"
    leading: float = 1.25
    rule: float = 0


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the sheet, in millimetres."""

    x: float
    y: float
    width: float
    height: float


def page_of(paper: Paper, orientation: Orientation) -> tuple[float, float]:
    """Return the width and height of a sheet as it is held."""
    short, long = PAPERS[paper]
    return (long, short) if orientation is Orientation.LANDSCAPE else (short, long)


def text_box(  # noqa: PLR0913  how a text looks, each part by its name
    area: Area,
    text: str,
    sizes: Sizes,
    faces: Faces,
    *,
    face: Face = Face.TEXT,
    ink: Ink = Ink.INK,
    align: Align = Align.START,
    leading: float = 1.25,
    is_code: bool = False,
) -> Box:
    """Return a text that fits an area, at its top."""
    fitted = fit(text, area.width, area.height, sizes, faces.of(face), leading)
    return Box(
        x=area.x,
        y=area.y,
        width=area.width,
        height=fitted.height,
        text=fitted.text,
        size=fitted.size,
        leading=fitted.leading,
        face=face,
        ink=ink,
        align=align,
        is_code=is_code,
    )


def column(area: Area, items: Sequence[Item], faces: Faces, align: Align, *, sink: float) -> list[Box]:
    """Return texts one below the other; `sink` is how much of the height that is left stands above them."""
    said = [item for item in items if item.text]
    wanted = sum(item.height + item.above + item.rule for item in said)
    if wanted > area.height:
        part = area.height / wanted
        said = [
            replace(item, height=item.height * part, above=item.above * part, rule=item.rule * part)
            for item in said
        ]
    fits: list[Fitted] = [
        fit(item.text, area.width, item.height, item.sizes, faces.of(item.face), item.leading)
        for item in said
    ]
    taken = sum(one.height + item.above + item.rule for one, item in zip(fits, said, strict=True))
    y = area.y + max(0.0, area.height - taken) * sink
    made: list[Box] = []
    for fitted, item in zip(fits, said, strict=True):
        y += item.above
        made.append(
            Box(
                x=area.x,
                y=y,
                width=area.width,
                height=fitted.height,
                text=fitted.text,
                tag=item.tag,
                size=fitted.size,
                leading=fitted.leading,
                face=item.face,
                ink=item.ink,
                align=align,
            )
        )
        y += fitted.height
        if item.rule:
            made.append(_rule(area, y, item.rule, align))
            y += item.rule
    return made


def _rule(area: Area, y: float, height: float, align: Align) -> Box:
    wide = min(44.0, area.width)
    x = area.x + (area.width - wide) / 2 if align is Align.CENTER else area.x
    return Box(x=x, y=y + height / 2 - 1.2, width=wide, height=2.4, shape="rule")


def grid(area: Area, facts: Sequence[tuple[str, str]], columns: int, faces: Faces, align: Align) -> list[Box]:
    """Return facts in rows of so many columns: a label and, below it, what it says."""
    if not facts:
        return []
    rows = -(-len(facts) // columns)
    across = -(-len(facts) // rows)
    gap, tall = 6.0, area.height / rows
    made: list[Box] = []
    for number, (label, value) in enumerate(facts):
        row, place = divmod(number, across)
        here = min(across, len(facts) - row * across)
        single = wide = (area.width - gap * (across - 1)) / across
        if align is not Align.CENTER and number == len(facts) - 1:
            wide = area.width - place * (single + gap)
        inset = (across - here) * (wide + gap) / 2 if align is Align.CENTER else 0.0
        x, y = area.x + inset + place * (single + gap), area.y + row * tall
        head = text_box(Area(x, y, wide, 3.6), label, LABEL, faces, ink=Ink.SOFT, align=align, leading=1.3)
        said = Area(x, y + 4.0, wide, tall - 5.0)
        made += [head, text_box(said, value, VALUE, faces, face=Face.TEXT_BOLD, align=align, leading=1.3)]
    return made


def signatures(area: Area, signers: Sequence[Signer], faces: Faces, align: Align) -> list[Box]:
    """Return who signs side by side: a picture or room to sign, a line, a name and a title."""
    if not signers:
        return []
    gap = 9.0
    wide = min(62.0, (area.width - gap * (len(signers) - 1)) / len(signers))
    taken = wide * len(signers) + gap * (len(signers) - 1)
    start = area.x + (area.width - taken) / 2 if align is Align.CENTER else area.x
    drawn = area.height - 10.4
    made: list[Box] = []
    for number, one in enumerate(signers):
        x = start + number * (wide + gap)
        if one.aspect:
            made.append(within(Area(x, area.y, wide, drawn - 0.6), one.aspect, f"signature-{number}", align))
        made.append(Box(x=x, y=area.y + drawn, width=wide, height=0.2, shape="hairline"))
        name, title = Area(x, area.y + drawn + 1.0, wide, 4.9), Area(x, area.y + drawn + 6.0, wide, 4.4)
        made.append(text_box(name, one.name, Sizes(9.5, 7, 5), faces, face=Face.TEXT_BOLD, align=align))
        if one.title:
            made.append(text_box(title, one.title, Sizes(8, 6.5, 5), faces, ink=Ink.SOFT, align=align))
    return made


def within(area: Area, aspect: float, picture: str, align: Align) -> Box:
    """Return a picture as large as fits an area, standing on its foot."""
    wide = min(area.width, area.height * aspect)
    high = wide / aspect
    inset = {Align.START: 0.0, Align.CENTER: 0.5, Align.END: 1.0}[align] * (area.width - wide)
    return Box(x=area.x + inset, y=area.y + area.height - high, width=wide, height=high, picture=picture)


def mirrored(boxes: Sequence[Box], width: float) -> list[Box]:
    """Return the sheet for a language that runs from right to left."""
    return [replace(box, x=width - box.x - box.width) for box in boxes]
