"""Frozen pictures of the catalogue, and of what was found inside a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lms.courses.learning.values import CourseView, OutlineItem
from lms.web.pages import Page


class Sort(StrEnum):
    """How the catalogue runs."""

    BEST = "best"
    """With words the best match first, without them what the reader has begun."""
    NEWEST = "newest"
    TITLE = "title"
    SHORTEST = "shortest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for in the catalogue: `chosen` values by facet, `exact` as typed and nothing near it."""

    words: str = ""
    exact: bool = False
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.BEST

    @property
    def is_untouched(self) -> bool:
        """Return whether nothing is looked for yet."""
        return not (self.words or self.chosen) and self.sort is Sort.BEST


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text that is shown with what was found in it; a template marks the hits."""

    text: str
    is_hit: bool = False


Parts = Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A course in the catalogue. `passage` is where its text has the words, in the lesson `passage_title`."""

    view: CourseView
    is_new: bool
    format: str
    title: Parts
    summary: Parts
    passage: Parts = ()
    passage_title: str = ""


@dataclass(frozen=True, slots=True)
class FacetOption:
    """A value of a facet, and how many courses it leads to beside what is chosen elsewhere."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetChoices:
    """A facet with the values that lead somewhere."""

    key: str
    label: str
    options: Sequence[FacetOption]

    @property
    def chosen(self) -> Sequence[FacetOption]:
        """Return the values that are chosen."""
        return [one for one in self.options if one.is_chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the catalogue answers. `corrected` are the words that were searched for instead of those typed, if any."""

    page: Page[Card]
    total: int
    facets: Sequence[FacetChoices]
    corrected: Sequence[str]
    new: Sequence[Card]
    team: Sequence[tuple[Card, int]]
    """What colleagues take, with how many of them."""
    near: Sequence[tuple[str, int]] = ()
    """Where nothing was found: words to look for instead, with how many courses they find."""
    unnarrowed: int = 0
    """Where nothing was found: how many courses there are without what is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A passage of a lesson where something was found; `anchor` is the heading above it, `fragment` its first words."""

    parts: Parts
    anchor: str
    fragment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLesson:
    """A lesson of a reader's course where something was found."""

    item: OutlineItem
    title: Parts
    passages: Sequence[Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInside:
    """What was found within a course. `locked` are the lessons that could not be looked into."""

    lessons: Sequence[FoundLesson]
    locked: Sequence[OutlineItem]
    is_cut: bool
    """Whether there is more than is shown."""
