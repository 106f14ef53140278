"""Who may see a folder of a bank, or the whole bank, and change in it: a card of their pages, and its two acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.forms.people import CHANGES, NamingForm
from lms.quizzes.bank.rules.sight import NAMES, place_of
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId, FolderId
from lms.quizzes.views.blueprint import blueprint
from lms.web.access import requires


@dataclass(frozen=True, slots=True)
class NamedShown:
    """A person who is named, by name where they are still known."""

    person_id: PersonId
    name: str
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the card shows: who is named here, or, `is_above`, where this lies."""

    bank_id: BankId
    folder_id: FolderId | None
    people: Sequence[NamedShown]
    is_above: bool
    may_change: bool
    form: NamingForm


def naming_of(bank_id: BankId, folder_id: FolderId | None) -> Naming:
    """Return the card of a folder, or of the bank itself. Four queries."""
    around = queries.list_around(folder_id)
    _is_any, place, named = place_of(queries.list_named(bank_id), around)
    people = identity.list_people({one.person_id for one in named})
    return Naming(
        bank_id=bank_id,
        folder_id=folder_id,
        people=[
            NamedShown(
                one.person_id,
                people[one.person_id].name if one.person_id in people else _("Somebody who is gone"),
                one.may_change,
            )
            for one in named
        ],
        is_above=bool(named) and place != folder_id,
        may_change=current().may(AUTHOR_QUESTIONS) and queries.mine().may_change(bank_id, folder_id),
        form=_form(),
    )


def _form() -> NamingForm:
    form = NamingForm()
    form.offer(identity.list_holders(roles=NAMES))
    return form


@blueprint.post("/author/questions/<uuid:bank_id>/people")
@requires(AUTHOR_QUESTIONS)
def name_for_bank(bank_id: UUID) -> ResponseReturnValue:
    """Name a person for a whole bank."""
    return _name(queries.get_bank(BankId(bank_id)).id, None)


@blueprint.post("/author/questions/<uuid:bank_id>/people/remove")
@requires(AUTHOR_QUESTIONS)
def name_no_more_for_bank(bank_id: UUID) -> ResponseReturnValue:
    """Take a person's name off a whole bank."""
    return _name_no_more(queries.get_bank(BankId(bank_id)).id, None)


@blueprint.post("/author/questions/folders/<uuid:folder_id>/people")
@requires(AUTHOR_QUESTIONS)
def name_for_folder(folder_id: UUID) -> ResponseReturnValue:
    """Name a person for a folder."""
    found = queries.get_folder(FolderId(folder_id))
    return _name(found.bank_id, found.id)


@blueprint.post("/author/questions/folders/<uuid:folder_id>/people/remove")
@requires(AUTHOR_QUESTIONS)
def name_no_more_for_folder(folder_id: UUID) -> ResponseReturnValue:
    """Take a person's name off a folder."""
    found = queries.get_folder(FolderId(folder_id))
    return _name_no_more(found.bank_id, found.id)


def _name(bank_id: BankId, folder_id: FolderId | None) -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        flash(_("Choose a person."), "soon")
        return _back(bank_id, folder_id)
    try:
        service.name_person(
            bank_id=bank_id,
            folder_id=folder_id,
            person_id=form.person_id,
            may_change=form.level.data == CHANGES,
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        flash(refusal.message, "soon")
    else:
        flash(_("Saved."), "valid")
    return _back(bank_id, folder_id)


def _name_no_more(bank_id: BankId, folder_id: FolderId | None) -> ResponseReturnValue:
    try:
        person_id = PersonId(UUID(request.form.get("person", "")))
    except ValueError as error:
        raise Invalid(_("Reload this page and try again.")) from error
    try:
        service.name_no_more(bank_id=bank_id, folder_id=folder_id, person_id=person_id, actor=current())
    except Invalid as refusal:
        flash(refusal.message, "soon")
    else:
        flash(_("Saved."), "valid")
    return _back(bank_id, folder_id)


def _back(bank_id: BankId, folder_id: FolderId | None) -> ResponseReturnValue:
    sight = queries.mine()
    if folder_id is not None and sight.sees(bank_id, folder_id):
        return redirect(url_for(".folder", folder_id=folder_id), 303)
    here = url_for(".banks") if bank_id in sight.banks else url_for(".folders", bank_id=bank_id)
    return redirect(here, 303)
