"""The plate: a field of colour with seal and code, and the words beside it from one edge."""

from typing import Final

from lms.certificates.documents.rules.fitting import Sizes
from lms.certificates.documents.rules.placing import (
    QR_QUIET,
    QR_SUNK,
    Area,
    Faces,
    Item,
    column,
    grid,
    page_of,
    signatures,
    text_box,
    within,
)
from lms.certificates.documents.values.designs import Align, Box, Face, Ink, Layout, Orientation, Said

NAME: Final = Sizes(35, 23, 8)
TITLE: Final = Sizes(22, 16, 8)
SMALL: Final = Sizes(11, 8.5, 6)
BODY: Final = Sizes(10, 8.5, 6)
PLATE: Final = 72.0
TILE: Final = 33.0
ACROSS: Final = 3


def set_plate(layout: Layout, said: Said, faces: Faces) -> list[Box]:
    """Return the boxes of a plate, for a language that runs from left to right."""
    if layout.orientation is Orientation.LANDSCAPE:
        return _across(layout, said, faces)
    return _upright(layout, said, faces)


def _across(layout: Layout, said: Said, faces: Faces) -> list[Box]:
    width, height = page_of(layout.paper, layout.orientation)
    left, right = PLATE + 20, 22.0
    inner = width - left - right
    tile_x, tile_y = (PLATE - TILE) / 2, height - 22 - TILE - 21
    boxes = [
        Box(x=0, y=0, width=PLATE, height=height, shape="plate"),
        Box(x=(PLATE - 42) / 2, y=24, width=42, height=42, picture="seal"),
        *_tile(said, faces, tile_x, tile_y),
        text_box(
            Area(8, tile_y + TILE + 4, PLATE - 16, 7), said.check, Sizes(6.5, 6.5, 4.5), faces, ink=Ink.SHEET,
            align=Align.CENTER, leading=1.35,
        ),
        text_box(
            Area(6, tile_y + TILE + 11.5, PLATE - 12, 7.5), said.address, Sizes(7, 6.5, 4.5), faces,
            face=Face.TEXT_BOLD, ink=Ink.SHEET, align=Align.CENTER, leading=1.35, is_code=True,
        ),
    ]  # fmt: skip
    boxes += _head(said, faces, Area(left, 22, inner, 15))
    facts_high = 15.0 * -(-len(said.facts) // ACROSS)
    foot = height - 22 - (6 if said.foot else 0)
    signed = 30.0 if said.signers else 0.0
    facts_top = foot - signed - facts_high - (7 if signed else 0)
    boxes += _claim(said, faces, Area(left, 44, inner, facts_top - 44 - 6), 1.0)
    if said.facts:
        boxes.append(Box(x=left, y=facts_top - 4, width=inner, height=0.2, shape="hairline"))
    boxes += grid(Area(left, facts_top, inner, facts_high), said.facts, ACROSS, faces, Align.START)
    boxes += signatures(Area(left, foot - signed, inner, signed), said.signers, faces, Align.START)
    return boxes + _foot(said, faces, Area(left, foot + 2.5, inner, 5.5))


def _upright(layout: Layout, said: Said, faces: Faces) -> list[Box]:
    width, height = page_of(layout.paper, layout.orientation)
    side, band = 24.0, 60.0
    inner = width - 2 * side
    line = height - 22 - (6 if said.foot else 0) - TILE
    boxes = [
        Box(x=0, y=0, width=width, height=band, shape="plate"),
        Box(x=width - side - 42, y=9, width=42, height=42, picture="seal"),
        text_box(
            Area(side, 17, 80, 4.4), said.number[0], Sizes(8, 6.5, 5), faces, ink=Ink.SHEET, leading=1.2
        ),
        text_box(
            Area(side, 21.5, 80, 5), said.number[1], Sizes(9, 7, 5), faces, face=Face.TEXT_BOLD, ink=Ink.SHEET,
            leading=1.2, is_code=True,
        ),
        text_box(
            Area(side, band - 26, width - 2 * side - 50, 14), said.wordmark, Sizes(22, 15, 8), faces,
            face=Face.HEADING_BOLD, ink=Ink.SHEET, leading=1.15,
        ),
    ]  # fmt: skip
    top = band + 10
    if said.logo_aspect:
        boxes.append(within(Area(side, top, 70, 16), said.logo_aspect, "logo", Align.START))
    boxes.append(Box(x=width - side - 29.6, y=top + 3.5, width=29.6, height=9, picture="hallmarks"))
    facts_high = 15.0 * -(-len(said.facts) // ACROSS)
    signed = 34.0 if said.signers else 0.0
    facts_top = line - signed - facts_high - 8
    boxes += _claim(said, faces, Area(side, top + 22, inner, facts_top - top - 22 - 8), 1.25)
    if said.facts:
        boxes.append(Box(x=side, y=facts_top - 4, width=inner, height=0.2, shape="hairline"))
    boxes += grid(Area(side, facts_top, inner, facts_high), said.facts, ACROSS, faces, Align.START)
    boxes += signatures(Area(side, line - signed - 2, inner, 30), said.signers, faces, Align.START)
    quiet = TILE * QR_QUIET
    boxes += [
        text_box(
            Area(side + TILE + 2, line + 10, inner - TILE - 6, 6), said.check, Sizes(7.5, 7, 5), faces,
            ink=Ink.SOFT, leading=1.35,
        ),
        text_box(
            Area(side + TILE + 2, line + 17, inner - TILE - 6, 9), said.address, Sizes(8.5, 7, 5), faces,
            face=Face.TEXT_BOLD, leading=1.35, is_code=True,
        ),
        Box(x=side - quiet, y=line + QR_SUNK, width=TILE, height=TILE, picture="qr"),
    ]  # fmt: skip
    return boxes + _foot(said, faces, Area(side, line + TILE + 2.5, inner, 5.5))


def _tile(said: Said, faces: Faces, x: float, y: float) -> list[Box]:
    del said, faces
    return [
        Box(x=x, y=y, width=TILE, height=TILE, shape="tile"),
        Box(x=x, y=y, width=TILE, height=TILE, picture="qr"),
    ]


def _head(said: Said, faces: Faces, area: Area) -> list[Box]:
    """Return the logo at one end, number and hallmarks at the other."""
    if said.logo_aspect:
        first = within(Area(area.x, area.y, 70, 15), said.logo_aspect, "logo", Align.START)
    else:
        first = text_box(
            Area(area.x, area.y + 3, 80, 9), said.wordmark, Sizes(15, 10, 7), faces, face=Face.HEADING_BOLD
        )
    end = area.x + area.width
    return [
        first,
        text_box(
            Area(end - 80, area.y + 3, 47, 4), said.number[0], Sizes(7.5, 6.5, 5), faces, ink=Ink.SOFT,
            align=Align.END, leading=1.2,
        ),
        text_box(
            Area(end - 80, area.y + 7.2, 47, 4.4), said.number[1], Sizes(8.5, 7, 5), faces, face=Face.TEXT_BOLD,
            align=Align.END, leading=1.2, is_code=True,
        ),
        Box(x=end - 29.6, y=area.y + 3, width=29.6, height=9, picture="hallmarks"),
    ]  # fmt: skip


def _claim(said: Said, faces: Faces, area: Area, roomy: float) -> list[Box]:
    return column(
        area,
        [
            Item(text=said.intro, height=6 * roomy, sizes=SMALL, ink=Ink.SOFT),
            Item(
                text=said.name, height=25 * roomy, sizes=NAME, above=1.5, face=Face.HEADING_BOLD, leading=1.15
            ),
            Item(text=said.holding, height=6 * roomy, sizes=SMALL, above=4 * roomy, ink=Ink.SOFT),
            Item(
                text=said.title, height=17 * roomy, sizes=TITLE, above=1.5, face=Face.HEADING_BOLD, ink=Ink.ACCENT,
                tag="h1", leading=1.18,
            ),
            Item(text=said.body, height=12 * roomy, sizes=BODY, above=3 * roomy, leading=1.45),
        ],
        faces,
        Align.START,
        sink=0.45,
    )  # fmt: skip


def _foot(said: Said, faces: Faces, area: Area) -> list[Box]:
    if not said.foot:
        return []
    return [text_box(area, said.foot, Sizes(7, 6, 4.5), faces, ink=Ink.SOFT, leading=1.3)]
