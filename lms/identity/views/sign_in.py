"""Signing in and out."""

import re
from uuid import UUID

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from lms.identity import queries, service
from lms.identity.forms import SignInForm
from lms.identity.plugs import load_signed_in
from lms.identity.values import ROLES, PersonId, ShowcasePerson
from lms.identity.views.routes import blueprint
from lms.kernel import clock, uow
from lms.kernel.errors import Invalid, NotFound, TooMany
from lms.web.access import public, signed_in

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form; who is signed in already goes on."""
    target = request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(inside(target), 303)
    return _page(SignInForm(next=target))


@blueprint.post("/sign-in")
@public
def sign_in_submit() -> ResponseReturnValue:
    """Sign in."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = service.sign_in(
                email=str(form.email.data), password=str(form.password.data), now=clock.now(), **whence()
            )
        except Invalid as refusal:
            uow.keep()
            form.password.errors = [refusal.message]
        except TooMany as refusal:
            form.email.errors = [refusal.message]
            return _page(form), 429, {"Retry-After": str(refusal.retry_after_seconds)}
        else:
            begin_session(token)
            return redirect(inside(str(form.next.data or "")), 303)
    return _page(form), 422


@blueprint.post("/sign-in/demo")
@public
def sign_in_demo() -> ResponseReturnValue:
    """Sign in as one of the demo's people; an installation that is no demo has no such page."""
    if not _is_demo():
        raise NotFound
    try:
        person_id = PersonId(UUID(request.form.get("person", "")))
    except ValueError as error:
        raise NotFound from error
    begin_session(service.sign_in_showcase(person_id=person_id, now=clock.now(), **whence()))
    return redirect(inside(request.form.get("next", "")), 303)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign out here."""
    service.sign_out(token=current_user.token, now=clock.now())
    end_session()
    return redirect(url_for("identity.sign_in"), 303)


def begin_session(token: str) -> None:
    """Give this browser a fresh session: nothing of the one before, its form token included, lives on."""
    session.clear()
    user = load_signed_in(token)
    if user is None:
        raise Invalid
    login_user(user)
    session.permanent = True


def end_session() -> None:
    """Leave this browser without a session."""
    logout_user()
    session.clear()


def whence() -> dict[str, str]:
    """Return where a sign-in comes from, as the service writes it down."""
    return {
        "address": request.remote_addr or "",
        "user_agent": request.headers.get("User-Agent", ""),
    }


def inside(target: str) -> str:
    """Return `target` if it is a path of this portal, else home.

    Browsers drop control characters before they read an address, and a header cannot carry them.
    """
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_path and not CONTROLS.search(target) else "/"


def _page(form: SignInForm) -> str:
    showcase: list[ShowcasePerson] = list(queries.list_showcase()) if _is_demo() else []
    return render_template("identity/sign_in.html", sign_in=form, showcase=showcase, roles=ROLES)


def _is_demo() -> bool:
    return bool(current_app.config["LMS_DEMO_SIGN_IN"])
