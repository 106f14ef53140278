"""The partners' tables."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import OrganisationId, PersonId
from lms.kernel.db import Model
from lms.portal.partners.values import Agreement


class PartnerRecordRow(Model):
    """The commercial record of one partner; its place in the tree, model and region are identity's."""

    __tablename__ = "partner_records"

    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    channel_manager_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"), index=True)
    joined_on: Mapped[date | None]
    agreement: Mapped[Agreement]
    note: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]
