"""Where words stand in a text, and which piece of it to show; a template makes marks of the hits."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lms.courses.learning.rules.searching import COMPOUND_LETTERS, without_umlauts
from lms.courses.learning.values.catalogue import Part
from lms.kernel.folding import flat, places_of

EXCERPT_CHARACTERS: Final = 240
LINES_AT_MOST: Final = 40
"""In how many passages a word is looked for: beyond that it is no help in choosing one."""


@dataclass(frozen=True, slots=True)
class Needle:
    """A word that is looked for. `begins`: what begins so will do; `compounds`: what ends so too."""

    word: str
    begins: bool = False
    compounds: bool = False

    def fits(self, word: str) -> bool:
        """Return whether a word, as it is compared, is what is looked for."""
        if word == self.word or (self.begins and word.startswith(self.word)):
            return True
        if not self.compounds:
            return False
        return any(
            word == one or (len(one) >= COMPOUND_LETTERS and (word.startswith(one) or word.endswith(one)))
            for one in self.forms
        )

    @property
    def forms(self) -> tuple[str, ...]:
        """Return how the word may be compared within compounds: as it is, and with ae for ä as it is found."""
        return (self.word, *sorted(without_umlauts(self.word)))


def needles_of(words: Sequence[str], *, compounds: bool) -> tuple[Needle, ...]:
    """Return what these words look for: the last one as it begins."""
    return tuple(
        Needle(word, begins=at == len(words) - 1, compounds=compounds) for at, word in enumerate(words)
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a word stands in a text, and which needles it is."""

    start: int
    end: int
    needles: frozenset[Needle]


def hits_in(text: str, needles: Sequence[Needle]) -> Iterator[Hit]:
    """Yield where needles stand in a text."""
    compared = flat(text)
    if compared is None:
        yield from hits_by_word(text, needles)
        return
    for found in _pattern(tuple(needles)).finditer(compared):
        yield Hit(found.start(), found.end(), _fitting(found[0], needles))


def hits_by_word(text: str, needles: Sequence[Needle]) -> Iterator[Hit]:
    """Yield the same, word by word: ten times as slow, and right for letters that are compared as several (ß)."""
    for start, end, word in places_of(text):
        if fitting := _fitting(word, needles):
            yield Hit(start, end, fitting)


def _fitting(word: str, needles: Sequence[Needle]) -> frozenset[Needle]:
    return frozenset(needle for needle in needles if needle.fits(word))


@lru_cache(maxsize=256)
def _pattern(needles: tuple[Needle, ...]) -> re.Pattern[str]:
    """Return the expression of whole words that are any of these needles."""
    some = r"[^\W_]*"
    words: list[str] = []
    for needle in needles:
        words.append(re.escape(needle.word) + (some if needle.begins else ""))
        for word in needle.forms if needle.compounds else ():
            escaped = re.escape(word)
            words += [escaped + some, some + escaped] if len(word) >= COMPOUND_LETTERS else [escaped]
    # A needle without a letter fits nothing.
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(words) or '(?!)'})(?![^\W_])")


def marked(text: str, needles: Sequence[Needle]) -> tuple[Part, ...]:
    """Return a text in parts, those that are hits told apart; one part, and no hit, where nothing stands in it."""
    compared = flat(text)
    if compared is None:
        return _parts(text, [(hit.start, hit.end) for hit in hits_by_word(text, needles)])
    return _parts(text, [found.span() for found in _pattern(tuple(needles)).finditer(compared)])


def excerpt(text: str, needles: Sequence[Needle], *, most: int = EXCERPT_CHARACTERS) -> tuple[Part, ...]:
    """Return the piece of a text, at most about `most` characters, in which most of the needles stand, with its hits.

    It is cut between words, with an ellipsis; nothing where no needle stands in the text.
    """
    hits = list(hits_in(text, needles))
    if not hits:
        return ()
    first = max(range(len(hits)), key=lambda at: (_spread(hits, at, most), -at))
    start = max(0, hits[first].start - most // 4)
    end = min(len(text), start + most)
    start = max(0, min(start, end - most))
    start, end = _between_words(text, start, end, keep=hits[first])
    inside = [(hit.start - start, hit.end - start) for hit in hits if start <= hit.start and hit.end <= end]
    parts = _parts(text[start:end], inside)
    return (
        *((Part("… "),) if start else ()),
        *parts,
        *((Part(" …"),) if end < len(text) else ()),
    )


def _spread(hits: Sequence[Hit], first: int, most: int) -> int:
    """Return how many different needles stand close together from a hit on."""
    close = [hit.needles for hit in hits[first:] if hit.start - hits[first].start < most * 3 // 4]
    return len(frozenset().union(*close))


def _between_words(text: str, start: int, end: int, *, keep: Hit) -> tuple[int, int]:
    if start:
        space = text.find(" ", start)
        start = space + 1 if 0 <= space < keep.start else start
    if end < len(text):
        space = text.rfind(" ", 0, end)
        end = space if space >= keep.end else max(end, keep.end)
    return start, end


def _parts(text: str, hits: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    found: list[Part] = []
    at = 0
    for start, end in hits:
        if start > at:
            found.append(Part(text[at:start]))
        found.append(Part(text[start:end], is_hit=True))
        at = end
    if at < len(text):
        found.append(Part(text[at:]))
    return tuple(found)


def best_passage(passages: str, words: Sequence[str], *, within: bool) -> int | None:
    """Return which of these passages has most of the words, the first of equals; None if none has any.

    Passages are as `authoring.rules.shelving` makes them: one on each line, words between spaces. `within`: a word may
    stand within a longer one.
    """
    points: Counter[int] = Counter()
    for at, word in enumerate(words):
        if not within:
            needles = [f" {word}" if at == len(words) - 1 else f" {word} "]
        else:
            # What a word becomes without ae for ä is looked for within others only where it is long enough to mean it.
            spelled = without_umlauts(word)
            needles = [word, *(one if len(one) >= COMPOUND_LETTERS else f" {one} " for one in spelled)]
        if len(words) == 1:
            firsts = (next(_lines_with(passages, needle), None) for needle in needles)
            return min((line for line in firsts if line is not None), default=None)
        points.update({line for needle in needles for line in _lines_with(passages, needle)})
    return min(points, key=lambda line: (-points[line], line), default=None)


def _lines_with(text: str, needle: str) -> Iterator[int]:
    """Yield the numbers of the first lines that have something."""
    line = last = 0
    at = text.find(needle)
    for _time in range(LINES_AT_MOST):
        if at < 0:
            return
        line += text.count("\n", last, at)
        yield line
        last = text.find("\n", at)
        if last < 0:
            return
        at = text.find(needle, last)
