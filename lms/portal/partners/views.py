"""The partners' pages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import MODEL_WORDS, OrganisationId, PersonId, Region, RegionId, ResellerModel
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.portal.partners import queries, service
from lms.portal.partners.forms import RecordForm
from lms.portal.partners.policy import KEEP_RECORDS, VIEW_PARTNERS
from lms.portal.partners.values import (
    AGREEMENT_STATES,
    AGREEMENT_WORDS,
    Agreement,
    PartnerLine,
)
from lms.web.access import requires
from lms.web.asked import asked_id, asked_word, unknown
from lms.web.exports import csv_download
from lms.web.forms import Choice
from lms.web.pages import Order, page_order, page_request, walk

blueprint = Blueprint("partners", __name__, template_folder="templates")

SORTS = ("name",)


@blueprint.get("/partners")
@requires(VIEW_PARTNERS)
def index() -> ResponseReturnValue:
    """List the partners the reader may see."""
    regions, order = identity.list_regions(), page_order(SORTS, default=Order("name"))
    page = queries.page_lines(current(), page_request(), **_wanted(regions), descending=order.descending)
    return render_template(
        "partners/index.html",
        page=page,
        sort=order.asked,
        columns=queries.columns(),
        models=[(model.value, word) for model, word in MODEL_WORDS.items()],
        regions=[(str(region.id), region.name) for region in regions],
        narrowed=any(request.args.get(name) for name in ("q", "model", "region")),
        agreement_states=AGREEMENT_STATES,
        agreement_words=AGREEMENT_WORDS,
    )


@blueprint.get("/partners.csv")
@requires(VIEW_PARTNERS)
def table() -> ResponseReturnValue:
    """Hand out the partners the reader may see as a table, narrowed and ordered as the list is."""
    actor, wanted = current(), _wanted(identity.list_regions())
    falls = page_order(SORTS, default=Order("name")).descending
    extra = queries.columns()
    header = [
        _("Partner"),
        _("Above it"),
        _("Sells as"),
        _("Region"),
        *[str(column.label) for column in extra],
        _("People"),
        _("Channel manager"),
        _("Agreement"),
        _("Partner since"),
    ]
    return csv_download(
        "partners.csv",
        header,
        walk(lambda at: queries.page_lines(actor, at, **wanted, descending=falls).map(_row)),
    )


def _wanted(regions: Sequence[Region]) -> dict[str, Any]:
    region_id = asked_id("region", RegionId)
    if region_id and region_id not in {one.id for one in regions}:
        raise unknown("region")
    return {
        "words": request.args.get("q", "").strip()[:100],
        "model": asked_word("model", ResellerModel),
        "region_id": region_id,
    }


def _row(line: PartnerLine) -> Sequence[str]:
    return (
        line.organisation.name,
        line.parent.name if line.parent else "",
        str(line.model_word),
        line.region.name if line.region else "",
        *[str(cell.word) if cell else "" for cell in line.cells],
        str(line.people),
        line.channel_manager.name if line.channel_manager else "",
        str(AGREEMENT_WORDS[line.record.agreement]),
        line.record.joined_on.isoformat() if line.record.joined_on else "",
    )


@blueprint.get("/partners/<uuid:partner_id>")
@requires(VIEW_PARTNERS)
def show(partner_id: UUID) -> ResponseReturnValue:
    """Show one partner: facts, branches, and what upper features know of it."""
    overview = queries.get_overview(OrganisationId(partner_id), current())
    return render_template(
        "partners/show.html",
        overview=overview,
        columns=queries.columns(),
        agreement_states=AGREEMENT_STATES,
        agreement_words=AGREEMENT_WORDS,
        may_keep=current().may(KEEP_RECORDS),
        may_read_note=current().scope_of(VIEW_PARTNERS).everything
        or bool(current().scope_of(VIEW_PARTNERS).region_roots),
    )


@blueprint.get("/partners/<uuid:partner_id>/record")
@requires(KEEP_RECORDS)
def edit_record(partner_id: UUID) -> ResponseReturnValue:
    """Show the form of a partner's record."""
    overview = queries.get_overview(OrganisationId(partner_id), current())
    record = overview.line.record
    form = _record_form(
        OrganisationId(partner_id),
        seen=str(record.version),
        channel_manager_id=str(record.channel_manager_id or ""),
        joined_on=record.joined_on,
        agreement=record.agreement.value,
        note=record.note,
    )
    return render_template("partners/record.html", overview=overview, record=form)


@blueprint.post("/partners/<uuid:partner_id>/record")
@requires(KEEP_RECORDS)
def keep_record(partner_id: UUID) -> ResponseReturnValue:
    """Write a partner's record."""
    overview = queries.get_overview(OrganisationId(partner_id), current())
    form = _record_form(OrganisationId(partner_id))
    if form.validate_on_submit():
        try:
            service.keep_record(
                organisation_id=OrganisationId(partner_id),
                channel_manager_id=PersonId(UUID(form.channel_manager_id.data))
                if form.channel_manager_id.data
                else None,
                joined_on=form.joined_on.data,
                agreement=Agreement(form.agreement.data),
                note=form.note.data or "",
                now=clock.now(),
                seen=form.seen.version,
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("The record is saved."), "valid")
            return redirect(url_for(".show", partner_id=partner_id), 303)
    return render_template("partners/record.html", overview=overview, record=form), 422


def _record_form(partner_id: OrganisationId, **values: Any) -> RecordForm:
    form = RecordForm(**values)
    managers = identity.list_people(queries.list_channel_managers(partner_id)).values()
    form.channel_manager_id.choices = [
        Choice("", _("Nobody yet")),
        *(Choice(str(one.id), one.name) for one in sorted(managers, key=lambda one: one.name)),
    ]
    return form
