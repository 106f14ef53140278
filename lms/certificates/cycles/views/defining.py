"""The editor of a certification: its tree is drawn line by line, and whom a change concerns is shown before saving.

Every step is a button of the one form, so it works without script; with it only the tree is exchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.certificates.cycles.forms import CertificationForm
from lms.certificates.cycles.queries import affected, asked, certifications, weighing
from lms.certificates.cycles.rules import drafting, requirements
from lms.certificates.cycles.service import definitions
from lms.certificates.cycles.values.defining import Affected, Exchange, Line, Piece, Step
from lms.certificates.cycles.views.programme import blueprint
from lms.certificates.errors import RuleRefused
from lms.certificates.policy import DEFINE_CERTIFICATIONS, VIEW_CERTIFICATIONS
from lms.certificates.values import Certification, CertificationId, ExpiryMode, Rule, Words
from lms.identity import facade as identity
from lms.identity.values import BrandId, PositionId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.web.access import requires
from lms.web.forms import Choice
from lms.web.numbers import whole_number

__all__ = ["blueprint"]

TREES = ("tree", "renewal")

_STEPS: Final = {one.value: one for one in Step}
_MODES: Final = {one.value: one for one in ExpiryMode}
LINES_READ: Final = 999
"""The highest place in a tree that a form may name."""


@blueprint.get("/programme/certifications/new")
@requires(DEFINE_CERTIFICATIONS)
def new() -> ResponseReturnValue:
    """Show the empty form."""
    form = CertificationForm(active_months=12, renewal_window_days=60, grace_days=30)
    for name in TREES:
        form.draw(name, (drafting.ROOT,))
    return _page(form, None)


@blueprint.post("/programme/certifications/new")
@requires(DEFINE_CERTIFICATIONS)
def define() -> ResponseReturnValue:
    """Define a certification, or take a step in its tree."""
    form = _form(None)
    if (step := _step(form)) is not None:
        return _page(form, None, step)
    if form.validate_on_submit():
        try:
            definitions.define_certification(
                certification_id=CertificationId(form.new_id),
                words=_words(form),
                rule=_rule(form, None),
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
    return _page(form, None), 422


@blueprint.get("/programme/certifications/<uuid:certification_id>")
@requires(VIEW_CERTIFICATIONS)
def edit(certification_id: UUID) -> ResponseReturnValue:
    """Show a certification, whom a change of its rule concerns, and the form."""
    certification = certifications.get_certification(CertificationId(certification_id))
    form = _form(certification)
    form.show(certification)
    return _page(form, certification)


@blueprint.post("/programme/certifications/<uuid:certification_id>")
@requires(DEFINE_CERTIFICATIONS)
def change(certification_id: UUID) -> ResponseReturnValue:
    """Change a certification's words, and its rule if that changed; whom that concerns is shown before."""
    certification = certifications.get_certification(CertificationId(certification_id))
    form = _form(certification)
    if (step := _step(form)) is not None:
        return _page(form, certification, step)
    if not form.validate_on_submit():
        return _page(form, certification), 422
    rule = _rule(form, certification)
    if form.seen.data != requirements.mark_of(rule) and not requirements.is_same(certification.rule, rule):
        shown = affected.read_affected(certification, rule, now=clock.now())
        if shown.on_their_way or shown.holders:
            return _page(form, certification, _Step(asks=True, shows=True)), 422
    try:
        definitions.describe_certification(certification_id=certification.id, words=_words(form))
        version = definitions.change_rules(
            certification_id=certification.id, rule=rule, actor=current(), now=clock.now()
        )
    except RuleRefused as refusal:
        _refuse(form, refusal)
        return _page(form, certification), 422
    if version > certification.rule_version:
        flash(_("Saved. Version %(number)s of the rule holds from now on.", number=version), "valid")
    else:
        flash(_("Saved. The rule stays as it is."), "valid")
    return redirect(url_for(".index"), 303)


# ---- steps


@dataclass(frozen=True, slots=True)
class _Step:
    """What a button asked for: to show the page anew, with what a search found, or with a question before saving."""

    found: asked.Found | None = None
    tree: str = ""
    asks: bool = False
    shows: bool = False


def _step(form: CertificationForm) -> _Step | None:
    """Take the step that a button asks for, None for the one that saves."""
    name, _colon, step = request.form.get("op", "").partition(":")
    if name == "look":
        return _Step(shows=True)
    if name not in TREES:
        return None
    verb, _colon, what = step.partition(":")
    if verb == "find":
        return _Step(asked.find_called(str(form[f"{name}_find"].data or "")), name)
    form.draw(name, _moved(form, name, verb, what))
    return _Step(tree=name)


def _moved(form: CertificationForm, name: str, verb: str, what: str) -> tuple[Line, ...]:
    lines = form.lines(name)
    if verb == "add":
        into = _place(form[f"{name}_into"].data)
        line = _added(form, name, what)
        return lines if line is None else drafting.added(lines, line, into)
    if verb == "remove":
        return drafting.removed(lines, _place(what))
    if verb == "exchange":
        return _exchanged(form, name, lines, _place(what))
    step = _STEPS.get(verb)
    return drafting.moved(lines, _place(what), step) if step is not None else lines


def _exchanged(form: CertificationForm, name: str, lines: tuple[Line, ...], at: int) -> tuple[Line, ...]:
    """Return the tree with the exam that was chosen beside a line in its place."""
    rows = form[name].entries
    line = asked.find_line(Piece.SCORE, str(rows[at].form.instead.data)) if at < len(rows) else None
    return lines if line is None else drafting.exchanged(lines, at, line)


def _place(text: str | None) -> int:
    return whole_number(text, most=LINES_READ) or 0


def _groups(lines: tuple[Line, ...]) -> list[Choice]:
    """Return the groups of a tree by where they stand, as the page numbers its lines."""
    return [
        Choice(str(at), _("the whole") if at == 0 else _("the group in line %(number)s", number=str(at + 1)))
        for at, line in enumerate(lines)
        if line.piece.is_group
    ]


def _added(form: CertificationForm, name: str, what: str) -> Line | None:
    """Return the line that a button adds; practice and items are called what was typed beside it."""
    piece, _colon, subject = what.partition(":")
    if piece not in set(Piece):
        return None
    kind = Piece(piece)
    if kind.is_group:
        return Line(0, kind, number=1 if kind is Piece.AT_LEAST else None)
    if kind in {Piece.PRACTICE, Piece.ITEM}:
        field = form[f"{name}_new"]
        if not field.data:
            field.errors = [_("Say what it is called.")]
            return None
        title, field.data = str(field.data), ""
        return Line(0, kind, str(new_id()), title, 8 if kind is Piece.PRACTICE else None)
    return asked.find_line(kind, subject)


# ---- what the form says


def _form(certification: Certification | None) -> CertificationForm:
    form = CertificationForm()
    _offer(form, certification)
    for name in TREES:
        if not form[name].entries:
            form.draw(name, (drafting.ROOT,))
    return form


def _offer(form: CertificationForm, certification: Certification | None) -> None:
    chosen = certification.rule.audience_id if certification else None
    offered = audiences.list_audiences()
    if chosen is not None and chosen not in {one.id for one in offered}:
        offered = [*offered, *audiences.list_audiences([chosen])]
    form.offer(
        brands=[(brand.id, brand.name) for brand in identity.list_brands()],
        positions=[(position.id, position.name) for position in identity.list_positions()],
        audiences=[(one.id, one.name) for one in offered],
    )


def _words(form: CertificationForm) -> Words:
    return Words(
        code=str(form.code.data),
        title=str(form.title.data),
        glyph=str(form.glyph.data),
        description=str(form.description.data),
        brand_id=BrandId(UUID(str(form.brand_id.data))),
        needed_by=frozenset(PositionId(UUID(one)) for one in form.needed_by.data or ()),
    )


def _rule(form: CertificationForm, certification: Certification | None) -> Rule:
    trees = {name: form.lines(name) for name in TREES}
    kept = requirements.all_leaves(certification.rule) if certification else ()
    known = asked.known_to([line for lines in trees.values() for line in lines], kept)
    is_fixed = form.mode.data == ExpiryMode.FIXED
    return Rule(
        requirement=drafting.requirement_of(trees["tree"], known),
        active_months=form.active_months.data or 0,
        renewal_window_days=form.renewal_window_days.data or 0,
        grace_days=form.grace_days.data or 0,
        mode=_MODES.get(form.mode.data, ExpiryMode.COMPLETION),
        base_on=form.base_on.data if is_fixed else None,
        minimum_active_days=(form.minimum_active_days.data or 0) if is_fixed else 0,
        renewal=drafting.requirement_of(trees["renewal"], known) if len(trees["renewal"]) > 1 else None,
        due_days=form.due_days.data,
        audience_id=_audience(form.audience_id.data),
    )


def _audience(text: str | None) -> AudienceId | None:
    try:
        return AudienceId(UUID(text)) if text else None
    except ValueError:
        return None


def _refuse(form: CertificationForm, refusal: RuleRefused) -> None:
    fields = dict(refusal.fields)
    if "requirement" in fields:
        fields["tree"] = fields.pop("requirement")
    form.refuse(fields)


def _page(form: CertificationForm, certification: Certification | None, step: _Step | None = None) -> str:
    _offer(form, certification)
    rule = _rule(form, certification)
    step = step or _Step()
    shown = _affected(certification, rule)
    # Only who was shown whom it concerns, and went on, may save: not who came by.
    form.seen.data = requirements.mark_of(rule) if shown and step.shows else ""
    trees = {name: form.lines(name) for name in TREES}
    exchanges = asked.list_exchanges(requirements.all_leaves(rule))
    for name, lines in trees.items():
        if not form[name].errors:
            form.draw(name, lines)
        _offer_exchanges(form, name, lines, exchanges)
        form[f"{name}_into"].choices = _groups(lines)
        form[f"{name}_into"].flags.required = True
    return render_template(
        "certificates/certification.html",
        form=form,
        certification=certification,
        rule=rule,
        trees=trees,
        exchanges=exchanges,
        can_move=drafting.can_move,
        children=drafting.children,
        audience=_audience_name(rule),
        step=step,
        affected=shown,
        weighing=weighing.find_weighing(certification.id) if certification else None,
        is_changed=certification is not None and not requirements.is_same(certification.rule, rule),
        may_define=current().may(DEFINE_CERTIFICATIONS),
    )


def _offer_exchanges(
    form: CertificationForm, name: str, lines: tuple[Line, ...], exchanges: Mapping[str, Exchange]
) -> None:
    for row, line in zip(form[name].entries, lines, strict=False):
        if (exchange := exchanges.get(line.subject)) is not None:
            row.form.instead.choices = [Choice(key, title) for key, title in exchange.others]


def _audience_name(rule: Rule) -> str | None:
    """Return what the audience of a rule is called."""
    if rule.audience_id is None:
        return None
    return next((one.name for one in audiences.list_audiences([rule.audience_id])), None)


def _affected(certification: Certification | None, rule: Rule) -> Affected | None:
    """Return whom the rule in the form concerns; None for who changes nothing, and for a rule that cannot be."""
    if certification is None or requirements.problems(rule) or not current().may(DEFINE_CERTIFICATIONS):
        return None
    return affected.read_affected(certification, rule, now=clock.now())
