"""Audiences that name audiences: in which order they are decided, and rings, which cannot be."""

from collections.abc import Mapping, Sequence

from lms.audiences.values import AudienceId, Rule


def in_order(rules: Mapping[AudienceId, Rule]) -> Sequence[AudienceId]:
    """Return the audiences so that each comes after those that it names; there must be no ring."""
    placed: dict[AudienceId, None] = {}
    for start in rules:
        waiting = [start]
        while waiting:
            one = waiting[-1]
            below = [name for name in sorted(rules[one].nested) if name in rules and name not in placed]
            if below and one not in placed:
                waiting.extend(below)
            else:
                waiting.pop()
                placed[one] = None
    return tuple(placed)


def ring_through(audience_id: AudienceId, rules: Mapping[AudienceId, Rule]) -> Sequence[AudienceId]:
    """Return the audiences of a ring that begins and ends with `audience_id`, the shortest; none if there is none."""
    paths: list[tuple[AudienceId, ...]] = [(audience_id,)]
    seen: set[AudienceId] = set()
    for path in paths:
        last = path[-1]
        for name in sorted(rules[last].nested) if last in rules else ():
            if name == audience_id:
                return (*path, audience_id)
            if name not in seen:
                seen.add(name)
                paths.append((*path, name))
    return ()


def resting_on(audience_id: AudienceId, rules: Mapping[AudienceId, Rule]) -> Sequence[AudienceId]:
    """Return the audiences that name this one, or one that does, each after those that it names."""
    found = {audience_id}
    for one in in_order(rules):
        if rules[one].nested & found:
            found.add(one)
    return tuple(one for one in in_order(rules) if one in found and one != audience_id)
