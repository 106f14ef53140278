"""Defining certifications: their words, and versions of their rules that never move a date already given."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from flask_babel import gettext as _
from sqlalchemy import delete

from lms.audiences import facade as audiences
from lms.certificates.cycles.models import CertificationPosition, CertificationRow, RuleRow, RuleSubject
from lms.certificates.cycles.queries import certifications
from lms.certificates.cycles.rules import requirements
from lms.certificates.errors import RuleRefused
from lms.certificates.events import CertificationDefined, CertificationDescribed, RulesChanged
from lms.certificates.values import (
    CertificationHeld,
    CertificationId,
    CertificationState,
    Requirement,
    Rule,
    Words,
    subjects_of,
)
from lms.identity.values import PersonId, PositionId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound


def define_certification(
    *, certification_id: CertificationId, words: Words, rule: Rule, actor: Actor, now: datetime
) -> CertificationId:
    """Define a certification under version 1 of its rule; a second click with the same id makes nothing.

    RuleRefused names what is wrong with the code or the rule.
    """
    if db.session.get(CertificationRow, certification_id) is not None:
        return certification_id
    _check_code(words.code, None)
    _check_rule(rule, certification_id, words.title.strip())
    row = CertificationRow(
        id=certification_id,
        state=CertificationState.ACTIVE,
        rule_version=1,
        audience_id=rule.audience_id,
        defined_at=now,
        **_columns(words),
    )
    db.session.add(row)
    db.session.flush()
    _keep_rule(row, rule, actor, now)
    _need(row.id, words.needed_by)
    events.record(CertificationDefined(certification_id=row.id))
    return row.id


def describe_certification(*, certification_id: CertificationId, words: Words) -> None:
    """Change a certification's words and who needs it; certificates already issued keep the words they bear."""
    row = _held(certification_id)
    _check_code(words.code, certification_id)
    for name, value in _columns(words).items():
        setattr(row, name, value)
    db.session.execute(
        delete(CertificationPosition).where(CertificationPosition.certification_id == certification_id)
    )
    _need(certification_id, words.needed_by)
    events.record(CertificationDescribed(certification_id=certification_id))


def _columns(words: Words) -> dict[str, Any]:
    return {
        "code": words.code.strip(),
        "title": words.title.strip(),
        "glyph": words.glyph,
        "description": words.description.strip(),
        "brand_id": words.brand_id,
    }


def change_rules(*, certification_id: CertificationId, rule: Rule, actor: Actor, now: datetime) -> int:
    """Let a certification follow `rule` from now on and return its version.

    The same rule again makes no version. Certificates already issued keep their dates; open cycles follow
    the new rule.
    """
    row = _held(certification_id)
    if requirements.is_same(certifications.get_certification(certification_id).rule, rule):
        return row.rule_version
    _check_rule(rule, certification_id, row.title)
    row.rule_version += 1
    row.audience_id = rule.audience_id
    db.session.flush()
    _keep_rule(row, rule, actor, now)
    events.record(RulesChanged(certification_id=certification_id, version=row.rule_version))
    return row.rule_version


def retire_certification(*, certification_id: CertificationId) -> None:
    """Stop giving a certification; who holds it keeps it to its end."""
    _set_state(certification_id, CertificationState.RETIRED)


def revive_certification(*, certification_id: CertificationId) -> None:
    """Give a retired certification again."""
    _set_state(certification_id, CertificationState.ACTIVE)


def _set_state(certification_id: CertificationId, state: CertificationState) -> None:
    row = _held(certification_id)
    if row.state is not state:
        row.state = state
        events.record(CertificationDescribed(certification_id=certification_id))


def _held(certification_id: CertificationId) -> CertificationRow:
    row = db.session.get(CertificationRow, certification_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _keep_rule(row: CertificationRow, rule: Rule, actor: Actor, now: datetime) -> None:
    made_by = PersonId(actor.person_id) if actor.person_id else None
    kept = RuleRow(
        certification_id=row.id,
        version=row.rule_version,
        rule=msgspec.to_builtins(rule),
        made_at=now,
        made_by=made_by,
    )
    db.session.add(kept)
    db.session.flush()
    subjects = {one for leaf in requirements.all_leaves(rule) for one in subjects_of(leaf)}
    db.session.add_all(
        RuleSubject(certification_id=row.id, version=row.rule_version, subject_id=subject)
        for subject in sorted(subjects)
    )
    db.session.flush()


def _need(certification_id: CertificationId, needed_by: Collection[PositionId]) -> None:
    db.session.add_all(
        CertificationPosition(certification_id=certification_id, position_id=position_id)
        for position_id in sorted(set(needed_by))
    )
    db.session.flush()


def _check_code(code: str, but: CertificationId | None) -> None:
    if certifications.is_code_taken(code.strip(), but=but):
        raise RuleRefused(fields={"code": _("Another certification has this code.")})


def _check_rule(rule: Rule, certification_id: CertificationId, title: str) -> None:
    found = {name: message.translated(_) for name, message in requirements.problems(rule).items()}
    for name, tree in (("requirement", rule.requirement), ("renewal", rule.renewal)):
        if tree is not None and (path := _way_back(tree, certification_id, title)):
            found[name] = _("It would ask for itself: %(path)s.", path=" → ".join(path))
    if rule.audience_id is not None and audiences.find_audience(rule.audience_id) is None:
        found["audience_id"] = _("There is no such audience any more.")
    if found:
        raise RuleRefused(fields=found)


def _way_back(tree: Requirement, certification_id: CertificationId, title: str) -> Sequence[str]:
    """Return the titles on the way from a certification through those it asks for back to itself; none if it ends."""
    asked = _asked(tree)
    if not asked:
        return ()
    known = certifications.list_certifications()
    graph: dict[UUID, Sequence[UUID]] = {
        one.id: _asked(one.rule.requirement, one.rule.renewal) for one in known
    }
    titles = {one.id: one.title for one in known} | {certification_id: title}
    path = requirements.way_back({**graph, certification_id: asked}, certification_id)
    return [titles[CertificationId(one)] for one in path]


def _asked(*trees: Requirement | None) -> Sequence[UUID]:
    return [
        leaf.certification_id
        for tree in trees
        if tree is not None
        for leaf in requirements.leaves(tree)
        if isinstance(leaf, CertificationHeld)
    ]
