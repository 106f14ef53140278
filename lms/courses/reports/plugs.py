"""What reports offer below: the way to a person's transcript from their page."""

from uuid import UUID

from flask import render_template
from markupsafe import Markup

from lms.courses.policy import VIEW_LEARNING
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import current


def transcript_link(*, person_id: UUID) -> Markup | None:
    """Return the link to a transcript, for who may read it."""
    actor = current()
    if not actor.may(VIEW_LEARNING) or not identity.is_person_visible(
        PersonId(person_id), actor.scope_of(VIEW_LEARNING)
    ):
        return None
    return Markup(render_template("reports/_transcript_link.html", person_id=person_id))  # noqa: S704  a template's output
