"""Asking several people for several certificates at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from lms.certificates.cycles.queries import planning
from lms.certificates.cycles.service import issuing
from lms.certificates.cycles.values.team import Outcome, Pair
from lms.certificates.errors import AlreadyHeld
from lms.certificates.values import Certification, CertificationId
from lms.kernel.actor import Actor

PAIRS_AT_MOST = 200
"""How many are asked in one transaction: a person for a certificate is one."""


def assign_many(
    pairs: Sequence[Pair],
    known: Mapping[CertificationId, Certification],
    *,
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> Counter[Outcome]:
    """Ask each of these people for each certificate and return how many came to what.

    Who holds it, is asked already or is not meant is left alone; twice is once. Always in the same order, so that two
    who do the same do not wait for each other.
    """
    planned = planning.plan(pairs, known, due_on=due_on, now=now)
    counts: Counter[Outcome] = Counter()
    for pair in sorted(planned):
        outcome = planned[pair].outcome
        if outcome.changes:
            try:
                issuing.assign(
                    person_id=pair[0], certification_id=pair[1], due_on=due_on, actor=actor, now=now
                )
            except AlreadyHeld:
                # Earned since it was planned.
                outcome = Outcome.HELD
        counts[outcome] += 1
    return counts
