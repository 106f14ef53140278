"""What reports offer below: the ways to a person's progress and transcript from their page."""

from uuid import UUID

from flask import render_template
from markupsafe import Markup

from lms.courses.policy import VIEW_LEARNING
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import current


def person_links(*, person_id: UUID) -> Markup | None:
    """Return the links to somebody's progress and transcript, for who may read them."""
    actor = current()
    if not actor.may(VIEW_LEARNING) or not identity.is_person_visible(
        PersonId(person_id), actor.scope_of(VIEW_LEARNING)
    ):
        return None
    return Markup(render_template("reports/_person_links.html", person_id=person_id))  # noqa: S704  a template's output
