"""What rows would do, a batch at a time: by the rules, and by what other features hold on to."""

from collections.abc import Sequence

from lms.identity.policy import RENAME_PERSON
from lms.identity.rules.judging import Matches, World, judge
from lms.identity.service import names
from lms.identity.values.imports import Cells, ImportField, Problem, RowFate, Verdict
from lms.kernel.actor import Actor
from lms.kernel.messages import Message


def judge_all(
    cells: Sequence[Cells], matched: Sequence[Matches], world: World, actor: Actor
) -> Sequence[Verdict]:
    """Return what `actor` would do with these rows, in their order."""
    judged = [judge(said, matches, world) for said, matches in zip(cells, matched, strict=True)]
    return judged if actor.may(RENAME_PERSON) else _without_held_names(judged)


def _without_held_names(judged: Sequence[Verdict]) -> list[Verdict]:
    """Refuse rows that would change a name on which others rely, as an account does that changes its own."""
    held = names.list_names_held(
        [one.person.id for one in judged if one.person is not None and ImportField.NAME in one.changes]
    )
    reason = Problem(
        ImportField.NAME, Message("This name stands on a certificate. An administrator can change it.")
    )
    return [
        Verdict(RowFate.REFUSED, one.person, problems=(*one.problems, reason))
        if one.person is not None and one.person.id in held and ImportField.NAME in one.changes
        else one
        for one in judged
    ]
