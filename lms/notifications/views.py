"""The page behind the bell, how one wants to be told, and the way out at the foot of every letter."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound, NotSignedIn
from lms.notifications import queries, service
from lms.notifications.forms import GROUPS, NoticesForm, groups_for, notices_form
from lms.notifications.queries import waiting
from lms.notifications.service import letters
from lms.notifications.values import NoticeGroup
from lms.web.access import opened_by_token, public, signed_in
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


@blueprint.get("/account/notifications")
@signed_in
def choices() -> ResponseReturnValue:
    """Show how the reader wants to be told."""
    person = identity.get_person(_reader())
    return _choices_page(_form(person), person)


@blueprint.post("/account/notifications")
@signed_in
def choose() -> ResponseReturnValue:
    """Keep how the reader wants to be told."""
    person = identity.get_person(_reader())
    form = _form(person)
    if not form.validate_on_submit():
        return _choices_page(form, person), 422
    service.choose(
        person_id=person.id,
        deliveries=form.deliveries(),
        hours=form.hours(person.time_zone),
        now=clock.now(),
    )
    flash(_("Saved. It holds from now on, also for what waits."), "valid")
    return redirect(url_for("notifications.choices"), 303)


def _form(person: Person) -> NoticesForm:
    return notices_form(groups_for(current().roles), waiting.get_choices(person))


def _choices_page(form: NoticesForm, person: Person) -> str:
    return render_template("notifications/choices.html", form=form, person=person)


@blueprint.post("/account/notifications/zone")
@signed_in
def take_zone() -> ResponseReturnValue:
    """Take the time zone that the reader's browser is in, because they say so."""
    identity.change_time_zone(person_id=_reader(), time_zone=request.form.get("time_zone", ""))
    flash(_("Saved. Dates, digests and quiet hours go by it from now on."), "valid")
    return redirect(url_for("notifications.choices"), 303)


@blueprint.get("/notifications/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask whether letters of a kind shall stop; mail programs that open every link stop nothing."""
    _person_id, groups = _stopped_by(token)
    return _unsubscribe_page(token, groups, is_done=False)


@blueprint.post("/notifications/unsubscribe/<token>")
@opened_by_token
def stop(token: str) -> ResponseReturnValue:
    """Stop them: what the button does, and a mail program by itself (RFC 8058)."""
    person_id, groups = _stopped_by(token)
    service.stop_mail(person_id=person_id, groups=groups, now=clock.now())
    return _unsubscribe_page(token, groups, is_done=True)


def _stopped_by(token: str) -> tuple[PersonId, frozenset[NoticeGroup]]:
    found = letters.read_token(token)
    person = identity.find_person(found[0]) if found is not None else None
    if found is None or person is None or person.state not in letters.REACHED:
        raise NotFound
    return found


def _unsubscribe_page(token: str, groups: frozenset[NoticeGroup], *, is_done: bool) -> str:
    titles = [str(words.title) for group, words in GROUPS.items() if group in groups]
    return render_template("notifications/unsubscribe.html", token=token, titles=titles, is_done=is_done)


def _reader() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise NotSignedIn
    return PersonId(person_id)
