"""The audit trail: who did what to whom, when and from where."""

from datetime import UTC, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _

from lms.identity import queries
from lms.identity.policy import VIEW_AUDIT
from lms.identity.views.routes import blueprint
from lms.kernel import events
from lms.kernel.audit import AuditFilter
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.asked import asked_choice
from lms.web.exports import csv_download
from lms.web.numbers import calendar_day
from lms.web.pages import page_order, page_request

NOBODY_AT_ALL = UUID(int=0)


@blueprint.app_template_filter("words")
def in_words(name: str) -> str:
    """Return an event's name in the reader's language: "CourseCompleted" is "Course completed"."""
    return _(events.in_words(name))


@blueprint.app_template_filter("field_words")
def field_in_words(field: str) -> str:
    """Return the name of an event's field in the reader's language: "valid_through" is "valid through"."""
    return _(events.field_in_words(field))


@blueprint.get("/admin/audit")
@requires(VIEW_AUDIT)
def audit_trail() -> ResponseReturnValue:
    """Show the trail."""
    order = page_order(("when",), default=queries.NEWEST)
    return render_template(
        "identity/audit.html",
        page=queries.list_trail(_wanted(), page_request(), order),
        sort=order.asked,
        action_choices=[("", _("Any action")), *[(name, in_words(name)) for name in events.names()]],
        given=request.args,
    )


@blueprint.get("/admin/audit.csv")
@requires(VIEW_AUDIT)
def audit_table() -> ResponseReturnValue:
    """Hand out the trail as a table."""
    header = (
        _("When"),
        _("Action"),
        _("Person"),
        _("Person’s id"),
        _("About"),
        _("About id"),
        _("Address"),
        _("Request"),
        _("Details"),
    )
    rows = (
        [
            (
                entry.at.isoformat(),
                entry.action,
                entry.actor_name,
                str(entry.actor_id or ""),
                entry.subject_name,
                str(entry.subject_id or ""),
                entry.address,
                entry.request_id,
                "; ".join(f"{field}={value}" for field, value in entry.details),
            )
            for entry in batch
        ]
        for batch in queries.read_trail(_wanted())
    )
    return csv_download("audit.csv", header, rows)


def _wanted() -> AuditFilter:
    return AuditFilter(
        action=asked_choice("action", events.names()) or None,
        actor_id=_person(request.args.get("person", "")),
        subject_id=_person(request.args.get("subject", "")),
        since=_since(request.args.get("since", "")),
    )


def _person(text: str) -> UUID | None:
    """Return the id that a filter names by id or address; one that is nobody's finds nothing."""
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        person = queries.find_person_by_email(text)
        return person.id if person else NOBODY_AT_ALL


def _since(text: str) -> datetime | None:
    if not text:
        return None
    day = calendar_day(text)
    if day is None:
        raise Invalid(_("This is no day."), fields={"since": _("Write the day as in 2026-11-23.")})
    return datetime.combine(day, time(), tzinfo=ZoneInfo(str(get_timezone()))).astimezone(UTC)
