"""Asking several people of a team for several certificates: chosen in a list, looked at, done at once."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.certificates.cycles.forms import AssignManyForm
from lms.certificates.cycles.queries import certifications, planning, team
from lms.certificates.cycles.service import assigning
from lms.certificates.cycles.service.assigning import PAIRS_AT_MOST
from lms.certificates.cycles.values.team import Outcome, Pair, Planned
from lms.certificates.cycles.views.team import blueprint, is_past
from lms.certificates.policy import ASSIGN
from lms.certificates.values import Certification, CertificationId
from lms.identity.values import Person, PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires

__all__ = ["blueprint"]

AT_ONCE = 50
"""How many people, or gaps, are asked for at once: a page of their list."""


@blueprint.post("/team/certifications/chosen")
@requires(ASSIGN)
def choose() -> ResponseReturnValue:
    """Lead from the boxes of the matrix to the form that asks them all."""
    people = request.form.getlist("person")[:AT_ONCE]
    if not people:
        flash(_("Choose people first: each row begins with a box."), "soon")
        return redirect(url_for(".matrix"), 303)
    return redirect(url_for(".ask_many", person=people), 303)


@blueprint.post("/team/certifications/gaps/chosen")
@requires(ASSIGN)
def choose_gaps() -> ResponseReturnValue:
    """Lead from the boxes of the gaps to the form that asks for each of them."""
    pairs = request.form.getlist("pair")[:AT_ONCE]
    if not pairs:
        flash(_("Choose gaps first: each row begins with a box."), "soon")
        return redirect(url_for(".show_gaps"), 303)
    return redirect(url_for(".ask_many", pair=pairs), 303)


@blueprint.get("/team/certifications/assign")
@requires(ASSIGN)
def ask_many() -> ResponseReturnValue:
    """Show the form that asks several people for certificates."""
    form = AssignManyForm(formdata=None)
    return _Asking().page(form)


@blueprint.post("/team/certifications/assign")
@requires(ASSIGN)
def assign_many() -> ResponseReturnValue:
    """Show what comes of asking; then, once that was seen, ask. Who holds it is left alone."""
    asking, form = _Asking(), AssignManyForm()
    if not asking.read(form) or is_past(form):
        return asking.page(form), 422
    if form.seen.data != asking.mark(form):
        return asking.page(form, shows=True)
    counts = assigning.assign_many(
        asking.pairs, asking.known, due_on=form.due_on.data, actor=current(), now=clock.now()
    )
    done = sum(count for outcome, count in counts.items() if outcome.changes)
    left = counts.total() - done
    flash(ngettext("Asked: %(num)s certificate.", "Asked: %(num)s certificates.", done), "valid")
    if left:
        flash(
            ngettext(
                "%(num)s is held or asked for already, or not meant for the person, and stays as it was.",
                "%(num)s are held or asked for already, or not meant for the person, and stay as they were.",
                left,
            ),
            "progress",
        )
    return redirect(url_for(".matrix"), 303)


class _Asking:
    """Whom the address or the form names, and for what: people times certifications, or pairs of both."""

    def __init__(self) -> None:
        self.active: Mapping[CertificationId, Certification] = {
            one.id: one for one in certifications.list_certifications(only_active=True)
        }
        self.given = [_pair(one) for one in request.values.getlist("pair")[:AT_ONCE]]
        ids = [person_id for person_id, _one in self.given] or [
            PersonId(_uuid(one)) for one in request.values.getlist("person")[:AT_ONCE]
        ]
        if not ids or any(one not in self.active for _person_id, one in self.given):
            raise NotFound
        self.people: Sequence[Person] = team.list_members(
            list(dict.fromkeys(ids)), current().scope_of(ASSIGN)
        )
        self.pairs: Sequence[Pair] = self.given

    @property
    def known(self) -> Mapping[CertificationId, Certification]:
        return self.active

    def read(self, form: AssignManyForm) -> bool:
        """Read which certifications are chosen; return whether the form is sound."""
        if self.given:
            del form.certification
            return bool(form.validate_on_submit())
        form.offer((one.id, one.title) for one in self.active.values())
        if not form.validate_on_submit():
            return False
        wanted = [CertificationId(UUID(one)) for one in form.certification.data or ()]
        self.pairs = [(person.id, one) for person in self.people for one in wanted]
        if len(self.pairs) > PAIRS_AT_MOST:
            form.certification.errors = [
                _(
                    "%(people)s people for so many certifications are too many at once: choose at most %(most)s.",
                    people=len(self.people),
                    most=PAIRS_AT_MOST // len(self.people),
                )
            ]
            return False
        return True

    def mark(self, form: AssignManyForm) -> str:
        """Return a mark of all that is asked: only who was shown what comes of it does it."""
        said = sorted(f"{person_id} {certification_id}" for person_id, certification_id in self.pairs)
        return sha256(f"{form.due_on.data} {said}".encode()).hexdigest()[:20]

    def page(self, form: AssignManyForm, *, shows: bool = False) -> str:
        """Return the page, with what comes of asking if that is asked for."""
        if not self.given:
            form.offer((one.id, one.title) for one in self.active.values())
        planned: Mapping[Pair, Planned] = {}
        if shows:
            planned = planning.plan(self.pairs, self.active, due_on=form.due_on.data, now=clock.now())
        form.seen.data = self.mark(form) if shows else ""
        named = {person.id: person for person in self.people}
        return render_template(
            "certificates/assign.html",
            form=form,
            people=self.people,
            given=self.given,
            known=self.active,
            lines=[
                (named[one.person_id], self.active[one.certification_id], one) for one in planned.values()
            ],
            counts={outcome: sum(one.outcome is outcome for one in planned.values()) for outcome in Outcome},
            changes=sum(one.outcome.changes for one in planned.values()),
        )


def _pair(text: str) -> Pair:
    person_id, _dot, certification_id = text.partition(".")
    return PersonId(_uuid(person_id)), CertificationId(_uuid(certification_id))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
