"""The mail outbox: what the portal wrote to whom, and whether it left."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lms.identity import queries
from lms.identity.policy import RETRY_WORK, VIEW_MAIL
from lms.identity.rules import without_link_tokens
from lms.identity.views.routes import blueprint
from lms.kernel import mail
from lms.kernel.actor import Role, current
from lms.kernel.mail import MailState
from lms.web.access import requires
from lms.web.asked import asked_word
from lms.web.pages import page_request
from lms.web.words import lazy as _l

STATES = {
    MailState.QUEUED: ("progress", _l("Queued")),
    MailState.SENT: ("valid", _l("Sent")),
    MailState.KEPT: ("soon", _l("Kept here")),
    MailState.FAILED: ("danger", _l("Failed")),
}


@blueprint.get("/admin/mail")
@requires(VIEW_MAIL)
def letters() -> ResponseReturnValue:
    """List the letters, newest first."""
    state = asked_word("state", MailState)
    return render_template(
        "identity/letters.html",
        page=queries.list_letters(state, page_request()),
        states=STATES,
        state=state.value if state else "",
        has_failed=queries.has_failed_letters(),
        may_retry=current().may(RETRY_WORK),
        leaves=mail.leaves(),
    )


@blueprint.get("/admin/mail/<uuid:mail_id>")
@requires(VIEW_MAIL)
def letter(mail_id: UUID) -> ResponseReturnValue:
    """Show one letter. A link that lets its reader in is shown only to administrators, where no mail leaves."""
    row = queries.get_letter(mail_id)
    hides = row.state is not MailState.KEPT or Role.ADMINISTRATOR not in current().roles
    shown = without_link_tokens if hides else str
    return render_template(
        "identity/letter.html",
        letter=row,
        text=shown(row.text),
        html=shown(row.html),
        hides=hides and shown(row.text) != row.text,
        state=STATES[row.state],
    )


@blueprint.post("/admin/mail/retry")
@requires(RETRY_WORK)
def retry_letters() -> ResponseReturnValue:
    """Try every letter that failed once more."""
    count = mail.retry_failed()
    flash(ngettext("%(num)s letter is tried again.", "%(num)s letters are tried again.", count), "valid")
    return redirect(url_for("identity.letters"), 303)
