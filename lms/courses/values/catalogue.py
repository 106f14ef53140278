"""What others may hold of the catalogue: the facets by which people choose courses, plugged in by who knows them."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Protocol

from lms.courses.values import CourseId


class CourseFormat(StrEnum):
    """Whether people take a course by themselves, meet for it, or both."""

    SELF_PACED = "self_paced"
    LIVE = "live"
    BLENDED = "blended"


class Duration(StrEnum):
    """How long a course takes, roughly."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"
    LONGEST = "longest"


class CatalogueFacet(Protocol):
    """One kind of fact by which people narrow the catalogue.

    The feature that plugs it in also says when the fact changes: `courses.facade.shelve_again`.
    """

    key: str
    """In addresses, and under which the catalogue keeps it; it never changes."""
    label: str

    def knows(self, value: str) -> bool:
        """Return whether a text, as an address brings it, can be a value at all."""

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return the values of each of these published courses; one without any may be left out."""

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return what these values are called, in the order in which they are shown; without those that are no more.

        Asked once for each language and each state of the catalogue.
        """
