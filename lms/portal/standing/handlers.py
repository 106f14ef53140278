"""What standing does when the facts it rests on change: at once, within the same transaction."""

from collections.abc import Sequence

from lms.certificates.events import CertificateIssued, CertificateRevoked
from lms.identity.events import EmploymentEnded, PersonEmployed
from lms.kernel import clock
from lms.kernel.events import in_sets
from lms.portal.standing import service


def on_certificate_issued(event: CertificateIssued) -> None:
    """Let the holder's partner stand where the new certificate puts it."""
    service.follow_person(person_id=event.person_id, now=clock.now())


def on_certificate_revoked(event: CertificateRevoked) -> None:
    """Let the former holder's partner stand where it does without the certificate."""
    service.follow_person(person_id=event.person_id, now=clock.now())


@in_sets
def on_person_employed(facts: Sequence[PersonEmployed]) -> None:
    """Let both partners stand where the move puts them."""
    service.follow_people(
        people={fact.person_id for fact in facts},
        partners={one for fact in facts for one in (fact.organisation_id, fact.left_id) if one is not None},
        now=clock.now(),
    )


@in_sets
def on_employment_ended(facts: Sequence[EmploymentEnded]) -> None:
    """Let the partner that a person left stand where it does without them."""
    service.follow_people(
        people={fact.person_id for fact in facts},
        partners={fact.organisation_id for fact in facts},
        now=clock.now(),
    )
