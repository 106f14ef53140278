"""What has happened to partners' commercial records."""

from dataclasses import dataclass
from typing import ClassVar

from lms.identity.values import OrganisationId, PersonId
from lms.kernel.events import Event
from lms.portal.partners.values import Agreement


@dataclass(frozen=True, kw_only=True)
class PartnerRecordKept(Event):
    """A partner's commercial record was written or changed."""

    SUBJECT: ClassVar[str] = "organisation_id"
    organisation_id: OrganisationId
    channel_manager_id: PersonId | None
    agreement: Agreement
