"""What completes an activity of the draft and what keeps it shut: checked before it is stored, let go when it ends."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.models import ActivityRow, CourseVersionRow
from lms.courses.authoring.rules.locking import find_cycle
from lms.courses.kinds import locks
from lms.courses.values import ActivityKey, CompletionRule, Lock, RuleKind
from lms.courses.values.counting import LEAST, may_be_met
from lms.kernel.db import db
from lms.kernel.errors import Invalid

LOCKS_AT_MOST = 50


def set_rule(activity: ActivityRow, rule: CompletionRule) -> None:
    """Choose what completes an activity; Invalid, naming the field, for what its kind cannot meet."""
    offered = kinds.kind_of(activity.kind).rules
    if rule.kind not in {one.kind for one in offered}:
        message = _("This kind of activity cannot be completed that way.")
        raise Invalid(message, fields={"rule": message})
    if not may_be_met(rule):
        message = (
            _("Give minutes from 1 to %(most)s.", most=LEAST[rule.kind][-1])
            if rule.kind is RuleKind.TIME
            else _("Give a share from 1 to 100 per cent.")
        )
        raise Invalid(message, fields={"least": message})
    activity.rule, activity.least = rule.kind.value, rule.least if rule.kind in LEAST else 0


def set_locks(draft: CourseVersionRow, activity: ActivityRow, held: Collection[Lock]) -> None:
    """Choose what keeps an activity shut; Invalid, naming the field, for what could never open."""
    before = set(locks.from_json(activity.locks))
    others = {one.key: one for one in queries.list_activities(draft.id) if one.key != activity.key}
    if len(set(held)) > LOCKS_AT_MOST:
        message = _("Use at most %(most)s locks.", most=LOCKS_AT_MOST)
        raise Invalid(message, fields={"after": message})
    for lock in set(held) - before:
        if lock.kind == locks.AFTER and _key(lock) not in others:
            message = _("This course has no such activity any more. Reload this page.")
            raise Invalid(message, fields={"after": message})
        if lock.kind not in {locks.AFTER, locks.FROM} and not _is_offered(lock):
            message = _("There is nothing of that name to lock it with.")
            raise Invalid(message, fields={"others": message})
    activity.locks = locks.to_json(held)
    refuse_cycles([activity, *others.values()])


def refuse_cycles(activities: Collection[ActivityRow]) -> None:
    """Raise Invalid, with their names, if activities wait for each other."""
    names = {one.key: one.title for one in activities}
    if cycle := find_cycle({one.key: waits_for(one) for one in activities}):
        message = circle([names[key] for key in cycle])
        raise Invalid(message, fields={"after": message})


def circle(titles: Sequence[str]) -> str:
    """Return the sentence that names activities which wait for each other."""
    chain = " → ".join(f"“{title}”" for title in [*titles, titles[0]])
    return _("These would wait for each other, and nobody could open any: %(chain)s.", chain=chain)


def waits_for(activity: ActivityRow) -> Sequence[ActivityKey]:
    """Return the activities that must be done before this one opens."""
    return [_key(lock) for lock in locks.from_json(activity.locks) if lock.kind == locks.AFTER]


def let_go(draft: CourseVersionRow, gone: Collection[ActivityKey]) -> Sequence[str]:
    """Take the locks away that wait for activities which left the draft; return the titles of those that waited."""
    freed = []
    values = {str(key) for key in gone}
    for one in queries.list_activities(draft.id):
        held = locks.from_json(one.locks)
        kept = [lock for lock in held if lock.kind != locks.AFTER or lock.value not in values]
        if len(kept) < len(held):
            one.locks = locks.to_json(kept)
            one.revision += 1
            freed.append(one.title)
    db.session.flush()
    return freed


def names_of(activities: Iterable[ActivityRow]) -> Mapping[ActivityKey, str]:
    """Return the titles of activities by key."""
    return {one.key: one.title for one in activities}


def _key(lock: Lock) -> ActivityKey:
    return ActivityKey(UUID(lock.value))


def _is_offered(lock: Lock) -> bool:
    kind = locks.find_kind(lock.kind)
    return kind is not None and lock.value in {value for value, _name in kind.choices()}
