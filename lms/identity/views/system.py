"""The installation: whether its parts answer, what got stuck, and which versions run."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lms.identity.policy import RETRY_WORK, VIEW_SYSTEM
from lms.identity.views.routes import blueprint
from lms.kernel import health, mail, outbox
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.navigation import navigation
from lms.web.words import lazy as _l

PARTS = {
    "database": (_l("Database"), _l("Nothing works without it.")),
    "broker": (_l("Broker"), _l("Work outside requests waits until it answers; nothing is lost.")),
    "storage": (_l("Storage"), _l("Files can be neither stored nor read without it.")),
    "worker": (_l("Worker"), _l("Mail, documents and connections wait until one runs.")),
}


@blueprint.get("/admin/system")
@requires(VIEW_SYSTEM)
def system() -> ResponseReturnValue:
    """Show how the installation is."""
    return render_template(
        "identity/system.html",
        parts=[(*PARTS[name], answers) for name, answers in health.check_parts().items()],
        waiting=outbox.count_waiting(),
        failed=outbox.list_failed(),
        versions=health.versions(),
        sends_mail=mail.leaves(),
        may_retry=current().may(RETRY_WORK),
    )


@blueprint.post("/admin/system/retry")
@requires(RETRY_WORK)
def retry_deliveries() -> ResponseReturnValue:
    """Make every delivery that gave up due again."""
    count = outbox.retry_failed()
    flash(ngettext("%(num)s delivery is tried again.", "%(num)s deliveries are tried again.", count), "valid")
    return redirect(url_for("identity.system"), 303)


@blueprint.get("/admin/")
@requires(VIEW_SYSTEM)
def administration() -> ResponseReturnValue:
    """Show where administration leads."""
    here = url_for("identity.administration")
    ways = [
        link
        for group in navigation()
        for link in group.links
        if link.url.startswith(here) and link.url != here
    ]
    return render_template("identity/administration.html", ways=ways)
