"""What others may hold of audiences: ids, rules, and the Protocols of facets and of what uses an audience."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType, Protocol
from uuid import UUID

import msgspec

from lms.identity.values import Person, PersonId
from lms.kernel.actor import Scope

AudienceId = NewType("AudienceId", UUID)

NESTED = "audience"
"""The key of the facet whose values are audiences."""

FacetValues = Mapping[str, frozenset[str]]
"""By facet, the values that one person has, those above included."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Who is meant: any of a facet's values and all of the facets, or by name; and in any case without the exceptions.

    A rule that names facets, or nobody at all, is about everybody; one that names only people is about these. A
    facet's values are what its `pairs` give, as text.
    """

    any_of: dict[str, frozenset[str]] = {}
    none_of: dict[str, frozenset[str]] = {}
    people: frozenset[PersonId] = frozenset()
    not_people: frozenset[PersonId] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Return whether it says nothing."""
        return not (self.any_of or self.none_of or self.people or self.not_people)

    @property
    def by_facets(self) -> bool:
        """Return whether facets say who is meant, and not names alone."""
        return bool(self.any_of) or not self.people

    @property
    def nested(self) -> frozenset[AudienceId]:
        """Return the audiences that it names."""
        named = self.any_of.get(NESTED, frozenset()) | self.none_of.get(NESTED, frozenset())
        return frozenset(AudienceId(UUID(one)) for one in named)


def tidied(rule: Rule) -> Rule:
    """Return a rule without facets of which nothing is asked."""
    return msgspec.structs.replace(
        rule,
        any_of={key: values for key, values in rule.any_of.items() if values},
        none_of={key: values for key, values in rule.none_of.items() if values},
    )


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet to choose; `note` tells it from others of the same name."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Some values of a facet, in order; `next` is where more of them begin."""

    items: Sequence[Option]
    next: str | None = None


class Facet(Protocol):
    """One kind of fact that audiences are made of, plugged in by the feature that knows it.

    That feature also says when the fact changes: `audiences.facade.follow_people`.
    """

    key: str
    """Under which rules keep it; it never changes."""
    label: str
    phrase: str
    """How a description says it: "in %(names)s"."""
    leads: bool
    """Whether a description begins with it."""
    is_long: bool
    """Whether there are too many values to show them all: they are searched."""

    def pairs(self) -> Any:
        """Return a Select of (person id, value): one row for everything a person is, those above included."""

    def read(self, value: str) -> Any:
        """Return a value as `pairs` compares it; ValueError for text that is none."""

    def options(self, scope: Scope, words: str, after: str | None) -> Options:
        """Return values to choose from whose label has `words`, within what `scope` reaches."""

    def names(self, values: Collection[str], scope: Scope) -> Mapping[str, str]:
        """Return what these values are called, in order; those that are no more, or beyond `scope`, are left out."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where an audience is used: what it is ("Course"), its title and its page."""

    kind: str
    title: str
    url: str


class WhereUsed(Protocol):
    """What a feature above uses audiences for; its rows refer to them by a foreign key without cascade."""

    def uses(self, audience_id: AudienceId) -> Sequence[Use]:
        """Return where an audience is used, a few examples if there are many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """An audience. `filled` and `to_fill` say how far its people follow the rule, None once they do."""

    id: AudienceId
    name: str
    note: str
    rule: Rule
    version: int
    changed_at: datetime
    filled: int | None
    to_fill: int | None

    @property
    def is_settled(self) -> bool:
        """Return whether its people follow its rule."""
        return self.filled is None


@dataclass(frozen=True, slots=True)
class AudienceLine:
    """One row of the list: an audience, what it says in words, and how many of its people the reader may see."""

    audience: Audience
    sentence: str
    count: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who is meant by a rule, within a reader's reach: what it says, how many, and a few of them."""

    sentence: str
    count: int
    sample: Sequence[Person]


@dataclass(frozen=True, slots=True)
class Membership:
    """One audience that a person is in, and since when."""

    audience_id: AudienceId
    name: str
    since: datetime
