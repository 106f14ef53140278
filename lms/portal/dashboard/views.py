"""The home page, and the search."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import to_user_timezone

from lms.kernel import clock
from lms.kernel.actor import current
from lms.portal.dashboard import queries
from lms.portal.dashboard.rules import given_name, matches, part_of_day
from lms.web.access import signed_in

blueprint = Blueprint("dashboard", __name__, template_folder="templates")


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Show what the reader should do next."""
    local = to_user_timezone(clock.now())  # type: ignore[no-untyped-call]
    return render_template(
        "dashboard/home.html", part_of_day=part_of_day(local), given_name=given_name(current().name)
    )


@blueprint.get("/search")
@signed_in
def search() -> ResponseReturnValue:
    """Show what fits the words, by kind."""
    words = request.args.get("q", "").strip()[:200]
    groups = queries.find(words, current(), limit=queries.ON_PAGE)
    return render_template("dashboard/search.html", words=words, groups=groups, shortest=queries.SHORTEST)


@blueprint.get("/search.json")
@signed_in
def search_as_json() -> ResponseReturnValue:
    """Answer the command palette."""
    words = request.args.get("q", "")[:200]
    found = [
        {"label": one.label, "url": one.url, "detail": one.detail or group.title, "icon": one.icon}
        for group in queries.find(words, current())
        for one in group.found
    ]
    # What is called so comes before what only speaks of it: Enter takes the first.
    found.sort(key=lambda one: not matches(one["label"], words))
    return jsonify(results=found[: queries.AT_MOST])
