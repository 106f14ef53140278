"""A rule in words, in the language of whoever reads it now."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lms.audiences.values import Facet, Rule
from lms.identity.values import PersonId

SHOWN = 4
"""How many names of one facet a sentence says before it counts the rest."""


def sentence(
    rule: Rule,
    facets: Sequence[Facet],
    names: Mapping[str, Mapping[str, str]],
    people: Mapping[PersonId, str],
) -> str:
    """Return a rule in one sentence without its full stop; `names` are the facets' values, by facet and value."""
    said = _by_facets(rule, facets, names) if rule.by_facets else ""
    named = _joined(_people_of(rule.people, people), len(rule.people), _AND)
    if said and named:
        said = _("%(rule)s; also %(names)s", rule=said, names=named)
    said = said or named
    without = [
        _joined(_names_of(facet.key, rule.none_of, names), len(rule.none_of[facet.key]), _AND)
        for facet in facets
        if facet.key in rule.none_of
    ]
    if rule.not_people:
        without.append(_joined(_people_of(rule.not_people, people), len(rule.not_people), _AND))
    for names_of_some in without:
        said = _("%(rule)s, without %(names)s", rule=said, names=names_of_some)
    return said


def _by_facets(rule: Rule, facets: Sequence[Facet], names: Mapping[str, Mapping[str, str]]) -> str:
    asked = [facet for facet in facets if facet.key in rule.any_of]
    said = [
        str(facet.phrase)
        % {"names": _joined(_names_of(facet.key, rule.any_of, names), len(rule.any_of[facet.key]), _OR)}
        for facet in sorted(asked, key=lambda one: not one.leads)
    ]
    if not any(facet.leads for facet in asked):
        said.insert(0, _("Everybody"))
    return " ".join(said)


def _names_of(
    key: str, chosen: Mapping[str, Collection[str]], names: Mapping[str, Mapping[str, str]]
) -> list[str]:
    known = names.get(key, {})
    return [word for value, word in known.items() if value in chosen[key]]


def _people_of(chosen: Collection[PersonId], people: Mapping[PersonId, str]) -> list[str]:
    return sorted(people[one] for one in chosen if one in people)


_OR: Final = "or"
_AND: Final = "standard"


def _joined(names: list[str], count: int, style: Literal["or", "standard"]) -> str:
    """Return names as a list of the reader's language; those without a name are counted as others."""
    shown = names[:SHOWN]
    if count > len(shown):
        rest = count - len(shown)
        shown.append(ngettext("%(num)s other", "%(num)s others", rest))
    return format_list(shown, style=style, locale=get_locale()) if shown else ""
