"""Pages of what people say of a course: the rows behind each rating, without a name, and as a table."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.learning.values.feedback import FEWEST, RATINGS
from lms.courses.policy import VIEW_LEARNING
from lms.courses.reports import queries
from lms.courses.reports.values import FeedbackFilter, FeedbackLine, Version
from lms.courses.reports.views.asked import EXPORT_SIZE
from lms.courses.reports.views.blueprint import blueprint
from lms.courses.reports.views.courses import asked_course, ids_of
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.exports import Row, table_download
from lms.web.numbers import whole_number
from lms.web.pages import page_request, walk


@blueprint.get("/reports/courses/<uuid:course_id>/feedback")
@requires(VIEW_LEARNING)
def feedback(course_id: UUID) -> ResponseReturnValue:
    """List what people say of a course, the newest first."""
    found, shown = asked_course(course_id)
    wanted, ids, scope = _wanted(shown), ids_of(found, shown), current().scope_of(VIEW_LEARNING)
    return render_template(
        "reports/feedback.html",
        course=found,
        shown=shown,
        wanted=wanted,
        ratings=queries.find_ratings(ids, scope),
        page=queries.page_feedback(found.id, ids, wanted, scope, page_request()),
        words=rating_words(),
        least=FEWEST,
    )


@blueprint.get("/reports/courses/<uuid:course_id>/feedback.<any(csv, xlsx):ending>")
@requires(VIEW_LEARNING)
def table_of_feedback(course_id: UUID, ending: str) -> ResponseReturnValue:
    """Hand that out as a table."""
    found, shown = asked_course(course_id)
    wanted, ids, scope = _wanted(shown), ids_of(found, shown), current().scope_of(VIEW_LEARNING)
    words = rating_words()
    header = (_("Rating"), _("In words"), _("Comment"), _("Version"), _("Month"))
    batches = walk(
        lambda at: queries.page_feedback(found.id, ids, wanted, scope, at).map(
            lambda one: _cells(one, words[one.rating])
        ),
        size=EXPORT_SIZE,
    )
    return table_download(ending, f"{found.slug}-feedback", header, batches)


def _cells(one: FeedbackLine, word: str) -> Row:
    return one.rating, word, one.comment, one.version, f"{one.given_on:%Y-%m}"


def rating_words() -> dict[int, str]:
    """Return what each rating is called."""
    return dict(zip(RATINGS, (_("Poor"), _("Weak"), _("Fair"), _("Good"), _("Very good")), strict=True))


def _wanted(shown: Version | None) -> FeedbackFilter:
    return FeedbackFilter(
        version_id=shown.id if shown else None,
        rating=_rating(),
        only_comments=request.args.get("comments") == "yes",
    )


def _rating() -> int | None:
    found = whole_number(request.args.get("rating"), most=RATINGS[-1])
    return found or None
