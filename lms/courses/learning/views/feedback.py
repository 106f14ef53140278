"""Saying how a course was: asked once of who has completed it, and theirs to change."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.errors import EditedMeanwhile
from lms.courses.learning import service
from lms.courses.learning.forms import FeedbackForm
from lms.courses.learning.values import CourseView
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.learning.views.learners import course_page, view_of
from lms.courses.policy import LEARN
from lms.courses.values import EnrolmentId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires


@blueprint.post("/learn/<slug>/feedback")
@requires(LEARN)
def rate(slug: str) -> ResponseReturnValue:
    """Keep how somebody rates a course."""
    view, form = view_of(slug), FeedbackForm()
    if not form.validate_on_submit():
        return course_page(view, form), 422
    try:
        service.rate(
            enrolment_id=_enrolment_id(view),
            rating=form.rating.data,
            comment=str(form.comment.data or ""),
            seen=form.revision.version or 0,
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return course_page(view, form), refusal.status
    except EditedMeanwhile as refusal:
        # Sent once more it goes over what stands there now.
        form.form_errors.append(refusal.message)
        form.revision.data = str(view.feedback.revision if view.feedback else 0)
        return course_page(view, form), refusal.status
    flash(_("Thank you. You can change your feedback here at any time."), "valid")
    return redirect(url_for(".course", slug=slug), 303)


@blueprint.post("/learn/<slug>/feedback/later")
@requires(LEARN)
def pass_over(slug: str) -> ResponseReturnValue:
    """Ask somebody no more how a course was."""
    service.pass_over(enrolment_id=_enrolment_id(view_of(slug)), actor=current(), now=clock.now())
    return redirect(url_for(".course", slug=slug), 303)


def _enrolment_id(view: CourseView) -> EnrolmentId:
    if view.enrolment is None:
        raise NotFound
    return view.enrolment.id
