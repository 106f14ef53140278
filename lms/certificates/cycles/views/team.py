"""A team's certifications: who holds what, what is missing, and asking people to earn it."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.certificates.cycles.forms import AssignForm, AssignManyForm, ReasonForm
from lms.certificates.cycles.forms.requests import ExemptForm, called
from lms.certificates.cycles.queries import certifications, ledger, missing, places, requests, team
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.service import issuing, recognising, revoking
from lms.certificates.cycles.values import Member, Place, TeamFilter
from lms.certificates.errors import AlreadyHeld
from lms.certificates.policy import ASK_EXEMPTION, ASSIGN, REVOKE, VIEW_TEAM
from lms.certificates.values import CertificateId, Certification, CertificationId, MarkKind
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId, PositionId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.uow import unit_of_work
from lms.web.access import requires
from lms.web.asked import asked_choice, asked_id
from lms.web.context import oem_zone
from lms.web.exports import csv_download
from lms.web.pages import Order, page_order, page_request

blueprint = Blueprint("team_certifications", "lms.certificates", template_folder="templates")

AT_ONCE = 50
"""How many people are asked at once: a page of the matrix."""


@blueprint.get("/team/certifications")
@requires(VIEW_TEAM)
def matrix() -> ResponseReturnValue:
    """Show people × certifications, as of this minute."""
    now, actor = clock.now(), current()
    partners = team.find_partners(actor, asked_id("partner", OrganisationId))
    wanted, order = _filter(partners), page_order(("name",), default=Order("name"))
    shown = certifications.list_certifications(only_active=True)
    return render_template(
        "certificates/matrix.html",
        partners=partners,
        wanted=wanted,
        certifications=shown,
        page=team.page_team(actor, wanted, shown, page_request(), now=now, descending=order.descending),
        headcounts=team.count_team(actor, wanted, now=now),
        holders=team.count_holders(actor, wanted, now=now),
        may_assign=actor.may(ASSIGN),
        today=now.astimezone(oem_zone()).date(),
    )


@blueprint.get("/team/certifications.csv")
@requires(VIEW_TEAM)
def export() -> ResponseReturnValue:
    """Stream the whole team as it is filtered, a row per person and certification."""
    now, actor = clock.now(), current()
    wanted = _filter(team.find_partners(actor, asked_id("partner", OrganisationId)))
    shown = certifications.list_certifications(only_active=True)
    head = [
        _("Person"),
        _("Position"),
        _("Organisation"),
        _("Certification"),
        _("State"),
        _("Date"),
        _("Certificate"),
    ]

    def batches() -> Iterator[Sequence[Sequence[str]]]:
        for read in team.walk_team(actor, wanted, shown, now=now):
            # The request's own transaction is over when the answer streams; each page has one of its own.
            with unit_of_work(read_only=True):
                members = read()
            db.session.remove()
            yield _rows(members, shown)

    return csv_download(f"certifications-{now:%Y-%m-%d}.csv", head, batches())


@blueprint.post("/team/certifications/chosen")
@requires(ASSIGN)
def choose() -> ResponseReturnValue:
    """Lead from the boxes of the matrix to the form that asks them all."""
    people = request.form.getlist("person")[:AT_ONCE]
    if not people:
        flash(_("Choose people first: each row begins with a box."), "soon")
        return redirect(url_for(".matrix"), 303)
    return redirect(url_for(".ask_many", person=people), 303)


@blueprint.get("/team/certifications/assign")
@requires(ASSIGN)
def ask_many() -> ResponseReturnValue:
    """Show the form that asks several people for one certificate."""
    return _show_many(AssignManyForm(formdata=None))


@blueprint.post("/team/certifications/assign")
@requires(ASSIGN)
def assign_many() -> ResponseReturnValue:
    """Ask several people for one certificate; who holds it is left alone."""
    form = AssignManyForm()
    people = team.list_members(_people(), current().scope_of(ASSIGN))
    form.offer((one.id, one.title) for one in certifications.list_certifications(only_active=True))
    if not form.validate_on_submit() or _is_past(form):
        return _show_many(form), 422
    asked = 0
    for person in people:
        try:
            _assign(person.id, CertificationId(UUID(form.certification_id.data)), form.due_on.data)
        except AlreadyHeld:
            continue
        asked += 1
    flash(ngettext("%(num)s person was asked.", "%(num)s people were asked.", asked), "valid")
    if asked < len(people):
        rest = len(people) - asked
        flash(
            ngettext("%(num)s person holds it already.", "%(num)s people hold it already.", rest), "progress"
        )
    return redirect(url_for(".matrix"), 303)


@blueprint.get("/team/certifications/<uuid:person_id>/<uuid:certification_id>")
@requires(VIEW_TEAM)
def show(person_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    """Show one cell: where the person is, what is missing, and all that happened."""
    return _show_cell(PersonId(person_id), CertificationId(certification_id))


@blueprint.post("/team/certifications/<uuid:person_id>/<uuid:certification_id>/assign")
@requires(ASSIGN)
def assign(person_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    """Ask one person for one certificate, and enrol them in what is missing."""
    person, form = _reached(PersonId(person_id)), AssignForm()
    if not form.validate_on_submit() or _is_past(form):
        return _show_cell(person, CertificationId(certification_id), form), 422
    _assign(person, CertificationId(certification_id), form.due_on.data)
    flash(_("Asked, and enrolled in what is missing."), "valid")
    return redirect(url_for(".show", person_id=person, certification_id=certification_id), 303)


@blueprint.post("/team/certifications/<uuid:person_id>/<uuid:certification_id>/exempt")
@requires(REVOKE)
def exempt(person_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    """Let a person off a certification."""
    form = ExemptForm()
    if not form.validate_on_submit() or _is_over(form):
        return _show_cell(PersonId(person_id), CertificationId(certification_id), exemption=form), 422
    recognising.let_off(
        person_id=PersonId(person_id),
        certification_id=CertificationId(certification_id),
        reason=str(form.reason.data),
        through=form.through.data,
        actor=current(),
        now=clock.now(),
    )
    flash(_("Exempt: nothing is asked of this person any more."), "valid")
    return redirect(url_for(".show", person_id=person_id, certification_id=certification_id), 303)


@blueprint.post("/team/certifications/certificates/<uuid:certificate_id>/revoke")
@requires(REVOKE)
def revoke(certificate_id: UUID) -> ResponseReturnValue:
    """Take a certificate back."""
    certificate = ledger.get_visible(CertificateId(certificate_id), current())
    form = ReasonForm()
    if not form.validate_on_submit():
        return _show_cell(certificate.person_id, certificate.certification_id, reason=form), 422
    revoking.revoke(
        certificate_id=certificate.id, reason=str(form.reason.data), actor=current(), now=clock.now()
    )
    flash(_("%(code)s is revoked. Its public page says so from now on.", code=certificate.code), "valid")
    return redirect(
        url_for(".show", person_id=certificate.person_id, certification_id=certificate.certification_id), 303
    )


@blueprint.post("/team/certifications/certificates/<uuid:certificate_id>/reinstate")
@requires(REVOKE)
def reinstate(certificate_id: UUID) -> ResponseReturnValue:
    """Let a revoked certificate count again."""
    certificate = ledger.get_visible(CertificateId(certificate_id), current())
    form = ReasonForm()
    if not form.validate_on_submit():
        return _show_cell(certificate.person_id, certificate.certification_id, again=form), 422
    revoking.reinstate(
        certificate_id=certificate.id, reason=str(form.reason.data), actor=current(), now=clock.now()
    )
    flash(_("%(code)s counts again, to the end it always had.", code=certificate.code), "valid")
    return redirect(
        url_for(".show", person_id=certificate.person_id, certification_id=certificate.certification_id), 303
    )


def _assign(person_id: PersonId, certification_id: CertificationId, due_on: date | None) -> None:
    issuing.assign(
        person_id=person_id,
        certification_id=certification_id,
        due_on=due_on,
        actor=current(),
        now=clock.now(),
    )


def _reached(person_id: PersonId) -> PersonId:
    if not identity.is_person_visible(person_id, current().scope_of(ASSIGN)):
        raise NotFound
    return person_id


def _show_cell(
    person_id: PersonId,
    certification_id: CertificationId,
    form: AssignForm | None = None,
    *,
    reason: ReasonForm | None = None,
    again: ReasonForm | None = None,
    exemption: ExemptForm | None = None,
) -> str:
    now, actor = clock.now(), current()
    person = team.get_member(actor, person_id)
    certification = certifications.get_certification(certification_id)
    history = ledger.read_history(person_id, certification_id)
    place = places.list_places([person_id], [certification], now=now)[person_id, certification_id]
    return render_template(
        "certificates/cell.html",
        person=person,
        certification=certification,
        place=place,
        missing=missing.list_missing([person_id], certification, now=now)[person_id],
        history=history,
        names=identity.list_people({cycle.assigned_by for cycle in history.cycles if cycle.assigned_by}),
        form=form or AssignForm(formdata=None),
        reason=called(reason or ReasonForm(formdata=None), "revoke"),
        exemption=called(exemption or ExemptForm(formdata=None), "exempt"),
        marks=MarkKind,
        revoked=[
            (one, called(again or ReasonForm(formdata=None), f"reinstate-{number}"))
            for number, one in enumerate(history.certificates)
            if one.mark(MarkKind.REVOKED)
        ],
        asked=requests.list_of(person_id, certification_id),
        may_ask=identity.is_person_visible(person_id, actor.scope_of(ASK_EXEMPTION)),
        may_assign=identity.is_person_visible(person_id, actor.scope_of(ASSIGN)),
        may_revoke=actor.may(REVOKE),
        asks_for_deeds=requirements.asks_for_deeds,
    )


def _show_many(form: AssignManyForm) -> str:
    people = team.list_members(_people(), current().scope_of(ASSIGN))
    offered = certifications.list_certifications(only_active=True)
    form.offer((one.id, one.title) for one in offered)
    at = places.list_places([one.id for one in people], offered, now=clock.now())
    return render_template(
        "certificates/assign.html", form=form, people=people, certifications=offered, places=at
    )


def _people() -> Sequence[PersonId]:
    """Return the people whom the address or the form names."""
    try:
        found = [PersonId(UUID(one)) for one in request.values.getlist("person")[:AT_ONCE]]
    except ValueError as error:
        raise NotFound from error
    if not found:
        raise NotFound
    return found


def _is_past(form: AssignForm) -> bool:
    today = clock.today(oem_zone())
    if form.due_on.data is not None and form.due_on.data < today:
        form.due_on.errors = [_("This day is past. Choose today or later.")]
        return True
    return False


def _is_over(form: ExemptForm) -> bool:
    if form.through.data is not None and form.through.data < clock.today(oem_zone()):
        form.through.errors = [_("This day is past. Choose today or later.")]
        return True
    return False


def _filter(partners: team.Partners) -> TeamFilter:
    branch_id = asked_id("branch", OrganisationId)
    if branch_id is not None and branch_id not in {one.id for one in partners.branches}:
        raise NotFound
    return TeamFilter(
        partner_id=partners.chosen.id,
        branch_id=branch_id,
        position_id=asked_id("position", PositionId),
        words=request.args.get("q", "").strip()[:100],
        state=asked_choice("state", team.STATES),
    )


def _rows(members: Sequence[Member], shown: Sequence[Certification]) -> Sequence[Sequence[str]]:
    return [
        _row(member, certification, place)
        for member in members
        for certification, place in zip(shown, member.places, strict=True)
    ]


def _row(member: Member, certification: Certification, place: Place) -> Sequence[str]:
    return (
        member.person.name,
        member.person.position_name,
        member.person.employer_name,
        certification.code,
        place.state.value,
        place.on.isoformat() if place.on else "",
        place.code or "",
    )
