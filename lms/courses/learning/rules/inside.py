"""Whether a lesson has all words, and the passages in which they stand."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from lms.courses.learning.rules.highlighting import Needle, excerpt, hits_in
from lms.courses.learning.values.catalogue import Shown
from lms.kernel.folding import folded
from lms.kernel.richtext.passages import Block, blocks_of, letters_of

PASSAGES_AT_MOST: Final = 3
FRAGMENT_WORDS: Final = 6
TOP: Final = "main"
"""Where a passage stands that has no heading above it."""


def look_into(title: str, html: str, needles: Sequence[Needle]) -> Sequence[Shown] | None:
    """Return the passages of a lesson in which most of the needles stand, in their order; None if it lacks one.

    A needle may stand in the title alone: then there may be no passage.
    """
    missing = set(needles) - _held(title, needles)
    if missing and not _may_hold(html, missing):
        return None
    found: list[tuple[int, int, Block]] = []
    for at, block in enumerate(blocks_of(html)):
        held = _held(block.text, needles)
        missing -= held
        if held:
            found.append((-len(held), at, block))
    if missing:
        return None
    best = sorted(found, key=lambda one: one[:2])[:PASSAGES_AT_MOST]
    return [_shown(block, needles) for _held, _at, block in sorted(best, key=lambda one: one[1])]


def _held(text: str, needles: Sequence[Needle]) -> set[Needle]:
    return {needle for hit in hits_in(text, needles) for needle in hit.needles}


def _may_hold(html: str, needles: set[Needle]) -> bool:
    """Return whether a text may have all of these: most lessons have not, and are not read word by word."""
    text = folded(letters_of(html))
    return all(needle.compounds or needle.word in text for needle in needles)


def _shown(block: Block, needles: Sequence[Needle]) -> Shown:
    return Shown(
        parts=excerpt(block.text, needles),
        anchor=block.anchor or TOP,
        fragment=_fragment(block.text, needles),
    )


def _fragment(text: str, needles: Sequence[Needle]) -> str:
    """Return some words of a text from its first hit on, as a text fragment of an address takes them."""
    start = next(hits_in(text, needles)).start
    words = text[start:].split(" ")[:FRAGMENT_WORDS]
    # A dash and a comma mean something there.
    return quote(" ".join(words), safe="").replace("-", "%2D")
