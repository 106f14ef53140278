"""What authoring puts on the home page: the courses an author touched last."""

from flask import render_template

from lms.courses.authoring import queries
from lms.courses.policy import AUTHOR_COURSES
from lms.identity.values import PersonId
from lms.kernel.actor import Role, current
from lms.web.pages import PageRequest

SHOWN = 5


def home_desk() -> str | None:
    """Return the courses changed last, for trainers."""
    me = current().person_id
    if Role.TRAINER not in current().roles or not current().may(AUTHOR_COURSES):
        return None
    return render_template(
        "authoring/_home_desk.html",
        courses=queries.list_authored(PageRequest(size=SHOWN)).items,
        reviews=queries.list_waiting_reviews(PersonId(me), at_most=SHOWN) if me else (),
    )
