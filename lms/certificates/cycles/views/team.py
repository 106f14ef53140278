"""A team's certifications: who holds what, what is missing, and asking people to earn it."""

from collections.abc import Sequence
from datetime import date
from itertools import chain
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.forms import AssignForm, ReasonForm
from lms.certificates.cycles.forms.requests import ExemptForm, called
from lms.certificates.cycles.queries import certifications, ledger, missing, places, requests, team
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.service import issuing, recognising, revoking
from lms.certificates.cycles.values import Member, TeamFilter
from lms.certificates.policy import ASK_EXEMPTION, ASSIGN, REVOKE, VIEW_TEAM
from lms.certificates.values import CertificateId, Certification, CertificationId, MarkKind
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId, PositionId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.asked import asked_choice, asked_id
from lms.web.context import oem_zone
from lms.web.exports import Row, table_download
from lms.web.pages import page_order, page_request, walk

blueprint = Blueprint("team_certifications", "lms.certificates", template_folder="templates")


@blueprint.get("/team/certifications")
@requires(VIEW_TEAM)
def matrix() -> ResponseReturnValue:
    """Show people × certifications, as of this minute."""
    now, actor, partners = clock.now(), current(), asked_partners()
    active = certifications.list_certifications(only_active=True)
    wanted, order = asked_team(partners, active), page_order(team.ORDERS, default=team.BY_NAME)
    headcounts = team.count_team(actor, wanted.whole, now=now)
    fitting = team.count_team(actor, wanted, now=now) if wanted != wanted.whole else headcounts
    shown = narrowed(active, wanted)
    return render_template(
        "certificates/matrix.html",
        partners=partners,
        wanted=wanted,
        order=order,
        active=active,
        certifications=shown,
        page=team.page_team(actor, wanted, shown, page_request(), now=now, order=order),
        headcounts=headcounts,
        people=sum(one.people for one in fitting),
        totals=team.sum_team(actor, wanted, shown, fitting, now=now),
        may_assign=actor.may(ASSIGN),
        today=now.astimezone(oem_zone()).date(),
    )


@blueprint.get("/team/certifications.<any(csv, xlsx):ending>")
@requires(VIEW_TEAM)
def export(ending: str) -> ResponseReturnValue:
    """Hand out the whole team as it is filtered, a row per person and certification."""
    now, actor, partners = clock.now(), current(), asked_partners()
    active = certifications.list_certifications(only_active=True)
    wanted, order = asked_team(partners, active), page_order(team.ORDERS, default=team.BY_NAME)
    shown = narrowed(active, wanted)
    head = [
        _("Person"),
        _("Position"),
        _("Organisation"),
        _("Certification"),
        _("State"),
        _("Date"),
        _("Certificate"),
    ]
    batches = walk(
        lambda page: team.page_team(actor, wanted, shown, page, now=now, order=order).map(
            lambda member: _rows(member, shown)
        )
    )
    rows = (chain.from_iterable(some) for some in batches)
    return table_download(ending, f"certifications-{now:%Y-%m-%d}", head, rows)


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
    if not form.validate_on_submit() or is_past(form):
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


def is_past(form: AssignForm) -> bool:
    """Return whether the day that is given is past, and say so beside its field."""
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


def asked_partners() -> team.Partners:
    """Return the partners that the reader may look at, and the one that the address names."""
    return team.find_partners(current(), asked_id("partner", OrganisationId))


def asked_team(partners: team.Partners, active: Sequence[Certification]) -> TeamFilter:
    """Return what the address narrows a team to; NotFound for a branch or a certification that there is not."""
    branch_id = asked_id("branch", OrganisationId)
    if branch_id is not None and branch_id not in {one.id for one in partners.branches}:
        raise NotFound
    certification_id = asked_id("certification", CertificationId)
    if certification_id is not None and certification_id not in {one.id for one in active}:
        raise NotFound
    return TeamFilter(
        partner_id=partners.chosen.id,
        branch_id=branch_id,
        position_id=asked_id("position", PositionId),
        words=request.args.get("q", "").strip()[:100],
        state=asked_choice("state", team.STATES),
        certification_id=certification_id,
    )


def narrowed(active: Sequence[Certification], wanted: TeamFilter) -> Sequence[Certification]:
    """Return the certifications that a filter leaves."""
    return [one for one in active if wanted.certification_id in {None, one.id}]


def _rows(member: Member, shown: Sequence[Certification]) -> Sequence[Row]:
    person = member.person
    return [
        (
            *(person.name, person.position_name, person.employer_name),
            *(certification.code, place.state.value, place.on, place.code),
        )
        for certification, place in zip(shown, member.places, strict=True)
    ]
