"""The charter: every word on one axis inside an engraved frame, seal, signatures and code in one line at its foot."""

from typing import Final

from lms.certificates.documents.rules.fitting import Sizes
from lms.certificates.documents.rules.placing import (
    ONE_ROW,
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

NAME: Final = Sizes(41, 26, 8)
TITLE: Final = Sizes(27, 18, 8)
SMALL: Final = Sizes(12, 9, 6)
BODY: Final = Sizes(10, 8.5, 6)


def set_charter(layout: Layout, said: Said, faces: Faces) -> list[Box]:
    """Return the boxes of a charter, for a language that runs from left to right."""
    width, height = page_of(layout.paper, layout.orientation)
    is_wide = layout.orientation is Orientation.LANDSCAPE
    side = 27.0
    inner = width - 2 * side
    foot = height - 21 - (5 if said.foot else 0)
    across = ONE_ROW[layout.orientation]
    facts_high = _height_of(-(-len(said.facts) // across), is_wide=is_wide)
    bottom_high = 30.0 if is_wide else 66.0
    facts_top = foot - bottom_high - facts_high - 4
    boxes = [
        Box(x=0, y=0, width=width, height=height, shape="frame"),
        text_box(
            Area(side - 5, 19, 52, 4), said.number[0], Sizes(7.5, 6.5, 5), faces, ink=Ink.SOFT, leading=1.2
        ),
        text_box(
            Area(side - 5, 23, 52, 4.4), said.number[1], Sizes(8.5, 7, 5), faces, face=Face.TEXT_BOLD, leading=1.2,
            is_code=True,
        ),
        Box(x=width - side + 5 - 26.3, y=19, width=26.3, height=8, picture="hallmarks"),
    ]  # fmt: skip
    mark = Area(width / 2 - 36, 18 if is_wide else 32, 72, 17 if is_wide else 20)
    if said.logo_aspect:
        boxes.append(within(mark, said.logo_aspect, "logo", Align.CENTER))
    else:
        boxes.append(
            text_box(
                Area(mark.x, mark.y + mark.height / 2 - 4, mark.width, 10),
                said.wordmark, Sizes(15, 10, 7), faces, face=Face.HEADING_BOLD, align=Align.CENTER,
            )
        )  # fmt: skip
    top = mark.y + mark.height + (3 if is_wide else 6)
    roomy = 1.0 if is_wide else 1.7
    boxes += column(
        Area(side, top, inner, facts_top - top - 3),
        [
            Item(text=said.intro, height=6.5 * roomy, sizes=SMALL, ink=Ink.SOFT, face=Face.HEADING),
            Item(
                text=said.name, height=23 * roomy, sizes=NAME, above=1.5 * roomy, face=Face.HEADING, leading=1.2,
                rule=5 * roomy,
            ),
            Item(text=said.holding, height=6.5 * roomy, sizes=SMALL, ink=Ink.SOFT, face=Face.HEADING),
            Item(
                text=said.title, height=16 * roomy, sizes=TITLE, above=1.5 * roomy, face=Face.HEADING_BOLD,
                ink=Ink.ACCENT, tag="h1", leading=1.18,
            ),
            Item(text=said.body, height=11.5 * roomy, sizes=BODY, above=1.5 * roomy, leading=1.45),
        ],
        faces,
        Align.CENTER,
        sink=0.5 if is_wide else 0.42,
    )  # fmt: skip
    boxes += grid(Area(side, facts_top, inner, facts_high), said.facts, across, faces, Align.CENTER)
    boxes += _bottom(said, faces, Area(side, foot - bottom_high, inner, bottom_high), is_wide=is_wide)
    if said.foot:
        boxes.append(
            text_box(
                Area(side, foot + 2.5, inner, 5), said.foot, Sizes(7, 6, 4.5), faces, ink=Ink.SOFT,
                align=Align.CENTER, leading=1.3,
            )
        )  # fmt: skip
    return boxes


def _height_of(rows: int, *, is_wide: bool) -> float:
    """Return how high so many rows of facts are."""
    return rows * (14.5 if is_wide else 18.0)


def _bottom(said: Said, faces: Faces, area: Area, *, is_wide: bool) -> list[Box]:
    """Return the seal, the signatures and the code: in one line, or the signatures above."""
    line = area if is_wide else Area(area.x, area.y + area.height - 30, area.width, 30)
    quiet = 30 * QR_QUIET
    boxes = [Box(x=line.x - 1, y=line.y + 1, width=29, height=29, picture="seal")]
    beside = 42.0
    if is_wide:
        boxes += signatures(
            Area(line.x + 37, line.y, line.width - 37 - 30 - beside - 5, line.height), said.signers, faces, Align.CENTER
        )  # fmt: skip
    else:
        boxes += signatures(Area(area.x, area.y, area.width, 30), said.signers, faces, Align.CENTER)
    check_x = line.x + line.width - 29 - beside
    boxes += [
        text_box(
            Area(check_x, line.y + 13.5, beside - 1, 6.6), said.check, Sizes(6.5, 6.5, 4.5), faces,
            ink=Ink.SOFT, align=Align.END, leading=1.35,
        ),
        text_box(
            Area(check_x, line.y + 20.5, beside - 1, 9), said.address, Sizes(7, 6.5, 4.5), faces,
            face=Face.TEXT_BOLD, align=Align.END, leading=1.35, is_code=True,
        ),
        Box(x=line.x + line.width - 30 + quiet, y=line.y + QR_SUNK, width=30, height=30, picture="qr"),
    ]  # fmt: skip
    return boxes
