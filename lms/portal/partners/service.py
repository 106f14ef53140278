"""Every write of partners."""

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.identity import facade as identity
from lms.identity.values import MODEL_WORDS, OrganisationId, PersonId
from lms.kernel import events, search
from lms.kernel.db import db
from lms.kernel.errors import Invalid, Stale
from lms.kernel.handing import Owned, hand_over
from lms.portal.partners import queries
from lms.portal.partners.events import PartnerRecordKept
from lms.portal.partners.models import PartnerRecordRow
from lms.portal.partners.policy import VIEW_PARTNERS
from lms.portal.partners.values import Agreement

ACCOUNT_ROWS = (Owned("partner_records", "channel_manager_id"),)


def keep_record(
    *,
    organisation_id: OrganisationId,
    channel_manager_id: PersonId | None,
    joined_on: date | None,
    agreement: Agreement,
    note: str,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Write a partner's commercial record; Conflict if it is no longer the version `seen`.

    Invalid if the channel manager's scope does not reach the partner.
    """
    row = db.session.scalars(
        select(PartnerRecordRow).where(PartnerRecordRow.organisation_id == organisation_id).with_for_update()
    ).first()
    if seen is not None and seen != (row.version if row else 0):
        raise Stale(_("Somebody changed this record since you opened it. Look at it again."))
    if channel_manager_id is not None and channel_manager_id not in queries.list_channel_managers(
        organisation_id
    ):
        raise Invalid(fields={"channel_manager_id": _("This person’s role does not reach this partner.")})
    if row is None:
        row = PartnerRecordRow(organisation_id=organisation_id, version=0)
        db.session.add(row)
    row.channel_manager_id, row.joined_on, row.agreement, row.note = (
        channel_manager_id,
        joined_on,
        agreement,
        note.strip(),
    )
    row.version, row.changed_at = row.version + 1, now
    db.session.flush()
    index_partner(organisation_id)
    events.record(
        PartnerRecordKept(
            organisation_id=organisation_id, channel_manager_id=channel_manager_id, agreement=agreement
        )
    )


def index_partner(organisation_id: OrganisationId) -> None:
    """Put a partner into the search index, for whom its page is open to."""
    organisation = identity.get_organisation(organisation_id)
    search.put(
        search.Entry(
            kind="partner",
            subject_id=organisation_id,
            title=organisation.name,
            detail=str(MODEL_WORDS[organisation.model]) if organisation.model else "",
            body=organisation.country,
            url=f"/partners/{organisation_id}",
            readers=search.granted_tokens(
                VIEW_PARTNERS,
                organisations=identity.list_ancestors(organisation_id),
                regions=identity.list_regions_over(organisation_id),
            ),
        )
    )


def forget_person(*, person_id: PersonId) -> None:
    """Let go of a person who looked after partners."""
    db.session.execute(
        update(PartnerRecordRow)
        .where(PartnerRecordRow.channel_manager_id == person_id)
        .values(channel_manager_id=None)
    )


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let whom one account looks after be looked after by the other."""
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
