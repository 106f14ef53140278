"""What authoring puts on the home page: what waits to be read, and the courses an author touched last."""

from flask import render_template

from lms.courses.authoring import queries
from lms.courses.policy import AUTHOR_COURSES
from lms.identity.values import PersonId
from lms.kernel.actor import Role, current
from lms.web.pages import PageRequest

SHOWN = 5


def home_desk() -> str | None:
    """Return the reviews that wait for whoever may decide them, and for trainers the courses changed last."""
    me, is_trainer = current().person_id, Role.TRAINER in current().roles
    if not current().may(AUTHOR_COURSES):
        return None
    reviews = queries.list_waiting_reviews(PersonId(me), at_most=SHOWN) if me else ()
    if not is_trainer and not reviews:
        return None
    return render_template(
        "authoring/_home_desk.html",
        is_trainer=is_trainer,
        courses=queries.list_authored(PageRequest(size=SHOWN)).items if is_trainer else (),
        reviews=reviews,
    )
