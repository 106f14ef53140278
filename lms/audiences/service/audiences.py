"""Saving and deleting audiences."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from flask_babel import gettext as _
from sqlalchemy import delete, select

from lms.audiences.errors import InUse
from lms.audiences.events import AudienceDeleted, AudienceSaved
from lms.audiences.models import AudienceMember, AudienceRow
from lms.audiences.policy import MANAGE_AUDIENCES
from lms.audiences.queries import audiences as queries
from lms.audiences.queries import registry
from lms.audiences.rules.nesting import ring_through
from lms.audiences.service import filling, locks
from lms.audiences.values import AudienceId, Facet, Rule, tidied
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import EVERYTHING, Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound, Stale
from lms.kernel.lines import fault_of_name
from lms.kernel.lines import tidied as tidied_line

VALUES_MAX = 400
"""How many values and people a rule may name in all: more of them are said by a facet."""


def save_audience(
    *,
    audience_id: AudienceId,
    name: str,
    note: str,
    rule: Rule,
    actor: Actor,
    now: datetime,
    seen: int | None,
) -> AudienceId:
    """Make an audience (`seen` None) or let the one that was seen as version `seen` mean other people.

    Made again with the same id, it changes nothing. Invalid names what cannot be, a ring of audiences among it.
    """
    if not actor.scope_of(MANAGE_AUDIENCES).everything:
        raise Forbidden(_("An audience reaches everybody, and your role does not."))
    # Held before the other rules are read: of two that would close a ring together, the second sees the first.
    locks.hold_everything()
    row = db.session.get(AudienceRow, audience_id, with_for_update=True)
    if row is None and seen is not None:
        raise NotFound
    if row is not None and seen is None:
        return audience_id
    if row is not None and row.version != seen:
        raise Stale(_("Somebody changed this audience since you opened it. Look at it again."))
    rule = tidied(rule)
    if faults := _faults(audience_id, name, rule):
        raise Invalid(fields=faults)
    if row is None:
        row = AudienceRow(id=audience_id, version=0, filled=0)
        db.session.add(row)
    row.name = tidied_line(name)
    row.name_key = row.name.casefold()
    row.note = note.strip()
    row.rule = msgspec.to_builtins(rule, order="sorted")
    row.version += 1
    row.changed_at, row.changed_by = now, PersonId(actor.person_id) if actor.person_id else None
    db.session.flush()
    events.record(AudienceSaved(audience_id=audience_id, version=row.version))
    filling.start(audience_id)
    return audience_id


def _faults(audience_id: AudienceId, name: str, rule: Rule) -> dict[str, str]:
    faults: dict[str, str] = {}
    kept = tidied_line(name)
    if fault := fault_of_name(kept):
        faults["name"] = fault
    elif _is_taken(audience_id, kept):
        faults["name"] = _("There is an audience of this name already.")
    if rule.is_empty:
        faults["rule"] = _("Say who is meant: choose at least one thing.")
    elif missing := _missing(rule):
        faults["rule"] = missing
    elif ring := _ring(audience_id, kept, rule):
        faults["rule"] = ring
    return faults


def _is_taken(audience_id: AudienceId, name: str) -> bool:
    found = select(AudienceRow.id).where(
        AudienceRow.name_key == name.casefold(), AudienceRow.id != audience_id
    )
    return db.session.scalars(found).first() is not None


def _missing(rule: Rule) -> str:
    """Return what is wrong with the values that a rule names, empty if nothing is."""
    facets = registry.facets()
    chosen: dict[str, frozenset[str]] = {}
    for values_of in (rule.any_of, rule.none_of):
        for key, values in values_of.items():
            chosen[key] = chosen.get(key, frozenset()) | values
    people = rule.people | rule.not_people
    if sum(map(len, chosen.values())) + len(people) > VALUES_MAX:
        return _(
            "A rule names at most %(count)s things. Say it by region, position or partner.", count=VALUES_MAX
        )
    if both := rule.people & rule.not_people:
        return _(
            "%(names)s cannot be both meant and left out.",
            names=", ".join(sorted(queries.names_of_people(both, EVERYTHING).values())),
        )
    gone = any(
        key not in facets
        or not all(_is_readable(facets[key], value) for value in values)
        or len(facets[key].names(values, EVERYTHING)) < len(values)
        for key, values in chosen.items()
    )
    if gone or len(queries.names_of_people(people, EVERYTHING)) < len(people):
        return _("Something that was chosen is no more. Look at your choices again.")
    return ""


def _is_readable(facet: Facet, value: str) -> bool:
    try:
        facet.read(value)
    except ValueError:
        return False
    return True


def _ring(audience_id: AudienceId, name: str, rule: Rule) -> str:
    rules: Mapping[AudienceId, Rule] = {**queries.load_rules(), audience_id: rule}
    ring = ring_through(audience_id, rules)
    if not ring:
        return ""
    names = {one.id: one.name for one in queries.list_audiences(ring)} | {audience_id: name}
    return _("An audience cannot be made of itself: %(ring)s.", ring=" → ".join(names[one] for one in ring))


def delete_audience(*, audience_id: AudienceId, actor: Actor) -> None:
    """Delete an audience; InUse says where it is used, if it is. What is gone already stays gone."""
    if not actor.scope_of(MANAGE_AUDIENCES).everything:
        raise Forbidden(_("An audience reaches everybody, and your role does not."))
    locks.hold_everything()
    row = db.session.get(AudienceRow, audience_id, with_for_update=True)
    if row is None:
        return
    uses = registry.uses(audience_id)
    if uses:
        places = ", ".join(f"{use.kind} “{use.title}”" for use in uses)
        raise InUse(_("%(name)s is used, so it stays: %(places)s.", name=row.name, places=places))
    db.session.execute(delete(AudienceMember).where(AudienceMember.audience_id == audience_id))
    db.session.delete(row)
    db.session.flush()
    events.record(AudienceDeleted(audience_id=audience_id, name=row.name))
