"""What standing does when the facts it rests on change: at once, within the same transaction."""

from collections.abc import Sequence

from lms.audiences import facade as audiences
from lms.certificates.events import (
    CertificateIssued,
    CertificateReinstated,
    CertificateRevoked,
    EquivalenceDeclared,
    EquivalenceEnded,
)
from lms.identity import facade as identity
from lms.identity.events import (
    AccountsMerged,
    BrandAuthorised,
    BrandWithdrawn,
    EmploymentEnded,
    OrganisationChanged,
    PersonEmployed,
)
from lms.kernel import clock, uow
from lms.kernel.db import db
from lms.kernel.events import in_sets
from lms.kernel.jobs import courier
from lms.portal.standing import service
from lms.portal.standing.events import TierChanged

ACCOUNT_LEFT = {
    "gate_rules.defined_by": "it says by which account it was done",
    "gate_decisions.person_id": "a decision replays to the same answer for ever, from the facts it names",
}


def on_certificate_changed(event: CertificateIssued | CertificateRevoked | CertificateReinstated) -> None:
    """Let the holder's partner stand where the certificate puts it, or where it does without it."""
    service.follow_person(person_id=event.person_id, now=clock.now())


def on_equivalence_changed(event: EquivalenceDeclared | EquivalenceEnded) -> None:
    """Let the first partners of who holds it stand where that puts them, at once: mostly these are all."""
    if event.is_for_company:
        has_more = service.follow_holders(certification_id=event.from_id, now=clock.now())
        if has_more:
            # The others batch by batch, each in a transaction of its own; they are looked at every hour, too.
            uow.after_commit(courier(service.EVERYBODY))


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


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the partner of whom two accounts are stand where all that they hold together puts it."""
    service.follow_person(person_id=event.kept_id, now=clock.now())


def on_organisation_changed(event: OrganisationChanged) -> None:
    """Let a partner and all above it, before and after, stand where its move puts them."""
    service.follow_organisation(organisation_id=event.organisation_id, left_id=event.left_id, now=clock.now())


def on_brand_changed(event: BrandAuthorised | BrandWithdrawn) -> None:
    """Hold the partner's standing: its gates look at what it may sell."""
    service.lock([event.organisation_id])


def on_tier_changed(event: TierChanged) -> None:
    """Let everybody at a partner be in the audiences of its tier."""
    audiences.follow_people(db.session.scalars(identity.employed_at(event.partner_id)))
