"""What comes of asking people for certificates, before it is done."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.certificates.cycles.queries import places
from lms.certificates.cycles.rules import assigning
from lms.certificates.cycles.values.team import Pair, Planned
from lms.certificates.values import Certification, CertificationId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.web.context import oem_zone


def plan(
    pairs: Sequence[Pair],
    known: Mapping[CertificationId, Certification],
    *,
    due_on: date | None,
    now: datetime,
) -> Mapping[Pair, Planned]:
    """Return what comes of asking each of these people for each of these certificates now.

    Two queries, one more where rules ask for other certifications, and one for each audience that rules name.
    """
    people = list(dict.fromkeys(person_id for person_id, _certification_id in pairs))
    wanted = [known[one] for one in dict.fromkeys(certification_id for _person_id, certification_id in pairs)]
    at = places.list_places(people, wanted, now=now)
    meant = {
        one: _meant(one, people) for one in {rule.rule.audience_id for rule in wanted} if one is not None
    }
    today = now.astimezone(oem_zone()).date()
    found = {}
    for pair in pairs:
        rule = known[pair[1]].rule
        is_meant = rule.audience_id is None or pair[0] in meant[rule.audience_id]
        found[pair] = assigning.plan(at[pair], assigning.due_of(rule, due_on, today), is_meant=is_meant)
    return found


def _meant(audience_id: AudienceId, people: Sequence[PersonId]) -> frozenset[PersonId]:
    person_id = identity.columns_of_people().column_descriptions[0]["entity"].id
    return frozenset(
        db.session.scalars(
            select(person_id).where(person_id.in_(people), person_id.in_(audiences.people_in(audience_id)))
        )
    )
