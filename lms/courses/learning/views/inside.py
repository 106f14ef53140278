"""Searching within a course: as a page, and as the part of one that the player shows beside a lesson."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.courses.learning import queries
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.learning.views.catalogue import WORDS_CHARACTERS
from lms.courses.learning.views.learners import outline_of, view_of
from lms.courses.policy import VIEW_COURSES
from lms.web.access import requires


@blueprint.get("/learn/<slug>/search")
@requires(VIEW_COURSES)
def search_inside(slug: str) -> ResponseReturnValue:
    """Show where words stand in the lessons of the version that this person is in; who is in none sees the course."""
    view = view_of(slug)
    if view.enrolment is None:
        return redirect(url_for(".course", slug=slug))
    words = " ".join(request.args.get("q", "").split())[:WORDS_CHARACTERS]
    items = [item for section in outline_of(view) for item in section.items]
    return render_template(
        "learning/_inside.html" if "part" in request.args else "learning/inside.html",
        view=view,
        words=words,
        found=queries.find_inside(view, items, words) if words else None,
        course_url=url_for(".course", slug=slug),
    )
