"""Who acts in a job that somebody asked for: a person as they may act today, however long ago they asked."""

from flask import current_app

from lms.identity import queries
from lms.identity.models import PersonRow
from lms.identity.values import PersonId, PersonState
from lms.kernel.actor import SYSTEM, Actor, scopes_of
from lms.kernel.db import db


def actor_of(person_id: PersonId | None) -> Actor:
    """Return a person as they may act today; None is the system itself, or who has the command line.

    Who may no longer sign in reaches nobody.
    """
    if person_id is None:
        return SYSTEM
    person = db.session.get(PersonRow, person_id)
    if person is None:
        return Actor(person_id=person_id)
    grants = queries.list_grants(person_id) if person.state is PersonState.ACTIVE else ()
    scopes = scopes_of(grants, current_app.extensions["lms.policy"])
    return Actor(person_id=person_id, name=person.name, grants=grants, scopes=scopes)
