"""Pages for the keys of sources: the list, a new one, and one that holds no longer."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel import clock, uow
from lms.kernel.actor import current
from lms.lrs.forms import SCOPES, KeyForm
from lms.lrs.policy import MANAGE_CREDENTIALS, VIEW_CREDENTIALS
from lms.lrs.queries.credentials import list_credentials
from lms.lrs.service.credentials import make_credential, revoke_credential
from lms.lrs.values import CredentialId, XapiScope
from lms.lrs.views.calls import forget_credentials
from lms.lrs.views.routes import pages
from lms.web.access import requires
from lms.web.pages import page_request

MEGABYTE = 1_000_000


@pages.get("/admin/keys")
@requires(VIEW_CREDENTIALS)
def list_keys() -> ResponseReturnValue:
    """List the keys of sources."""
    return render_template(
        "lrs/keys.html",
        page=list_credentials(page_request()),
        scopes={scope.value: word for scope, word in SCOPES.items()},
        may_manage=current().may(MANAGE_CREDENTIALS),
    )


@pages.get("/admin/keys/new")
@requires(MANAGE_CREDENTIALS)
def new_key() -> ResponseReturnValue:
    """Show the form for a new key."""
    return render_template("lrs/new_key.html", new=KeyForm())


@pages.post("/admin/keys/new")
@requires(MANAGE_CREDENTIALS)
def make_key() -> ResponseReturnValue:
    """Make a key and show its secret, this once."""
    form = KeyForm()
    if not form.validate_on_submit():
        return render_template("lrs/new_key.html", new=form), 422
    made = make_credential(
        credential_id=CredentialId(form.new_id),
        name=str(form.name.data),
        scopes=[XapiScope(one) for one in form.scopes.data or ()],
        per_minute=form.per_minute.data or 1,
        limit_bytes=(form.megabytes.data or 1) * MEGABYTE,
        actor=current(),
        now=clock.now(),
    )
    return render_template("lrs/key.html", made=made, name=form.name.data, endpoint=url_for("xapi.about"))


@pages.post("/admin/keys/<uuid:credential_id>/revoke")
@requires(MANAGE_CREDENTIALS)
def revoke_key(credential_id: UUID) -> ResponseReturnValue:
    """Let a key hold no longer."""
    revoke_credential(credential_id=CredentialId(credential_id), now=clock.now())
    uow.after_commit(forget_credentials)
    flash(_("The key holds no longer. What it stored stays."), "valid")
    return redirect(url_for("lrs.list_keys"), 303)
