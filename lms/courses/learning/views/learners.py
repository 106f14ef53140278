"""Pages of who learns: a course, the player, and the pictures that lessons show."""

from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import kinds, policy
from lms.courses.authoring import queries as authoring
from lms.courses.authoring.values import WHOLE
from lms.courses.errors import Locked, NotDoneYet
from lms.courses.formats import media, scaling
from lms.courses.kinds import checks, gates
from lms.courses.kinds.completing import asks
from lms.courses.learning import queries, rules, service
from lms.courses.learning.forms import FeedbackForm, ReadingForm, WatchingForm
from lms.courses.learning.rules.completing import Asked, Evidence, ask
from lms.courses.learning.rules.parts import parts_of
from lms.courses.learning.rules.watching import films_from_json
from lms.courses.learning.values import CourseView, Lesson, OutlineItem, OutlineSection, Reached
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.policy import LEARN, VIEW_AUTHORING, VIEW_COURSES
from lms.courses.values import (
    TEXTS,
    ActivityId,
    ActivityKey,
    CourseId,
    EnrolmentId,
    EnrolmentSource,
    RuleKind,
)
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.files import StoredFile, find_derived
from lms.kernel.richtext import checks_in, with_checks
from lms.web.access import requires
from lms.web.asked import asked_number
from lms.web.blobs import send_blob
from lms.web.context import write_duration, write_percent
from lms.web.errors import answer_domain_error, wants_json

WEEK_SECONDS = 604_800
MINUTE_SECONDS = 60


@blueprint.get("/learn/<slug>")
@requires(VIEW_COURSES)
def course(slug: str) -> ResponseReturnValue:
    """Show a course: what it is, its outline, how far this person is, and the way in."""
    return course_page(view_of(slug))


def course_page(view: CourseView, said: FeedbackForm | None = None) -> str:
    """Return a course's page; `said` is what was wrong with how somebody rated it."""
    outline = outline_of(view)
    return render_template(
        "learning/course.html",
        view=view,
        feedback=said or _feedback_form(view),
        outline=outline,
        parts=parts_of(
            outline, here=view.enrolment.resume_id if view.enrolment else None, asked=asked_number("part")
        ),
        kind_of=kinds.kind_of,
        small_of=_small,
        words=_words(),
        may_learn=policy.may_learn(current()),
        may_enrol=current().may(policy.ENROL_PEOPLE),
        shut=None if view.enrolment else gates.why_shut(view.course.id, _reader()),
    )


def _feedback_form(view: CourseView) -> FeedbackForm | None:
    """Return the form that asks how a course was, None for who has not completed it."""
    is_done = view.enrolment is not None and view.enrolment.completed_at is not None
    return FeedbackForm.of(view.feedback) if is_done and policy.may_learn(current()) else None


@blueprint.post("/learn/<slug>/enrol")
@requires(LEARN)
def enrol(slug: str) -> ResponseReturnValue:
    """Enrol this person and open the first lesson."""
    view = view_of(slug)
    service.enrol(
        person_id=_me(),
        course_id=view.course.id,
        source=EnrolmentSource.SELF,
        due_on=None,
        actor=current(),
        now=clock.now(),
    )
    view = view_of(slug)
    enrolment = view.enrolment
    if view.places is not None and view.places.number:
        flash(_("All places are taken: you wait for one, and move up by yourself."), "soon")
        return redirect(url_for(".course", slug=slug), 303)
    if enrolment is None or enrolment.resume_id is None:
        return redirect(url_for(".course", slug=slug), 303)
    return redirect(url_for(".lesson", slug=slug, activity_id=enrolment.resume_id), 303)


@blueprint.get("/learn/<slug>/<uuid:activity_id>")
@requires(VIEW_COURSES)
def lesson(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Show one activity in the player; who is not in that version of the course is led to its page."""
    opened = queries.find_lesson(slug, ActivityId(activity_id), current())
    if opened is None:
        return redirect(_where_it_is_now(view_of(slug), ActivityId(activity_id)))
    return _player(opened, is_preview=False)


def _where_it_is_now(view: CourseView, activity_id: ActivityId) -> str:
    """Return where a page is whose learner was moved to another version; the course if it is no more."""
    taken = queries.find_taken(view.version_id, activity_id)
    if taken is not None and taken.is_current and taken.id != activity_id:
        return url_for(".lesson", slug=view.course.slug, activity_id=taken.id)
    return url_for(".course", slug=view.course.slug)


@blueprint.get("/author/courses/<uuid:course_id>/preview/<uuid:key>")
@requires(VIEW_AUTHORING)
def preview(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show an activity of the draft as a learner would see it; nothing is recorded."""
    opened = queries.find_preview(CourseId(course_id), ActivityKey(key))
    if opened is None:
        raise NotFound
    return _player(opened, is_preview=True)


def _player(opened: Lesson, *, is_preview: bool) -> str:
    enrolment = opened.view.enrolment
    outline = outline_of(opened.view)
    items = [item for section in outline for item in section.items]
    here = next(item for item in items if item.id == opened.activity.id)
    before, after = rules.neighbours([item.id for item in items], here.id)
    kind = kinds.kind_of(opened.activity.kind)
    is_shut = bool(here.shut) and not is_preview
    asked = _asked(opened, here)
    films = [] if is_shut else queries.film_files(opened.html)
    course_id = opened.view.course.id

    course_url = url_for(".course", slug=opened.view.course.slug)

    def url_of(item: OutlineItem) -> str:
        if is_preview:
            return url_for(".preview", course_id=course_id, key=item.key)
        return f"{course_url}/{item.id}"

    return render_template(
        "learning/lesson.html",
        lesson=opened,
        text="" if is_shut else _with_checks(opened.html),
        is_shut=is_shut,
        first=[item for item in items if item.key in {why.first for why in here.shut}],
        asked=asked,
        asks="" if asked.is_met else asks(asked.rule, so_far=asked.so_far, left=asked.left),
        by_button=here.rule.kind is RuleKind.VIEWED,
        films=films,
        films_json={film: opened.watched.get(film, {}) for film in films},
        view=opened.view,
        parts=parts_of(outline, here=here.id, asked=asked_number("part")),
        is_short=len(items) <= WHOLE,
        here=here,
        section=next(section for section in outline if here in section.items),
        previous=next((item for item in items if item.id == before), None),
        next=next((item for item in items if item.id == after), None),
        kind=kind,
        small_of=_small,
        words=_words(),
        url_of=url_of,
        course_url=f"/author/courses/{course_id}" if is_preview else course_url,
        is_page=opened.activity.kind in TEXTS,
        is_preview=is_preview,
        play_url=None if is_shut else kind.play_url(opened.activity, enrolment.id if enrolment else None),
        may_learn=policy.may_learn(current()) and not is_preview,
        feedback=None if after or is_preview or opened.view.feedback else _feedback_form(opened.view),
    )


def outline_of(view: CourseView) -> Sequence[OutlineSection]:
    """Return a course's contents as they stand for this person, with what is locked for them."""
    enrolment = view.enrolment
    outline = queries.list_outline(view.version_id, enrolment.id if enrolment else None)
    person_id = current().person_id
    return service.with_locks(outline, PersonId(person_id) if person_id else None, clock.now())


def _asked(opened: Lesson, here: OutlineItem) -> Asked:
    """Return how far the rule of an activity is met, as its page shows it."""
    if here.completed_at is not None:
        return Asked(here.rule, here.rule.least, is_met=True)
    films = films_from_json(dict(opened.watched), queries.film_files(opened.html))
    return ask(here.rule, Evidence(seconds=opened.seconds, score=here.score, films=films))


@blueprint.app_errorhandler(Locked)
def locked(refusal: Locked) -> ResponseReturnValue:
    """Lead to the page that explains a lock, if somebody opened what it keeps shut; say it as any error else."""
    if refusal.page and request.method == "GET" and not wants_json():
        return redirect(refusal.page, 303)
    return answer_domain_error(refusal)


@blueprint.post("/learn/<slug>/<uuid:activity_id>/seen")
@requires(LEARN)
def seen(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Take what an open page tells of itself."""
    form = ReadingForm()
    if not form.validate_on_submit():
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items() if name})
    opened = _opened(slug, activity_id)
    reached = service.note_reading(
        enrolment_id=_enrolment_id(opened),
        activity_id=opened.activity.id,
        seconds=int(form.seconds.data or 0),
        place=None if form.y.data is None else {"y": round(form.y.data, 4)},
        actor=current(),
        now=clock.now(),
    )
    return _said_of(reached)


def _said_of(reached: Reached | None) -> ResponseReturnValue:
    """Tell a page what is still asked after what it told; nothing where that cannot have changed."""
    if reached is None:
        return "", 204
    words = asks(reached.rule, so_far=reached.so_far, left=reached.left)
    return {
        "done": reached.is_done,
        "soFar": reached.so_far,
        "least": reached.rule.least,
        "said": _("Done") if reached.is_done else words,
    }


@blueprint.post("/learn/<slug>/<uuid:activity_id>/watched")
@requires(LEARN)
def watched(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Take what a player tells of a film."""
    form = WatchingForm()
    if not form.validate_on_submit():
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items() if name})
    opened = _opened(slug, activity_id)
    reached = service.note_watched(
        enrolment_id=_enrolment_id(opened),
        activity_id=opened.activity.id,
        film=str(form.film.data),
        seconds=float(form.seconds.data or 0),
        at=float(form.at.data or 0),
        parts=form.shown(),
        actor=current(),
        now=clock.now(),
    )
    return _said_of(reached)


@blueprint.post("/learn/<slug>/<uuid:activity_id>/done")
@requires(LEARN)
def done(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Complete a page and go on: to the next activity, or to the course when it is complete."""
    opened = _opened(slug, activity_id)
    was_complete = opened.view.enrolment is not None and opened.view.enrolment.completed_at is not None
    try:
        service.finish_page(
            enrolment_id=_enrolment_id(opened),
            activity_id=opened.activity.id,
            actor=current(),
            now=clock.now(),
        )
    except NotDoneYet as refusal:
        flash(refusal.message, "soon")
        return redirect(url_for(".lesson", slug=slug, activity_id=opened.activity.id), 303)
    enrolment = view_of(slug).enrolment
    if enrolment is not None and enrolment.completed_at is not None and not was_complete:
        flash(_("You have completed %(course)s.", course=opened.view.course.title), "valid")
        return redirect(url_for(".course", slug=slug), 303)
    order = [
        item.id for section in queries.list_outline(opened.view.version_id, None) for item in section.items
    ]
    _before, after = rules.neighbours(order, opened.activity.id)
    if after is None:
        return redirect(url_for(".course", slug=slug), 303)
    return redirect(url_for(".lesson", slug=slug, activity_id=after), 303)


@blueprint.get("/learn/pictures/<uuid:file_id>")
@requires(VIEW_COURSES)
def picture(file_id: UUID) -> ResponseReturnValue:
    """Serve a picture, film or file of a course to who may see the course; none can run a script."""
    stored = authoring.find_visible_picture(
        file_id, to_authors=current().may(policy.VIEW_AUTHORING), visible=queries.visible_to(current())
    )
    if stored is None:
        raise NotFound
    if (small := _small_copy(stored)) is not None:
        return small
    answer = send_blob(
        stored.sha256,
        size_bytes=stored.size_bytes,
        media_type=stored.media_type,
        # A smaller copy that was asked for may be made in a moment.
        max_age_seconds=MINUTE_SECONDS if "width" in request.args else WEEK_SECONDS,
    )
    answer.cache_control.immutable = "width" not in request.args
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    way = "inline" if media.is_shown(stored.media_type) else "attachment"
    answer.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(stored.filename)}"
    return answer


def _small_copy(stored: StoredFile) -> Response | None:
    """Return a picture in the width that the address asks for, None where there is no such copy, or not yet."""
    width = request.args.get("width", "")
    if width not in map(str, scaling.WIDTHS) or stored.media_type not in scaling.RASTER:
        return None
    content = find_derived(scaling.name_of(stored.sha256, int(width)))
    if content is None:
        return None
    answer = Response(content, mimetype=scaling.SCALED_TYPE)
    answer.cache_control.private = answer.cache_control.immutable = True
    answer.cache_control.max_age = WEEK_SECONDS
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _with_checks(html: str) -> str:
    """Return a lesson's text with its knowledge checks asked, and answered where the address tries one."""
    if not (names := checks_in(html)):
        return html
    asked = checks.show(names, request.args.to_dict(flat=False))
    return with_checks(html, lambda name: asked.get(name, ""))


def _small(item: OutlineItem) -> str:
    """Return what stands beneath an activity: how long it takes or what it is, its result, whether it is optional."""
    said = []
    if item.kind not in TEXTS:
        said.append(kinds.kind_of(item.kind).noun(item.config))
    elif item.minutes:
        said.append(write_duration(item.minutes * 60))
    if item.score is not None:
        said.append(write_percent(item.score))
    if not item.is_required:
        said.append(_("optional"))
    said += [why.reason for why in item.shut]
    return ", ".join(said)


def _words() -> dict[str, str]:
    """Return what each state of an activity is called."""
    return {
        "valid": _("Done"),
        "danger": _("Not passed yet"),
        "progress": _("In progress"),
        "none": _("Not started"),
        "lock": _("Locked"),
    }


def view_of(slug: str) -> CourseView:
    """Return a course as this person meets it; NotFound if there is none for them."""
    view = queries.find_view(slug, current())
    if view is None:
        raise NotFound
    return view


def _opened(slug: str, activity_id: UUID) -> Lesson:
    opened = queries.find_lesson(slug, ActivityId(activity_id), current())
    if opened is None:
        raise NotFound
    return opened


def _enrolment_id(opened: Lesson) -> EnrolmentId:
    if opened.view.enrolment is None:
        raise NotFound
    return opened.view.enrolment.id


def _reader() -> PersonId | None:
    person_id = current().person_id
    return PersonId(person_id) if person_id else None


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise Forbidden
    return PersonId(person_id)
