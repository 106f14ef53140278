"""What the rows of an import are held against, and how they are written down."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from babel.core import Locale

from lms.identity import queries
from lms.identity.models import PeopleImportRow
from lms.identity.policy import MANAGE_PEOPLE
from lms.identity.rules.columns import folded
from lms.identity.rules.judging import Named, World
from lms.identity.values import PersonId
from lms.identity.values.imports import Problem, Verdict
from lms.kernel.actor import Actor
from lms.kernel.messages import Message
from lms.web.context import LOCALES


def world_of(row: PeopleImportRow, actor: Actor) -> World:
    """Return what the rows of an import are held against, as far as `actor` reaches today."""
    scope = actor.scope_of(MANAGE_PEOPLE)
    chosen = row.organisation_id
    if chosen is not None and not queries.is_organisation_visible(chosen, scope):
        chosen = None
    named = queries.list_organisations([chosen]) if chosen else {}
    return World(
        organisations=queries.directory_of_organisations(scope),
        positions=queries.directory_of_positions(),
        regions=queries.directory_of_regions(),
        locales=_LOCALES,
        time_zones=_TIME_ZONES,
        default=Named(chosen, named[chosen].name) if chosen else None,
        invites=row.invites,
        actor_id=PersonId(actor.person_id) if actor.person_id else None,
    )


def _locales() -> Mapping[str, str]:
    """Return every language of ours under its code, its own name and its names in the others."""
    found = {}
    for code, own_name in LOCALES:
        names = [Locale.parse(other).languages.get(code, "") for other, _name in LOCALES]
        for word in (code, own_name, *names):
            found[folded(word)] = code
    return found


_LOCALES = _locales()
_TIME_ZONES = {folded(zone): zone for zone in available_timezones()}


def changes_in(verdict: Verdict) -> dict[str, list[str]]:
    """Return a verdict's changes as they are stored."""
    return {field.value: [before, after] for field, (before, after) in verdict.changes.items()}


def problems_in(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return problems as they are stored: templates with their values, so that each reader has their own language."""
    return [
        {"field": one.field.value if one.field else None, "reason": stored_message(one.reason)}
        for one in problems
    ]


def stored_message(message: Message) -> list[Any]:
    """Return a sentence as its template and its values."""
    return [message.template, dict(message.params)]


def added(counts: Mapping[str, int], verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return counts by fate with these verdicts counted too."""
    found = dict(counts)
    for verdict in verdicts:
        found[verdict.fate.value] = found.get(verdict.fate.value, 0) + 1
    return found
