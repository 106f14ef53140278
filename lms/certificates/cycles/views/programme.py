"""Where a programme manager defines what can be held."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import msgspec
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.forms import CertificationForm
from lms.certificates.cycles.queries import certifications
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.service import definitions
from lms.certificates.errors import RuleRefused
from lms.certificates.policy import DEFINE_CERTIFICATIONS, VIEW_CERTIFICATIONS
from lms.certificates.values import (
    Certification,
    CertificationHeld,
    CertificationId,
    CourseDone,
    ExpiryMode,
    Requirement,
    Rule,
    ScoreReached,
    Words,
)
from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.identity.values import BrandId, PositionId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires

blueprint = Blueprint("certifications", "lms.certificates", template_folder="templates")


@blueprint.get("/programme/certifications")
@requires(VIEW_CERTIFICATIONS)
def index() -> ResponseReturnValue:
    """List every certification with its rule in a sentence and how many hold it."""
    return render_template(
        "certificates/programme.html",
        certifications=certifications.list_certifications(),
        brands={brand.id: brand for brand in identity.list_brands()},
        positions={position.id: position.name for position in identity.list_positions()},
        holders=certifications.count_holders(clock.now()),
        may_define=current().may(DEFINE_CERTIFICATIONS),
    )


@blueprint.get("/programme/certifications/new")
@requires(DEFINE_CERTIFICATIONS)
def new() -> ResponseReturnValue:
    """Show the empty form."""
    form = CertificationForm(active_months=12, renewal_window_days=60, grace_days=30, minimum_percent=80)
    _offer(form, None)
    return _show_form(form, None)


@blueprint.post("/programme/certifications/new")
@requires(DEFINE_CERTIFICATIONS)
def define() -> ResponseReturnValue:
    """Define a certification."""
    form = CertificationForm()
    offered = _offer(form, None)
    if form.validate_on_submit():
        try:
            definitions.define_certification(
                certification_id=CertificationId(form.new_id),
                words=_words(form),
                rule=_rule(form, offered, None),
                actor=current(),
                now=clock.now(),
            )
        except RuleRefused as refusal:
            _refuse(form, refusal)
        else:
            flash(
                _("“%(title)s” is defined. People can be asked to earn it now.", title=form.title.data),
                "valid",
            )
            return redirect(url_for(".index"), 303)
    return _show_form(form, None), 422


@blueprint.get("/programme/certifications/<uuid:certification_id>")
@requires(VIEW_CERTIFICATIONS)
def edit(certification_id: UUID) -> ResponseReturnValue:
    """Show a certification, whom a change of its rule concerns, and the form."""
    certification = certifications.get_certification(CertificationId(certification_id))
    form = CertificationForm()
    _offer(form, certification)
    form.show(certification, requirements.outline_of(certification.rule.requirement))
    return _show_form(form, certification)


@blueprint.post("/programme/certifications/<uuid:certification_id>")
@requires(DEFINE_CERTIFICATIONS)
def change(certification_id: UUID) -> ResponseReturnValue:
    """Change a certification's words, and its rule if that changed."""
    certification = certifications.get_certification(CertificationId(certification_id))
    form = CertificationForm()
    offered = _offer(form, certification)
    if form.validate_on_submit():
        try:
            definitions.describe_certification(certification_id=certification.id, words=_words(form))
            version = definitions.change_rules(
                certification_id=certification.id,
                rule=_rule(form, offered, certification),
                actor=current(),
                now=clock.now(),
            )
        except RuleRefused as refusal:
            _refuse(form, refusal)
        else:
            if version > certification.rule_version:
                flash(_("Saved. Version %(number)s of the rule holds from now on.", number=version), "valid")
            else:
                flash(_("Saved. The rule stays as it is."), "valid")
            return redirect(url_for(".index"), 303)
    return _show_form(form, certification), 422


@blueprint.post("/programme/certifications/<uuid:certification_id>/retire")
@requires(DEFINE_CERTIFICATIONS)
def retire(certification_id: UUID) -> ResponseReturnValue:
    """Stop giving a certification."""
    definitions.retire_certification(certification_id=CertificationId(certification_id))
    flash(_("Nobody can earn it any more. Who holds it keeps it to its end."), "valid")
    return redirect(url_for(".index"), 303)


@blueprint.post("/programme/certifications/<uuid:certification_id>/revive")
@requires(DEFINE_CERTIFICATIONS)
def revive(certification_id: UUID) -> ResponseReturnValue:
    """Give a retired certification again."""
    definitions.revive_certification(certification_id=CertificationId(certification_id))
    flash(_("It is given again."), "valid")
    return redirect(url_for(".index"), 303)


@dataclass(frozen=True, slots=True)
class _Offered:
    """What may be asked for, by the value that the form sends."""

    courses: Mapping[str, CourseDone]
    exams: Mapping[str, ScoreReached]
    others: Mapping[str, CertificationHeld]


def _offer(form: CertificationForm, certification: Certification | None) -> _Offered:
    """Give the form its choices: what is published, and what the rule asks for already."""
    leaves = requirements.leaves(certification.rule.requirement) if certification else ()
    done = {str(leaf.course_id): leaf for leaf in leaves if isinstance(leaf, CourseDone)}
    done |= {str(one.id): CourseDone(one.id, one.title) for one in courses.list_published()}
    titles = {leaf.course_id: leaf.title for leaf in done.values()}
    scored = {str(leaf.activity_key): leaf for leaf in leaves if isinstance(leaf, ScoreReached)}
    scored |= {
        str(one.key): ScoreReached(one.key, one.course_id, one.title, Decimal(0), one.minutes)
        for one in courses.list_graded_activities()
    }
    held = {str(leaf.certification_id): leaf for leaf in leaves if isinstance(leaf, CertificationHeld)}
    held |= {
        str(one.id): CertificationHeld(one.id, one.title)
        for one in certifications.list_certifications(only_active=True)
        if certification is None or one.id != certification.id
    }
    form.offer(
        brands=[(brand.id, brand.name) for brand in identity.list_brands()],
        courses=[(key, leaf.title) for key, leaf in done.items()],
        exams=[(key, f"{titles.get(leaf.course_id, '')}: {leaf.title}") for key, leaf in scored.items()],
        certifications=[(key, leaf.title) for key, leaf in held.items()],
        positions=[(position.id, position.name) for position in identity.list_positions()],
    )
    return _Offered(done, scored, held)


def _words(form: CertificationForm) -> Words:
    return Words(
        code=str(form.code.data),
        title=str(form.title.data),
        glyph=str(form.glyph.data),
        description=str(form.description.data),
        brand_id=BrandId(UUID(str(form.brand_id.data))),
        needed_by=frozenset(PositionId(UUID(one)) for one in form.needed_by.data or ()),
    )


def _rule(form: CertificationForm, offered: _Offered, before: Certification | None) -> Rule:
    return Rule(
        requirement=_requirement(form, offered, before),
        active_months=form.active_months.data or 0,
        renewal_window_days=form.renewal_window_days.data or 0,
        grace_days=form.grace_days.data or 0,
        mode=ExpiryMode(form.mode.data),
        base_on=form.base_on.data if form.mode.data == ExpiryMode.FIXED else None,
        minimum_active_days=(form.minimum_active_days.data or 0) if form.mode.data == ExpiryMode.FIXED else 0,
    )


def _requirement(form: CertificationForm, offered: _Offered, before: Certification | None) -> Requirement:
    if before is not None and requirements.outline_of(before.rule.requirement) is None:
        return before.rule.requirement
    more: list[ScoreReached | CertificationHeld] = []
    if form.exam.data:
        more.append(msgspec.structs.replace(offered.exams[form.exam.data], minimum=form.minimum()))
    more += [offered.others[key] for key in form.certifications.data or ()]
    done = [offered.courses[key] for key in form.courses.data or ()]
    return requirements.compose(done, form.course_count.data, *more)


def _refuse(form: CertificationForm, refusal: RuleRefused) -> None:
    fields = dict(refusal.fields)
    if "requirement" in fields:
        fields["courses"] = fields.pop("requirement")
    form.refuse(fields)


def _show_form(form: CertificationForm, certification: Certification | None) -> str:
    return render_template(
        "certificates/certification.html",
        form=form,
        certification=certification,
        is_simple=certification is None
        or requirements.outline_of(certification.rule.requirement) is not None,
        affected=certifications.read_affected(certification.id, now=clock.now()) if certification else None,
        may_define=current().may(DEFINE_CERTIFICATIONS),
    )
