"""The page behind the bell."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotSignedIn
from lms.notifications import queries, service
from lms.web.access import signed_in
from lms.web.pages import page_request

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.get("/notifications")
@signed_in
def show() -> ResponseReturnValue:
    """Show what the reader was told."""
    return render_template("notifications/notices.html", page=queries.list_notices(_reader(), page_request()))


@blueprint.post("/notifications/read")
@signed_in
def mark_read() -> ResponseReturnValue:
    """Mark all of it as read."""
    service.mark_read(person_id=_reader(), now=clock.now())
    return redirect(url_for("notifications.show"), 303)


def _reader() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise NotSignedIn
    return PersonId(person_id)
