"""Forgotten passwords and invitations: a letter, a link that works once, a form that consumes it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import queries, service
from lms.identity.errors import LinkSpent
from lms.identity.forms import AskResetForm, NewPasswordForm
from lms.identity.service.links import OPENS
from lms.identity.values import LinkKind
from lms.identity.views.routes import blueprint
from lms.identity.views.sign_in import begin_session, whence
from lms.kernel import clock
from lms.kernel.errors import Invalid, TooMany
from lms.web.access import public


@blueprint.get("/reset")
@public
def ask_reset() -> ResponseReturnValue:
    """Show the form that asks for a reset link."""
    return render_template("identity/ask_reset.html", ask=AskResetForm(email=request.args.get("email", "")))


@blueprint.post("/reset")
@public
def ask_reset_submit() -> ResponseReturnValue:
    """Mail a reset link to whoever has the address; the answer is the same if nobody has."""
    form = AskResetForm()
    if not form.validate_on_submit():
        return render_template("identity/ask_reset.html", ask=form), 422
    try:
        service.ask_reset(email=str(form.email.data), address=request.remote_addr or "", now=clock.now())
    except TooMany as refusal:
        form.email.errors = [refusal.message]
        answer = render_template("identity/ask_reset.html", ask=form)
        return answer, 429, {"Retry-After": str(refusal.retry_after_seconds)}
    return redirect(url_for("identity.reset_asked"), 303)


@blueprint.get("/reset/sent")
@public
def reset_asked() -> ResponseReturnValue:
    """Say that a letter is on its way, if there is somebody to get it."""
    return render_template("identity/reset_asked.html")


@blueprint.get("/reset/<token>")
@public
def reset(token: str) -> ResponseReturnValue:
    """Show the form for a new password; looking consumes nothing."""
    return _show(LinkKind.RESET, token)


@blueprint.post("/reset/<token>")
@public
def reset_submit(token: str) -> ResponseReturnValue:
    """Set the new password and sign in."""
    return _consume(LinkKind.RESET, token)


@blueprint.get("/invitation/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """Show the form for a first password; looking consumes nothing."""
    return _show(LinkKind.INVITATION, token)


@blueprint.post("/invitation/<token>")
@public
def invitation_submit(token: str) -> ResponseReturnValue:
    """Set the first password and sign in."""
    return _consume(LinkKind.INVITATION, token)


def _show(kind: LinkKind, token: str) -> ResponseReturnValue:
    return _page(kind, token, NewPasswordForm(), 200)


def _page(kind: LinkKind, token: str, form: NewPasswordForm, status: int) -> ResponseReturnValue:
    offer = queries.find_link(service.digest(token), kind, OPENS[kind], clock.now())
    if offer is None:
        return render_template("identity/link_spent.html", kind=kind), 410
    page = render_template("identity/choose_password.html", choose=form, kind=kind, token=token, offer=offer)
    return page, status


def _consume(kind: LinkKind, token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _page(kind, token, form, 422)
    try:
        session_token = service.set_password_by_link(
            kind=kind, token=token, password=str(form.password.data), now=clock.now(), **whence()
        )
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _page(kind, token, form, 422)
    except LinkSpent:
        return render_template("identity/link_spent.html", kind=kind), 410
    begin_session(session_token)
    flash(
        _("Welcome. Your account is ready.")
        if kind is LinkKind.INVITATION
        else _("Your new password holds from now on. You were signed out everywhere else."),
        "valid",
    )
    return redirect("/", 303)
