"""Identity's pages."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from lms.identity import service
from lms.identity.forms import SignInForm
from lms.identity.plugs import load_signed_in
from lms.kernel import clock, uow
from lms.kernel.errors import Invalid, TooMany
from lms.web.access import public, signed_in

blueprint = Blueprint("identity", __name__, template_folder="templates")


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    form = SignInForm(next=request.args.get("next", ""))
    return render_template("identity/sign_in.html", sign_in=form)


@blueprint.post("/sign-in")
@public
def sign_in_submit() -> ResponseReturnValue:
    """Sign in."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = service.sign_in(
                email=str(form.email.data),
                password=str(form.password.data),
                address=request.remote_addr or "",
                user_agent=request.headers.get("User-Agent", ""),
                now=clock.now(),
            )
        except Invalid as refusal:
            uow.keep()
            form.password.errors = [refusal.message]
        except TooMany as refusal:
            form.email.errors = [refusal.message]
            return render_template("identity/sign_in.html", sign_in=form), 429
        else:
            begin_session(token)
            return redirect(_inside(str(form.next.data or "")), 303)
    return render_template("identity/sign_in.html", sign_in=form), 422


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign out here."""
    service.sign_out(token=current_user.token, now=clock.now())
    logout_user()
    session.clear()
    return redirect(url_for("identity.sign_in"), 303)


def begin_session(token: str) -> None:
    """Give this browser a fresh session: nothing of the one before, its form token included, lives on."""
    session.clear()
    user = load_signed_in(token)
    if user is None:
        raise Invalid
    login_user(user)
    session.permanent = True


def _inside(target: str) -> str:
    """Return `target` if it is a path of this portal, else home."""
    parts = urlsplit(target)
    is_path = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if is_path else "/"
