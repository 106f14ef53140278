"""How words find courses: all of them, the last one as it begins, with compounds, and with what was probably meant."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from lms.courses.learning.rules.shelf import Shelf

COMPOUND_LETTERS: Final = 4
"""From how many letters on a word is looked for within compounds."""
CLOSE_LETTERS: Final = 4
"""From how many letters on a word may be mistyped, by one letter; from twice as many by two."""
_TYPED_UMLAUT: Final = re.compile("([ao])e|(?<![aeq])(u)e")
"""How umlauts are typed without them: not the ue of “neue”, “Bauer” or “Quelle”."""

TITLE, TITLE_PART, HEAD, HEAD_PART, TEXT, TEXT_PART = 32, 24, 8, 6, 2, 1
"""What a word counts, by where it stands and whether it is the word itself or a part."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The courses that have a word, best place first; `word` is the one that was used for the one `typed`."""

    typed: str
    word: str
    levels: tuple[tuple[int, int], ...]
    """Pairs of what it counts and the courses where it counts that."""
    courses: int


@dataclass(frozen=True, slots=True)
class Found:
    """What words came to: the courses, and each word with what was used in its place."""

    courses: int
    words: tuple[Matched, ...]

    @property
    def corrected(self) -> tuple[str, ...]:
        """Return the words that were searched for, if any is not what was typed."""
        changed = any(one.word != one.typed for one in self.words)
        return tuple(one.word for one in self.words) if changed else ()

    def ranked(self, among: int) -> Iterator[tuple[int, int]]:
        """Yield (points, courses) of those of `among` that were found, most points first."""
        points = {0: self.courses & among}
        for one in self.words:
            grown: dict[int, int] = {}
            for so_far, left in points.items():
                rest = left
                for more, courses in one.levels:
                    if hit := rest & courses:
                        grown[so_far + more] = grown.get(so_far + more, 0) | hit
                        rest &= ~hit
            points = grown
        yield from sorted(points.items(), reverse=True)


def search(shelf: Shelf, terms: Sequence[str], seen: int, *, exact: bool = False) -> Found:
    """Return which of the courses in `seen` have all terms.

    A term that none of them has gives way to the closest word that one of them has, unless `exact`. A word of a
    course that is not seen is never used, so that nobody learns from a correction that it exists.
    """
    found: list[Matched] = []
    courses = seen
    for at, term in enumerate(terms):
        is_last = at == len(terms) - 1
        matched = _matched(shelf, term, term, seen, is_last=is_last)
        if not matched.courses and not exact:
            word = _closest(shelf, term, courses or seen) or _closest(shelf, term, seen)
            if word:
                matched = _matched(shelf, term, word, seen, is_last=is_last)
        found.append(matched)
        courses &= matched.courses
    return Found(courses, tuple(found))


def _matched(shelf: Shelf, typed: str, word: str, seen: int, *, is_last: bool) -> Matched:
    same = {word}
    parts = set(shelf.beginning(word)) - same if is_last else set()
    umlauts = without_umlauts(word)
    apart = _compounds(shelf, {word} | umlauts) - same - umlauts
    levels = []
    for kept, whole, part in (
        (shelf.titles, TITLE, TITLE_PART),
        (shelf.heads, HEAD, HEAD_PART),
        (shelf.words, TEXT, TEXT_PART),
    ):
        compound = shelf.compounding
        exactly = kept.get(word, 0)
        for one in umlauts:
            exactly |= kept.get(one, 0) & compound
        partly = 0
        for one in parts:
            partly |= kept.get(one, 0)
        within = 0
        for one in apart:
            within |= kept.get(one, 0)
        levels += [(whole, exactly & seen), (part, (partly | within & compound) & seen)]
    levels.sort(reverse=True)
    return Matched(typed, word, tuple(levels), _any(levels))


def _any(levels: Sequence[tuple[int, int]]) -> int:
    courses = 0
    for _points, bits in levels:
        courses |= bits
    return courses


def _compounds(shelf: Shelf, words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        if len(word) >= COMPOUND_LETTERS:
            found.update(shelf.beginning(word), shelf.ending(word))
    return found


def without_umlauts(word: str) -> set[str]:
    """Return how a word is compared that was typed with ae for ä, if it is one."""
    return {_TYPED_UMLAUT.sub(lambda found: found[0][0], word)} - {word}


def _closest(shelf: Shelf, term: str, among: int) -> str:
    """Return the word of these courses that was probably meant, empty if none is close.

    One with the same first letter, which people seldom mistype, else any: of several the closest, then the one of most
    courses, then by the alphabet.
    """
    if len(term) < CLOSE_LETTERS or not term.isalpha():
        return ""
    slips = 2 if len(term) >= 2 * CLOSE_LETTERS else 1
    alike: list[str] = []
    others: list[str] = []
    for length in range(len(term) - slips, len(term) + slips + 1):
        for letter, words in shelf.by_letter.get(length, {}).items():
            (alike if letter == term[0] else others).extend(words)
    return _closest_of(shelf, term, alike, among, slips) or _closest_of(shelf, term, others, among, slips)


def _closest_of(shelf: Shelf, term: str, words: Sequence[str], among: int, slips: int) -> str:
    close = process.extract(term, words, scorer=OSA.distance, score_cutoff=slips, limit=None)
    ranked = (
        (distance, -courses.bit_count(), word)
        for word, distance, _at in close
        if (courses := shelf.words[word] & among)
    )
    return min(ranked, default=(0, 0, ""))[-1]


def nearby(
    shelf: Shelf, terms: Sequence[str], among: int, *, most: int = 4
) -> Sequence[tuple[tuple[str, ...], int]]:
    """Return what to look for instead of words that none of these courses has all of, with how many have that.

    A word that stands nowhere is spelled as one that does, further off than a correction dares; then each word is left
    out. Most courses first, each of at least one.
    """
    tried: list[tuple[str, ...]] = []
    for at, term in enumerate(terms):
        before, after = terms[:at], terms[at + 1 :]
        if not _matched(shelf, term, term, among, is_last=not after).courses:
            tried += [(*before, word, *after) for word in _spelled_nearly(shelf, term, among, most)]
        if len(terms) > 1:
            tried.append((*before, *after))
    counted = (
        (one, search(shelf, one, among, exact=True).courses.bit_count()) for one in dict.fromkeys(tried)
    )
    return sorted((one for one in counted if one[1]), key=lambda one: -one[1])[:most]


def _spelled_nearly(shelf: Shelf, term: str, among: int, most: int) -> Sequence[str]:
    """Return the words of these courses that are closest to one, if they are somewhat close."""
    if len(term) < CLOSE_LETTERS or not term.isalpha():
        return ()
    slips = 1 + len(term) // CLOSE_LETTERS
    words = [
        word
        for length in range(len(term) - slips, len(term) + slips + 1)
        for some in shelf.by_letter.get(length, {}).values()
        for word in some
        if shelf.words[word] & among
    ]
    close = process.extract(term, words, scorer=OSA.distance, score_cutoff=slips, limit=most)
    return [word for word, _distance, _at in close]
