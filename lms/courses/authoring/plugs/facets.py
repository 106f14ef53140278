"""The facets of what a course says of itself: brand, position, level, duration, language, format."""

from collections.abc import Collection, Mapping
from uuid import UUID

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.rules.shelving import duration_of, format_of
from lms.courses.values import CourseId, Level, RuleKind
from lms.courses.values.catalogue import CourseFormat, Duration
from lms.identity import facade as identity
from lms.web.words import lazy as _l

EVERY = "all"
"""The value of a course that is for every brand, or every position."""

LEVELS: Mapping[str, str] = {
    Level.FOUNDATION: _l("Foundation"),
    Level.INTERMEDIATE: _l("Intermediate"),
    Level.ADVANCED: _l("Advanced"),
}
DURATIONS: Mapping[str, str] = {
    Duration.SHORT: _l("Up to 30 minutes"),
    Duration.MEDIUM: _l("30 to 60 minutes"),
    Duration.LONG: _l("1 to 2 hours"),
    Duration.LONGEST: _l("More than 2 hours"),
}
FORMATS: Mapping[str, str] = {
    CourseFormat.SELF_PACED: _l("At your own pace"),
    CourseFormat.LIVE: _l("Live"),
    CourseFormat.BLENDED: _l("Live and at your own pace"),
}


def _is_id(value: str) -> bool:
    """Return whether a text is an id."""
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _known(words: Mapping[str, str], values: Collection[str]) -> Mapping[str, str]:
    return {str(value): str(word) for value, word in words.items() if str(value) in values}


class BrandFacet:
    """The brand that a course is about."""

    key = "brand"
    label = _l("Brand")

    def knows(self, value: str) -> bool:
        """Return whether a text can be one."""
        return value == EVERY or _is_id(value)

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return each course's brand, or that it is for all."""
        rows = queries.list_facts(course_ids)
        return {row.id: [str(row.brand_id) if row.brand_id else EVERY] for row in rows}

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the brands by name, all of them first."""
        return _known(
            {EVERY: _l("For every brand"), **{str(one.id): one.name for one in identity.list_brands()}},
            values,
        )


class PositionFacet:
    """Whom a course is meant for."""

    key = "position"
    label = _l("Position")

    def knows(self, value: str) -> bool:
        """Return whether a text can be one."""
        return value == EVERY or _is_id(value)

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return each course's positions, or that it is for all."""
        meant = queries.positions_of(course_ids)
        return {one: [str(position) for position in meant.get(one, ())] or [EVERY] for one in course_ids}

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the positions by name, every position first."""
        named = {str(one.id): one.name for one in identity.list_positions()}
        return _known({EVERY: _l("For every position"), **named}, values)


class LevelFacet:
    """How much a course presupposes."""

    key = "level"
    label = _l("Level")

    def knows(self, value: str) -> bool:
        """Return whether a text can be one."""
        return value in LEVELS

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return each course's level, where it says one."""
        return {row.id: [row.level.value] for row in queries.list_facts(course_ids) if row.level}

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the levels, the lowest first."""
        return _known(LEVELS, values)


class DurationFacet:
    """How long a course takes."""

    key = "duration"
    label = _l("Duration")

    def knows(self, value: str) -> bool:
        """Return whether a text can be one."""
        return value in DURATIONS

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return how long each course takes, where that is known."""
        return {row.id: [duration_of(row.minutes)] for row in queries.list_facts(course_ids) if row.minutes}

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the durations, the shortest first."""
        return _known(DURATIONS, values)


class LanguageFacet:
    """The language a course is written in."""

    key = "language"
    label = _l("Language")

    def knows(self, value: str) -> bool:
        """Return whether a text can be one."""
        return value.isalpha() and value.isascii()

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return each course's language, de-AT as de."""
        return {row.id: [row.language.partition("-")[0]] for row in queries.list_facts(course_ids)}

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the languages by name, as the reader says them."""
        named = {value: _language(value) for value in values}
        return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


def _language(code: str) -> str:
    reader = get_locale() or Locale("en")
    try:
        return Locale.parse(code).get_display_name(reader) or code
    except (UnknownLocaleError, ValueError):
        return code


class FormatFacet:
    """Whether people learn by themselves or meet."""

    key = "format"
    label = _l("Format")

    def knows(self, value: str) -> bool:
        """Return whether a text can be one."""
        return value in FORMATS

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return each course's format, as its activities make it."""
        found = queries.kinds_of(course_ids)
        return {one: [format_of([_is_live(kind) for kind in found[one]])] for one in found}

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the formats."""
        return _known(FORMATS, values)


def _is_live(kind: str) -> bool:
    return any(rule.kind is RuleKind.ATTENDED for rule in kinds.kind_of(kind).rules)
