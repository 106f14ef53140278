"""The facets of what identity knows, and the one of audiences themselves."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from lms.audiences.queries import audiences
from lms.audiences.values import NESTED, AudienceId, Option, Options
from lms.identity import facade as identity
from lms.identity.values import MODEL_WORDS, ROLES, OrganisationId, OrganisationKind, ResellerModel
from lms.kernel.actor import Role, Scope
from lms.web.context import LOCALES
from lms.web.pages import PageRequest
from lms.web.words import lazy as _l

SHOWN = 20
"""How many values of a facet that is searched are shown at once."""

KINDS: Mapping[OrganisationKind, str] = {
    OrganisationKind.PARTNER: _l("a partner"),
    OrganisationKind.OEM: _l("the manufacturer"),
}

LANGUAGES: Mapping[str, str] = dict(LOCALES)
GIVEN_ROLES: Mapping[Role, str] = {role: word for role, word in ROLES.items() if role is not Role.LEARNER}


def _having(words: str, options: Sequence[Option]) -> Options:
    """Return the options whose label has `words`."""
    wanted = words.casefold()
    return Options([one for one in options if wanted in one.label.casefold()])


def _of(values: Collection[str], words: Mapping[Any, str]) -> Mapping[str, str]:
    return {str(value): str(word) for value, word in words.items() if str(value) in values}


class _Words:
    """A facet whose values are a fixed set of words."""

    leads = False
    is_long = False
    words: Mapping[Any, str]

    def options(self, _scope: Scope, words: str, _after: str | None) -> Options:
        """Return the words, in the order they are declared in."""
        return _having(words, [Option(str(value), str(word)) for value, word in self.words.items()])

    def names(self, values: Collection[str], _scope: Scope) -> Mapping[str, str]:
        """Return the words of these values."""
        return _of(values, self.words)


class PositionFacet:
    """The position people hold."""

    key = "position"
    label = _l("Position")
    phrase = "%(names)s"
    leads = True
    is_long = False

    def pairs(self) -> Any:
        """Return everybody's position."""
        return identity.pairs_of_position()

    def read(self, value: str) -> UUID:
        """Return a position's id."""
        return UUID(value)

    def options(self, _scope: Scope, words: str, _after: str | None) -> Options:
        """Return the positions, by name."""
        return _having(words, [Option(str(one.id), one.name) for one in identity.list_positions()])

    def names(self, values: Collection[str], _scope: Scope) -> Mapping[str, str]:
        """Return the names of these positions."""
        return _of(values, {one.id: one.name for one in identity.list_positions()})


class RegionFacet:
    """Where people work; a region means all regions in it too."""

    key = "region"
    label = _l("Region, with everything in it")
    phrase = _l("in %(names)s")
    leads = False
    is_long = False

    def pairs(self) -> Any:
        """Return everybody's region and all above it."""
        return identity.pairs_of_region()

    def read(self, value: str) -> UUID:
        """Return a region's id."""
        return UUID(value)

    def options(self, _scope: Scope, words: str, _after: str | None) -> Options:
        """Return the regions, each after the one that it lies in."""
        regions = identity.list_regions()
        names = {one.id: one.name for one in regions}
        inside: dict[Any, list[Any]] = {}
        for one in regions:
            inside.setdefault(one.parent_id, []).append(one)
        found: list[Option] = []
        waiting = list(reversed(inside.get(None, [])))
        while waiting:
            one = waiting.pop()
            found.append(Option(str(one.id), one.name, names.get(one.parent_id, "")))
            waiting.extend(reversed(inside.get(one.id, [])))
        return _having(words, found)

    def names(self, values: Collection[str], _scope: Scope) -> Mapping[str, str]:
        """Return the names of these regions."""
        return _of(values, {one.id: one.name for one in identity.list_regions()})


class KindFacet(_Words):
    """Whether people work for the manufacturer or for a partner."""

    key = "kind"
    label = _l("Works for")
    phrase = _l("working for %(names)s")
    words = KINDS

    def pairs(self) -> Any:
        """Return everybody's kind of organisation."""
        return identity.pairs_of_kind()

    def read(self, value: str) -> OrganisationKind:
        """Return a kind."""
        return OrganisationKind(value)


class ModelFacet(_Words):
    """How people's partner sells."""

    key = "model"
    label = _l("The partner sells as")
    phrase = _l("at a %(names)s")
    words = MODEL_WORDS

    def pairs(self) -> Any:
        """Return the reseller model of everybody's partner."""
        return identity.pairs_of_model()

    def read(self, value: str) -> ResellerModel:
        """Return a model."""
        return ResellerModel(value)


class BrandFacet:
    """What people's partner may sell."""

    key = "brand"
    label = _l("The partner may sell")
    phrase = _l("selling %(names)s")
    leads = False
    is_long = False

    def pairs(self) -> Any:
        """Return the brands of everybody's partner."""
        return identity.pairs_of_brand()

    def read(self, value: str) -> UUID:
        """Return a brand's id."""
        return UUID(value)

    def options(self, _scope: Scope, words: str, _after: str | None) -> Options:
        """Return the brands, by name."""
        return _having(words, [Option(str(one.id), one.name) for one in identity.list_brands()])

    def names(self, values: Collection[str], _scope: Scope) -> Mapping[str, str]:
        """Return the names of these brands."""
        return _of(values, {one.id: one.name for one in identity.list_brands()})


class OrganisationFacet:
    """Which organisation people work at; one means all below it too."""

    key = "organisation"
    label = _l("Organisation, with its branches")
    phrase = _l("of %(names)s")
    leads = False
    is_long = True

    def pairs(self) -> Any:
        """Return everybody's organisation and all above it."""
        return identity.pairs_of_organisation()

    def read(self, value: str) -> UUID:
        """Return an organisation's id."""
        return UUID(value)

    def options(self, scope: Scope, words: str, after: str | None) -> Options:
        """Return organisations by name, those below another with its name beside."""
        page = identity.page_organisations(scope, words, PageRequest(after=after, size=SHOWN))
        above = identity.list_organisations({one.parent_id for one in page.items if one.parent_id})
        names = {key: one.name for key, one in above.items()}
        return Options(
            [
                Option(str(one.id), one.name, names.get(one.parent_id, "") if one.parent_id else "")
                for one in page.items
            ],
            page.next,
        )

    def names(self, values: Collection[str], scope: Scope) -> Mapping[str, str]:
        """Return the names of these organisations, those beyond `scope` left out."""
        ids = {OrganisationId(UUID(one)) for one in values}
        return {str(key): one.name for key, one in identity.list_organisations(ids, scope).items()}


class LanguageFacet(_Words):
    """Which language people read."""

    key = "language"
    label = _l("Reads")
    phrase = _l("reading %(names)s")
    words = LANGUAGES

    def pairs(self) -> Any:
        """Return everybody's language."""
        return identity.pairs_of_language()

    def read(self, value: str) -> str:
        """Return a language's code."""
        return value


class RoleFacet(_Words):
    """Which role people hold, wherever it reaches."""

    key = "role"
    label = _l("Role")
    phrase = _l("with the role %(names)s")
    words = GIVEN_ROLES

    def pairs(self) -> Any:
        """Return the roles people were given."""
        return identity.pairs_of_role()

    def read(self, value: str) -> Role:
        """Return a role."""
        return Role(value)


class AudienceFacet:
    """Which other audiences people are in."""

    key = NESTED
    label = _l("Audience")
    phrase = _l("in the audience %(names)s")
    leads = False
    is_long = False

    def pairs(self) -> Any:
        """Return everybody's audiences."""
        return audiences.pairs_of_audience()

    def read(self, value: str) -> UUID:
        """Return an audience's id."""
        return UUID(value)

    def options(self, _scope: Scope, words: str, _after: str | None) -> Options:
        """Return the audiences, by name."""
        return _having(words, [Option(str(one.id), one.name) for one in audiences.list_audiences()])

    def names(self, values: Collection[str], _scope: Scope) -> Mapping[str, str]:
        """Return the names of these audiences."""
        found = audiences.list_audiences([AudienceId(UUID(one)) for one in values])
        return {str(one.id): one.name for one in found}
