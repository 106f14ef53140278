"""The catalogue in memory: which courses have a value, an audience or a word, as bits.

Each course has a place, and what is asked of courses is a number whose bit at that place is set: who sees it, what it
is, what it says. Facets with their counts are ANDs of such numbers, and so is a search.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from lms.courses.values import CourseId
from lms.kernel.folding import folded, words_of

COMPOUNDING: Final = frozenset({"da", "de", "fi", "hu", "is", "nb", "nl", "nn", "no", "sv"})
"""Languages that write compounds as one word: there a word is found as the beginning or end of a longer one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A published course as the catalogue holds it. `head` and `body` are its words, divided by spaces."""

    course_id: CourseId
    number: int
    title: str
    language: str
    minutes: int
    published_at: datetime
    facets: Mapping[str, Sequence[str]]
    sees: Sequence[str]
    head: str
    body: str


@dataclass(frozen=True, slots=True)
class Place:
    """What is kept of one course."""

    course_id: CourseId
    number: int
    title_key: str
    minutes: int
    published_at: datetime


Words = dict[str, int]
"""By word, as it is compared, the courses that have it."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """All published courses up to a number. Nothing in it ever changes: what is new makes a new one (`with_`)."""

    number: int = 0
    places: tuple[Place, ...] = ()
    place_of: Mapping[CourseId, int] = field(default_factory=dict)
    everybodys: int = 0
    compounding: int = 0
    by_audience: Mapping[str, int] = field(default_factory=dict)
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    titles: Mapping[str, int] = field(default_factory=dict)
    heads: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    """Words of titles, headlines and texts."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """How a word is written, where that differs from how it is compared."""

    def with_(self, changed: Iterable[Shelved], number: int) -> "Shelf":
        """Return the shelf with these courses as they are now."""
        made = _Making(self)
        for course in changed:
            made.put(course)
        return made.done(number)

    @property
    def checksum(self) -> tuple[int, int]:
        """Return how many courses there are, and the sum of their numbers: what the database says of itself too."""
        return len(self.places), sum(one.number for one in self.places)

    def seen_by(self, audiences: Iterable[str]) -> int:
        """Return the courses for everybody and for any of these audiences."""
        seen = self.everybodys
        for audience in audiences:
            seen |= self.by_audience.get(audience, 0)
        return seen

    @property
    def all(self) -> int:
        """Return all courses."""
        return (1 << len(self.places)) - 1

    def bits_of(self, course_ids: Iterable[CourseId]) -> int:
        """Return these courses, as far as they are published."""
        bits = 0
        for one in course_ids:
            if (place := self.place_of.get(one)) is not None:
                bits |= 1 << place
        return bits

    def published_since(self, instant: datetime) -> int:
        """Return the courses that were first published at or after an instant."""
        bits = 0
        for published_at, place in reversed(self._by_age):
            if published_at < instant:
                break
            bits |= 1 << place
        return bits

    @cached_property
    def _by_age(self) -> Sequence[tuple[datetime, int]]:
        return sorted((one.published_at, place) for place, one in enumerate(self.places))

    @cached_property
    def by_title(self) -> Sequence[int]:
        """Return, by place, where each course stands in the order of titles."""
        return self._ranks([0] * len(self.places))

    @cached_property
    def ages(self) -> Sequence[int]:
        """Return, by place, a number that is lower the later a course was published first."""
        return [-int(one.published_at.timestamp()) for one in self.places]

    @cached_property
    def by_age(self) -> Sequence[int]:
        """Return, by place, where each course stands in the order of age, the newest first."""
        return self._ranks(self.ages)

    @cached_property
    def lengths(self) -> Sequence[int]:
        """Return, by place, how many minutes each course takes; more than any, where it does not say."""
        return [one.minutes or 1 << 30 for one in self.places]

    @cached_property
    def by_length(self) -> Sequence[int]:
        """Return, by place, where each course stands in the order of length, the shortest first."""
        return self._ranks(self.lengths)

    def _ranks(self, groups: Sequence[int]) -> Sequence[int]:
        """Return, by place, the rank of each course by its group, then by title."""
        ordered = sorted(
            range(len(self.places)),
            key=lambda at: (groups[at], self.places[at].title_key, str(self.places[at].course_id)),
        )
        ranks = [0] * len(ordered)
        for rank, place in enumerate(ordered):
            ranks[place] = rank
        return ranks

    @cached_property
    def vocabulary(self) -> Sequence[str]:
        """Return every word, in order."""
        return sorted(self.words)

    @cached_property
    def letters(self) -> str:
        """Return every word, each between line ends: what begins or ends somehow is found at once."""
        return "\n" + "\n".join(self.vocabulary) + "\n"

    @cached_property
    def by_letter(self) -> Mapping[int, Mapping[str, Sequence[str]]]:
        """Return the words by how many letters they have, and by the first of them."""
        found: dict[int, dict[str, list[str]]] = {}
        for word in self.vocabulary:
            found.setdefault(len(word), {}).setdefault(word[0], []).append(word)
        return found

    def beginning(self, start: str) -> Iterator[str]:
        """Yield the words that begin so, that word itself among them."""
        at = self.letters.find(f"\n{start}")
        while at >= 0:
            end = self.letters.index("\n", at + 1)
            yield self.letters[at + 1 : end]
            at = end if self.letters.startswith(start, end + 1) else -1

    def ending(self, end: str) -> Iterator[str]:
        """Yield the words that end so, that word itself among them."""
        at = self.letters.find(f"{end}\n")
        while at >= 0:
            begin = self.letters.rindex("\n", 0, at + 1) + 1
            yield self.letters[begin : at + len(end)]
            at = self.letters.find(f"{end}\n", at + 1)

    def written(self, word: str) -> str:
        """Return a word as courses write it."""
        return self.forms.get(word, word)


class _Making:
    """A shelf on its way: the parts of the one before, of which those that change are copied first."""

    def __init__(self, before: Shelf) -> None:
        self.places = list(before.places)
        self.place_of = dict(before.place_of)
        self.everybodys, self.compounding = before.everybodys, before.compounding
        self.by_audience: Words = dict(before.by_audience)
        self.facets = {key: dict(values) for key, values in before.facets.items()}
        self.titles: Words = dict(before.titles)
        self.heads: Words = dict(before.heads)
        self.words: Words = dict(before.words)
        self.forms = dict(before.forms)
        self._folded: dict[str, str] = {}

    def put(self, course: Shelved) -> None:
        """Take a course in, in place of what was known of it."""
        place = self.place_of.get(course.course_id)
        if place is None:
            place = self.place_of[course.course_id] = len(self.places)
            self.places.append(_place_of(course))
        else:
            self.places[place] = _place_of(course)
            self._forget(place)
        bit = 1 << place
        if not course.sees:
            self.everybodys |= bit
        if course.language.partition("-")[0] in COMPOUNDING:
            self.compounding |= bit
        for audience in course.sees:
            self.by_audience[audience] = self.by_audience.get(audience, 0) | bit
        for key, values in course.facets.items():
            known = self.facets.setdefault(key, {})
            for value in values:
                known[value] = known.get(value, 0) | bit
        title, head = self._fold(words_of(course.title)), self._fold(course.head.split(" "))
        for words, kept in (
            (title, self.titles),
            (head, self.heads),
            (title | head | self._fold(course.body.split(" ")), self.words),
        ):
            for word in words:
                kept[word] = kept.get(word, 0) | bit

    def _fold(self, written: Iterable[str]) -> set[str]:
        known, found = self._folded, set()
        for word in written:
            compared = known.get(word)
            if compared is None:
                compared = known[word] = folded(word)
                # Of several ways to write it the one with accents, whichever course comes first.
                if compared != word and self.forms.get(compared, "") < word:
                    self.forms[compared] = word
            found.add(compared)
        found.discard("")
        return found

    def _forget(self, place: int) -> None:
        """Let a course be nowhere any more."""
        left = ~(1 << place)
        self.everybodys &= left
        self.compounding &= left
        for kept in (self.by_audience, *self.facets.values(), self.titles, self.heads, self.words):
            _take(kept, place)

    def done(self, number: int) -> Shelf:
        """Return the shelf."""
        return Shelf(
            number=number,
            places=tuple(self.places),
            place_of=self.place_of,
            everybodys=self.everybodys,
            compounding=self.compounding,
            by_audience=self.by_audience,
            facets=self.facets,
            titles=self.titles,
            heads=self.heads,
            words=self.words,
            forms=self.forms,
        )


def _take(kept: Words, place: int) -> None:
    bit = 1 << place
    for word in [word for word, bits in kept.items() if bits & bit]:
        if left := kept[word] & ~bit:
            kept[word] = left
        else:
            del kept[word]


def _place_of(course: Shelved) -> Place:
    return Place(course.course_id, course.number, folded(course.title), course.minutes, course.published_at)


def places_in(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set, the lowest first."""
    written = bin(bits)
    last = len(written) - 1
    at = written.rfind("1")
    while at > 1:
        yield last - at
        at = written.rfind("1", 0, at)


Chosen = Mapping[str, Collection[str]]
"""By facet, the values that somebody chose: any of them will do."""


def narrowed(shelf: Shelf, among: int, chosen: Chosen, *, without: str = "") -> int:
    """Return those `among` these courses that have what was chosen in every facet but `without`."""
    for key, values in chosen.items():
        if key != without and values:
            known = shelf.facets.get(key, {})
            any_of = 0
            for value in values:
                any_of |= known.get(value, 0)
            among &= any_of
    return among


def counted(shelf: Shelf, among: int, chosen: Chosen) -> Mapping[str, Mapping[str, int]]:
    """Return how many of these courses each value of each facet leads to, beside what is chosen in other facets.

    Values that lead nowhere are left out unless they are chosen.
    """
    found: dict[str, dict[str, int]] = {}
    for key, values in shelf.facets.items():
        rest = narrowed(shelf, among, chosen, without=key)
        picked = chosen.get(key, ())
        found[key] = {
            value: count
            for value, bits in values.items()
            if (count := (bits & rest).bit_count()) or (value in picked and bits & among)
        }
    return found
