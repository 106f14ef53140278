"""What identity offers to the floors below: who is signed in, who reads a page, and a person's data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app, render_template, request, url_for
from flask_login import UserMixin, current_user
from markupsafe import Markup
from sqlalchemy import ColumnElement

from lms.identity import queries, service
from lms.identity.events import SignedIn, SignedOut
from lms.identity.policy import VIEW_AUDIT, VIEW_EVERYONE, VIEW_SYSTEM, VIEW_TEAM
from lms.identity.service.searching import KIND
from lms.identity.values import Person, PersonId, SignInId
from lms.kernel import clock, mail, outbox
from lms.kernel.actor import Actor, current, scopes_of
from lms.kernel.audit import AuditFilter
from lms.kernel.db import AnyColumn
from lms.web.context import Me, part
from lms.web.pages import PageRequest

LATEST = 8
ROUTINE = frozenset({SignedIn.__name__, SignedOut.__name__})


class SignedInUser(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind the cookie. Flask-Login keeps `token`, which is the sign-in's and not the person's."""

    def __init__(self, *, token: str, sign_in_id: SignInId, person: Person, actor: Actor) -> None:
        """Hold what one query found."""
        self.token = token
        self.sign_in_id = sign_in_id
        self.person = person
        self.actor = actor

    def get_id(self) -> str:
        """Return what the session cookie holds."""
        return self.token


def load_signed_in(token: str) -> SignedInUser | None:
    """Return who holds `token`, if that sign-in is still open."""
    found = queries.find_sign_in(service.digest(token), clock.now())
    if found is None:
        return None
    sign_in_id, person, grants = found
    actor = Actor(
        person_id=person.id,
        name=person.name,
        employer_id=person.employer_id,
        grants=grants,
        scopes=scopes_of(grants, current_app.extensions["lms.policy"]),
        address=request.remote_addr or "",
        request_id=current().request_id,
        device=current().device,
    )
    return SignedInUser(token=token, sign_in_id=sign_in_id, person=person, actor=actor)


def reader() -> Me | None:
    """Return who reads the page that is being made, or None."""
    if current().person_id is None or not current_user.is_authenticated:
        return None
    person: Person = current_user.person
    return Me(
        id=person.id,
        name=person.name,
        initials=person.initials,
        employer_name=person.employer_name,
        locale=person.locale,
        time_zone=person.time_zone,
    )


def account_menu() -> Markup:
    """Return the account menu's links: one's own account, and the way out."""
    return part("identity/_account_menu.html", sign_out_url=url_for("identity.sign_out"))


def home_trail() -> str | None:
    """Return what was done last, for those who read the trail: the comings and goings left out."""
    if not current().may(VIEW_AUDIT):
        return None
    latest = queries.list_trail(AuditFilter(without=ROUTINE), PageRequest(size=LATEST)).items
    return render_template("identity/_home_trail.html", latest=latest)


def home_system() -> str | None:
    """Return whether anything of the installation asks for a hand."""
    if not current().may(VIEW_SYSTEM):
        return None
    failed, waiting = len(outbox.list_failed()), outbox.count_waiting()
    return render_template(
        "identity/_home_system.html", failed=failed, waiting=waiting, sends_mail=mail.leaves()
    )


class PersonSight:
    """Whom the search shows a person: whose lists that person stands in."""

    kind = KIND

    def sees(self, subject_id: AnyColumn, actor: Actor) -> ColumnElement[bool]:
        """Return the filter for people that `actor` may open."""
        return queries.is_one_in_scope(subject_id, actor.scope_of(VIEW_EVERYONE) | actor.scope_of(VIEW_TEAM))


class IdentityData:
    """A person's account, employments, roles and sign-ins."""

    name = "identity"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return queries.export_person(PersonId(person_id))

    def erase(self, person_id: UUID) -> None:
        """Blank the account and end every sign-in; the row stays, so that what it proved stays true."""
        service.erase_person(person_id=PersonId(person_id), now=clock.now())
