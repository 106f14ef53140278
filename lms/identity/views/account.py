"""A person's own account: name, language, password, and where they are signed in."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from lms.identity import queries, service
from lms.identity.forms import AccountForm, ChangePasswordForm
from lms.identity.rules import browser_of
from lms.identity.values import Person, SignInId
from lms.identity.views.person import as_download
from lms.identity.views.preferences import keep_in_cookie
from lms.identity.views.routes import blueprint, own_id
from lms.identity.views.sign_in import begin_session, end_session, whence
from lms.kernel import clock, uow
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, TooMany
from lms.web.access import public, signed_in


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Show the reader's account."""
    return _page()


@blueprint.get("/account/session")
@public
def tell_session() -> ResponseReturnValue:
    """Tell a page's script who is signed in in this browser now, and give it a form token of that session.

    A page that outlived its session sends what it kept with the new token, but only as whom it was written by.
    """
    person_id = current().person_id
    return {
        "person": str(person_id) if person_id else None,
        "csrf_token": generate_csrf() if person_id else None,
        "words": {
            "nobody": _(
                "You were signed out. Sign in again in another tab; what you did here is kept and sent then."
            ),
            "another": _(
                "Somebody else is signed in in this browser now. What you did here is kept on this device, and sent"
                " once you are signed in again."
            ),
        },
    }


@blueprint.post("/account")
@signed_in
def change_account() -> ResponseReturnValue:
    """Change name, language and time zone."""
    form = AccountForm()
    if not form.validate_on_submit():
        return _page(about=form), 422
    try:
        service.change_account(
            person_id=own_id(), name=form.name.data, locale=form.locale.data, time_zone=form.time_zone.data
        )
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _page(about=form), 422
    with force_locale(form.locale.data):
        flash(_("Saved."), "valid")
    return keep_in_cookie(redirect(url_for("identity.account"), 303), "locale", form.locale.data)


@blueprint.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out, this one gets a fresh session."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _page(password=form), 422
    person_id = own_id()
    try:
        service.change_password(
            person_id=person_id,
            current=str(form.current.data),
            new=str(form.password.data),
            now=clock.now(),
        )
    except Invalid as refusal:
        uow.keep()
        form.refuse(dict(refusal.fields))
        return _page(password=form), 422
    except TooMany as refusal:
        form.refuse({"current": refusal.message})
        return _page(password=form), 429
    begin_session(service.open_sign_in(person_id=person_id, now=clock.now(), **whence()))
    flash(_("Your new password holds from now on. You were signed out everywhere else."), "valid")
    return redirect(url_for("identity.account"), 303)


@blueprint.post("/account/sign-ins/<uuid:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign one other browser out."""
    service.end_sign_in(sign_in_id=SignInId(sign_in_id), person_id=own_id(), now=clock.now())
    flash(_("Signed out there."), "valid")
    return redirect(url_for("identity.account"), 303)


@blueprint.post("/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign every browser out, this one too."""
    service.sign_out_everywhere(person_id=own_id(), now=clock.now())
    end_session()
    flash(_("You are signed out everywhere."), "valid")
    return redirect(url_for("identity.sign_in"), 303)


@blueprint.post("/account/export")
@signed_in
def export_own() -> ResponseReturnValue:
    """Hand the reader all that is held of them."""
    return as_download(own_id())


def _page(about: AccountForm | None = None, password: ChangePasswordForm | None = None) -> str:
    person: Person = current_user.person
    sign_ins = queries.list_open_sign_ins(person.id, current_user.sign_in_id, clock.now())
    return render_template(
        "identity/account.html",
        person=person,
        about=about or AccountForm(name=person.name, locale=person.locale, time_zone=person.time_zone),
        password=password or ChangePasswordForm(),
        name_is_held=service.is_name_held(person.id),
        has_password=queries.has_password(person.id),
        sign_ins=[(one, *browser_of(one.user_agent)) for one in sign_ins],
    )
