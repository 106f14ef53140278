"""How far a person is with what a certification has practised, on the way that is open to them."""

from collections.abc import Sequence
from datetime import datetime

from lms.certificates.cycles.queries import deeds, tracks
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.values.deeds import PracticeSheet
from lms.certificates.values import Certification
from lms.identity.values import PersonId


def read_sheets(
    person_id: PersonId, certification: Certification, *, now: datetime
) -> Sequence[PracticeSheet]:
    """Return each thing to practise, with the hours of the way that is open: the renewal's for who holds it still."""
    rule = certification.rule
    renews = person_id in tracks.list_renewing([person_id], certification.id, now=now)
    since = tracks.list_evidence_since([person_id], certification.id, now=now).get(person_id)
    first = requirements.leaves(requirements.shortest_way(rule, renews=renews))
    return deeds.list_sheets(person_id, (*first, *requirements.all_leaves(rule)), since=since)
