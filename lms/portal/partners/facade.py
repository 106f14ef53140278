"""Partners' door: records, the tenant check for one partner, and the list's extra columns."""

from collections.abc import Sequence

from flask import Flask

from lms.identity.values import OrganisationId, PersonId
from lms.portal.partners import queries, service
from lms.portal.partners.values import PartnerColumn

keep_record = service.keep_record
index_partner = service.index_partner
list_records = queries.list_records
get_visible = queries.get_visible


def install_columns(app: Flask, columns: Sequence[PartnerColumn]) -> None:
    """Give the partner list the columns that upper features offer."""
    app.extensions["lms.partners.columns"] = tuple(columns)


def find_channel_manager(organisation_id: OrganisationId) -> PersonId | None:
    """Return who looks after a partner, if somebody does."""
    return queries.list_records([organisation_id])[organisation_id].channel_manager_id
