"""Joining two accounts of one person: find the other, see what comes together, and say why."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import queries, service
from lms.identity.forms.merging import MergeForm
from lms.identity.policy import MERGE_ACCOUNTS
from lms.identity.values import ROLES, PersonId
from lms.identity.values.merging import AccountPart, Together
from lms.identity.views.routes import blueprint
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, current
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.asked import asked_id


@blueprint.get("/admin/people/<uuid:person_id>/merge")
@requires(MERGE_ACCOUNTS)
def merge_accounts(person_id: UUID) -> ResponseReturnValue:
    """Find the other account of a person and show what comes together in this one."""
    other = asked_id("other", PersonId)
    if other is not None:
        return _preview(PersonId(person_id), other, MergeForm())
    words = request.args.get("q", "").strip()
    return render_template(
        "identity/merge_search.html",
        kept=queries.get_entry(PersonId(person_id), EVERYTHING).person,
        words=words,
        found=queries.find_accounts(words, PersonId(person_id)),
    )


@blueprint.post("/admin/people/<uuid:person_id>/merge")
@requires(MERGE_ACCOUNTS)
def merge_accounts_submit(person_id: UUID) -> ResponseReturnValue:
    """Join the other account to this one."""
    form = MergeForm()
    other = form.chosen
    if form.validate_on_submit():
        try:
            service.merge_accounts(
                kept_id=PersonId(person_id),
                merged_id=other,
                reason=str(form.reason.data),
                takes_roles=bool(form.takes_roles.data),
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("Joined. Everything is in this account now, and both addresses lead to it."), "valid")
            return redirect(url_for("identity.any_person", person_id=person_id), 303)
    return _preview(PersonId(person_id), other, form), 422


def _preview(kept_id: PersonId, other_id: PersonId, form: MergeForm) -> str:
    kept, other = (queries.get_entry(one, EVERYTHING).person for one in (kept_id, other_id))
    parts: tuple[AccountPart, ...] = current_app.extensions["lms.account_parts"]
    together: list[Together] = [line for part in parts for line in part(kept_id, other_id)]
    return render_template(
        "identity/merge.html",
        kept=kept,
        other=other,
        form=form,
        together=[line for line in together if line.kept or line.merged],
        fault=service.fault_between(kept_id, other_id, current()),
        roles=[ROLES[one.role] for one in queries.list_held_roles(other_id)],
        differing_name=kept.name.casefold() != other.name.casefold(),
        both_employed=kept.employer_id is not None and other.employer_id is not None,
    )
