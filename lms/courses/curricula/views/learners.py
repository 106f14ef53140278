"""What a learner does with paths: finding one, following it, taking its courses; and where a team is."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.curricula.queries import paths
from lms.courses.curricula.service import following
from lms.courses.curricula.values import Path
from lms.courses.curricula.views.blueprint import blueprint
from lms.courses.errors import Locked
from lms.courses.policy import LEARN, VIEW_COURSES, VIEW_TEAM_PATHS
from lms.courses.values import CourseId, CurriculumId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Forbidden, NotFound
from lms.web.access import requires
from lms.web.asked import asked_choice
from lms.web.pages import page_request

CARDS = 24


@blueprint.get("/paths")
@requires(VIEW_COURSES)
def index() -> ResponseReturnValue:
    """List the paths that the reader follows, then those that they may."""
    return render_template(
        "curricula/paths.html",
        followed=paths.list_followed(_me()),
        page=paths.page_published(_me(), page_request(size=CARDS)),
    )


@blueprint.get("/paths/<slug>")
@requires(VIEW_COURSES)
def path(slug: str) -> ResponseReturnValue:
    """Show a path, with the reader's place on it."""
    return render_template(
        "curricula/path.html",
        path=_path(slug),
        why_locked=following.why_locked,
        may_learn=policy.may_learn(current()),
    )


@blueprint.post("/paths/<slug>/start")
@requires(LEARN)
def start(slug: str) -> ResponseReturnValue:
    """Follow a path; its first courses are the reader's too."""
    following.start(curriculum_id=_path(slug).curriculum_id, actor=current(), now=clock.now())
    flash(_("You follow this path now."), "valid")
    return redirect(url_for(".path", slug=slug), 303)


@blueprint.post("/paths/<slug>/leave")
@requires(LEARN)
def leave(slug: str) -> ResponseReturnValue:
    """Follow a path no longer."""
    following.leave(curriculum_id=_path(slug).curriculum_id, actor=current(), now=clock.now())
    flash(_("You follow this path no longer. Its courses stay yours."), "valid")
    return redirect(url_for(".path", slug=slug), 303)


@blueprint.post("/paths/<slug>/courses/<uuid:course_id>")
@requires(LEARN)
def take(slug: str, course_id: UUID) -> ResponseReturnValue:
    """Take a course of the path: its own page goes on from there."""
    found = _path(slug)
    try:
        following.take(
            curriculum_id=found.curriculum_id,
            course_id=CourseId(course_id),
            actor=current(),
            now=clock.now(),
        )
    except Locked as refusal:
        flash(refusal.message, "soon")
        return redirect(url_for(".path", slug=slug), 303)
    return redirect(url_for("learning.course", slug=found.courses[CourseId(course_id)].slug), 303)


@blueprint.get("/team/paths")
@requires(VIEW_TEAM_PATHS)
def team() -> ResponseReturnValue:
    """List who of the reader's team is where on which path."""
    titles = paths.list_titles()
    chosen = asked_choice("path", {str(one) for one, _title in titles})
    return render_template(
        "curricula/team.html",
        page=paths.page_team(
            current().scope_of(VIEW_TEAM_PATHS),
            page_request(),
            curriculum_id=CurriculumId(UUID(chosen)) if chosen else None,
        ),
        titles=[("", _("All paths")), *[(str(one), title) for one, title in titles]],
        chosen=chosen,
    )


def _path(slug: str) -> Path:
    found = paths.find_path(slug, _me())
    if found is None:
        raise NotFound
    return found


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise Forbidden
    return PersonId(person_id)
