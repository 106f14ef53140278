"""The blueprint that identity's pages hang on, and what several of them ask of a request."""

from flask import Blueprint

from lms.identity.values import PersonId
from lms.kernel.actor import current
from lms.kernel.errors import NotSignedIn

blueprint = Blueprint("identity", __name__, template_folder="../templates")


def own_id() -> PersonId:
    """Return the id of who asks."""
    person_id = current().person_id
    if person_id is None:
        raise NotSignedIn
    return PersonId(person_id)
