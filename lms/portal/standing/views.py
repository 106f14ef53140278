"""Standing's pages: where one's partner stands, what gates ask for, and stored decisions."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import Brand, BrandId, OrganisationKind, PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.portal.standing import service
from lms.portal.standing.forms import HOLDER_ROWS, GateForm
from lms.portal.standing.policy import DEFINE_GATES, VIEW_GATES, VIEW_STANDING
from lms.portal.standing.queries import authoring, gates, tiers
from lms.portal.standing.rules.wording import sentence
from lms.portal.standing.values import AllOf, AnyOf, DecisionId, Gate, GateRule, Requirement, RuleState
from lms.web.access import requires, signed_in
from lms.web.forms import Choice
from lms.web.numbers import whole_number

blueprint = Blueprint("standing", __name__, template_folder="templates")


@blueprint.get("/standing")
@requires(VIEW_STANDING)
def show() -> ResponseReturnValue:
    """Show where a partner stands: its tier, the gaps, and what each brand's gate would say today."""
    actor, now = current(), clock.now()
    choices = [
        one
        for one in identity.list_visible_organisations(actor, actor.scope_of(VIEW_STANDING))
        if one.kind is OrganisationKind.PARTNER
    ]
    wanted = request.args.get("partner")
    partner = next(
        (one for one in choices if str(one.id) == (wanted or str(actor.employer_id))),
        None if wanted else (choices[0] if choices else None),
    )
    if wanted and partner is None:
        raise NotFound
    decisions = (
        [
            gates.explain(
                gate=Gate.REGISTER_DEAL, partner_id=partner.id, person_id=None, brand_id=brand.id, at=now
            )
            for brand in identity.list_brands_of(partner.id)
        ]
        if partner
        else []
    )
    return render_template(
        "standing/show.html",
        partner=partner,
        choices=[(str(one.id), one.name) for one in choices],
        outlook=tiers.get_outlook(partner.id, now) if partner else None,
        shown=gates.show(decisions, actor.person_id),
        now=now,
    )


@blueprint.get("/standing/decisions/<uuid:decision_id>")
@signed_in
def show_decision(decision_id: UUID) -> ResponseReturnValue:
    """Decide a stored decision once more from what was stored, and say whether the answer is the same."""
    replay = gates.get_visible_replay(DecisionId(decision_id), current())
    (shown,) = gates.show([replay.decision], current().person_id)
    people = identity.list_people([replay.decision.person_id] if replay.decision.person_id else [])
    return render_template(
        "standing/decision.html",
        replay=replay,
        shown=shown,
        partner=identity.get_organisation(replay.decision.partner_id),
        person=next(iter(people.values()), None),
    )


@blueprint.get("/programme/gates")
@requires(VIEW_GATES)
def list_gates() -> ResponseReturnValue:
    """List what each brand's gate asks for."""
    rules = gates.list_rules(Gate.REGISTER_DEAL)
    authors = identity.list_people({rule.defined_by for rule in rules.values() if rule.defined_by})
    lines = [
        (brand, rule if rule and rule.state is RuleState.IN_FORCE else None, _sentences(rule))
        for brand in identity.list_brands()
        for rule in [rules.get(brand.id)]
    ]
    return render_template(
        "standing/gates.html", lines=lines, authors=authors, may_define=current().may(DEFINE_GATES)
    )


def _sentences(rule: GateRule | None) -> list[str]:
    if rule is None:
        return []
    requirement = rule.requirement
    parts: tuple[Requirement, ...] = requirement.of if isinstance(requirement, AllOf) else (requirement,)
    return [sentence(part) for part in parts]


@blueprint.get("/programme/gates/<uuid:brand_id>")
@requires(VIEW_GATES)
def edit_gate(brand_id: UUID) -> ResponseReturnValue:
    """Show a brand's rule, its versions, and the form that makes the next."""
    brand = _brand(brand_id)
    latest = next(iter(gates.list_versions(Gate.REGISTER_DEAL, brand.id)), None)
    in_force = latest if latest and latest.state is RuleState.IN_FORCE else None
    answers: dict[str, Any] = (
        {"name": in_force.name, **authoring.answers_of(in_force.requirement)} if in_force else {}
    )
    form = _gate_form(authoring.find_material(), seen=str(latest.version if latest else 0), **answers)
    return _gate_page(brand, form)


@blueprint.post("/programme/gates/<uuid:brand_id>")
@requires(DEFINE_GATES)
def define_gate(brand_id: UUID) -> ResponseReturnValue:
    """Make the next version of a brand's rule."""
    brand, material = _brand(brand_id), authoring.find_material()
    form = _gate_form(material)
    if form.validate_on_submit():
        try:
            service.define_gate(
                gate=Gate.REGISTER_DEAL,
                brand_id=brand.id,
                name=str(form.name.data),
                requirement=authoring.requirement_of(form.data, brand.name, material),
                actor=current(),
                now=clock.now(),
                seen=form.seen.version,
            )
        except Invalid as refusal:
            form.authorised.errors = list(refusal.fields.values())
        else:
            flash(_("The rule is in force."), "valid")
            return redirect(url_for(".edit_gate", brand_id=brand.id), 303)
    return _gate_page(brand, form), 422


@blueprint.post("/programme/gates/<uuid:brand_id>/withdraw")
@requires(DEFINE_GATES)
def withdraw_gate(brand_id: UUID) -> ResponseReturnValue:
    """Let a brand's gate ask for nothing but the authorisation."""
    seen = whole_number(request.form.get("seen"))
    if seen is None:
        raise Invalid(_("Reload this page and try again."))
    service.withdraw_gate(
        gate=Gate.REGISTER_DEAL,
        brand_id=_brand(brand_id).id,
        actor=current(),
        now=clock.now(),
        seen=seen,
    )
    flash(_("The rule is withdrawn."), "valid")
    return redirect(url_for(".edit_gate", brand_id=brand_id), 303)


def _brand(brand_id: UUID) -> Brand:
    found = next((one for one in identity.list_brands() if one.id == BrandId(brand_id)), None)
    if found is None:
        raise NotFound
    return found


def _gate_form(material: authoring.Material, **answers: Any) -> GateForm:
    if "holders" in answers:
        answers["holders"] = [*answers["holders"], *([{}] * HOLDER_ROWS)][:HOLDER_ROWS]
    form = GateForm(**answers)
    form.offer(
        certifications=[
            Choice("", _("Nothing")),
            *(Choice(key, one.title) for key, one in material.certifications.items()),
        ],
        positions=[
            Choice("", _("Any position")),
            *(Choice(key, one.name) for key, one in material.positions.items()),
        ],
        regions=[
            Choice("", _("Any region")),
            *(Choice(key, one.name) for key, one in material.regions.items()),
        ],
        tiers=[Choice("", _("Any tier")), *(Choice(key, one.name) for key, one in material.rungs.items())],
    )
    return form


def _gate_page(brand: Brand, form: GateForm) -> str:
    versions = gates.list_versions(Gate.REGISTER_DEAL, brand.id)
    authors = identity.list_people({PersonId(rule.defined_by) for rule in versions if rule.defined_by})
    in_force = versions[0] if versions and versions[0].state is RuleState.IN_FORCE else None
    return render_template(
        "standing/gate.html",
        brand=brand,
        gate=form,
        versions=[(rule, _sentences(rule)) for rule in versions],
        in_force=in_force,
        authors=authors,
        may_define=current().may(DEFINE_GATES),
        is_whole=in_force is None or authoring.is_of_the_form(in_force.requirement),
        is_choice=in_force is not None and isinstance(in_force.requirement, AnyOf),
    )
