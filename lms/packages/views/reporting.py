"""What a package reports of one enrolment, for authors and trainers; and waiving a lesson of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import Activity, EnrolmentId
from lms.courses.values.taken import TakenResult, Taker
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.lrs import facade as lrs
from lms.packages import queries
from lms.packages.forms import WaiveForm
from lms.packages.models import PackageCommitRow, PackageRevision, PastAttemptRow
from lms.packages.policy import VIEW_PACKAGES, WAIVE
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.queries import revisions
from lms.packages.queries import scorm2004 as sequenced_queries
from lms.packages.rules import cmi5 as rules
from lms.packages.rules import scorm12, scorm2004, sequencing
from lms.packages.service import cmi5 as cmi5_service
from lms.packages.service import waiving
from lms.packages.values import KIND, PackageStandard, Result, ScoTracking, SessionId
from lms.packages.values.cmi5 import CourseStructure, UnitStanding
from lms.packages.views.room import blueprint
from lms.web.access import requires
from lms.web.pages import page_request

SPEAKING = frozenset({PackageStandard.CMI5, PackageStandard.TIN_CAN})
"""What speaks to the record store; the others commit to the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A package as somebody takes it."""

    taker: Taker
    activity: Activity
    revision: PackageRevision


@blueprint.get("/author/packages/reports/<uuid:enrolment_id>/<uuid:key>")
@requires(VIEW_PACKAGES)
def show_report(enrolment_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show how the items of a package stand for somebody, and what it reported, the newest first."""
    taken = _taken(enrolment_id, key)
    if taken.revision.standard in SPEAKING:
        return _said_page(taken)
    return _committed_page(taken)


def _taken(enrolment_id: UUID, key: UUID) -> _Taken:
    taker = courses.get_taker(EnrolmentId(enrolment_id), actor=current())
    activity = next((one for one in courses.list_taken(taker, KIND) if one.key == key), None)
    if activity is None:
        raise NotFound
    return _Taken(taker=taker, activity=activity, revision=queries.get_revision_of(activity))


def _committed_page(taken: _Taken) -> str:
    rows = queries.trackings(taken.taker.enrolment_id, taken.activity.id)
    trackings = {name: queries.tracking_of(row) for name, row in rows.items()}
    results = _results_of(taken, trackings)
    items = [
        (item, results.get(item.identifier), trackings.get(item.identifier))
        for item in revisions.items_of(taken.revision)
    ]
    judge = _judge_of(taken.revision)
    past = sequenced_queries.list_past(taken.taker.enrolment_id, taken.activity.id)
    titles = {item.identifier: item.title for item, _result, _tracking in items}
    page = courses.page_results(taken.taker, taken.activity, page_request())
    return render_template(
        "packages/report_commits.html",
        taken=taken,
        items=items,
        titles=titles,
        page=page,
        log=_log(taken, page.items, past),
        past=[
            (row, judge(row.item, ScoTracking(row.elements, row.total_seconds, finished=True)))
            for row in past
        ],
        has_attempts=taken.revision.standard is PackageStandard.SCORM_2004 or bool(past),
    )


def _results_of(taken: _Taken, trackings: Mapping[str, ScoTracking]) -> Mapping[str, Result | None]:
    """Return how each item of a package stands."""
    if taken.revision.standard is PackageStandard.SCORM_2004:
        return _sequenced_results(taken, trackings)
    judge = _judge_of(taken.revision)
    return {name: judge(name, one) for name, one in trackings.items()}


def _judge_of(revision: PackageRevision) -> Callable[[str, ScoTracking], Result]:
    """Return what says what an item amounts to by what it has set itself."""
    if revision.standard is PackageStandard.SCORM_2004:
        return lambda _item, tracking: scorm2004.roll_up_sco(tracking)
    least = {one.identifier: one.mastery_score for one in queries.manifest_of(revision).launchables}
    return lambda item, tracking: scorm12.roll_up_sco(tracking, least.get(item))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of the log: what came in, what it set, and how the item stood then.

    Without `commit` it is a step of the learner, or older than the log, and `result` is the package's as a whole.
    """

    result: TakenResult
    item: str
    way: str
    attempt: int
    commit: PackageCommitRow | None


def _log(taken: _Taken, results: Sequence[TakenResult], past: Sequence[PastAttemptRow]) -> Sequence[_Line]:
    sent = {id(one): key for one in results if (key := _sent(one.evidence)) is not None}
    commits = queries.list_commits(taken.taker.enrolment_id, set(sent.values()))
    lines = []
    for one in results:
        item = str(one.evidence.get("package_item") or "")
        over = sum(row.item == item and row.ended_at < one.at for row in past)
        lines.append(
            _Line(
                result=one,
                item=item,
                way=str(one.evidence.get("navigation") or ""),
                attempt=over + 1,
                commit=commits.get(sent[id(one)]) if item and id(one) in sent else None,
            )
        )
    return lines


def _sent(evidence: Mapping[str, Any]) -> tuple[SessionId, int] | None:
    """Return the opening and the number of a commit, None for what is none."""
    try:
        return SessionId(UUID(str(evidence.get("session_id")))), int(evidence["sequence"])
    except (KeyError, ValueError):
        return None


def _sequenced_results(taken: _Taken, trackings: Mapping[str, ScoTracking]) -> dict[str, Result | None]:
    """Return how the items stand in the outline that the learner sees."""
    manifest = sequenced_queries.manifest_of(taken.revision)
    state = sequenced_queries.state_of(
        manifest,
        sequenced_queries.find_row(taken.taker.enrolment_id, taken.activity.id),
        sequenced_queries.find_shared(taken.taker.enrolment_id),
    )
    states = sequencing.states(manifest.tree, state)
    return {name: scorm2004.stands(one, trackings.get(name)) for name, one in states.items()}


def _said_page(taken: _Taken) -> str:
    course, standings, registration_id = _standing(taken)
    languages = [str(get_locale() or "en"), "en"]
    wanted = page_request()
    return render_template(
        "packages/report_statements.html",
        taken=taken,
        units=[
            (unit, rules.said_in(unit.title, languages[0]), standings.get(unit.identifier, UnitStanding()))
            for unit in course.units
        ],
        is_met=lambda unit: rules.is_met(unit, standings.get(unit.identifier)),
        page=lrs.page_said(registration_id, languages, wanted, _names(taken.revision, course, languages[0]))
        if registration_id
        else None,
        may_waive=current().may(WAIVE)
        and taken.revision.standard is PackageStandard.CMI5
        and taken.taker.ended_at is None,
    )


def _names(revision: PackageRevision, course: CourseStructure, language: str) -> Mapping[str, str]:
    """Return the titles of a course, its blocks and lessons by our ids of them, which say nothing to anybody."""
    titles = {course.identifier: course.titles}
    titles |= {block.identifier: block.title for block in course.blocks}
    titles |= {unit.identifier: unit.title for unit in course.units}
    ids = cmi5_service.activity_ids_of(
        revision, titles.keys(), home_page=str(current_app.config["LMS_PUBLIC_URL"])
    )
    return {ids[name]: rules.said_in(texts, language) for name, texts in titles.items()}


def _standing(taken: _Taken) -> tuple[CourseStructure, dict[str, UnitStanding], UUID | None]:
    found = cmi5_queries.find_registration(taken.activity.id, taken.taker.enrolment_id, taken.taker.person_id)
    standings = dict(cmi5_queries.standings_in(found, taken.revision)) if found else {}
    return queries.course_of(taken.revision), standings, found.id if found else None


@blueprint.get("/author/packages/reports/<uuid:enrolment_id>/<uuid:key>/waive")
@requires(WAIVE)
def ask_waive(enrolment_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show what follows from waiving a lesson, and ask why."""
    return _waive_page(_waivable(enrolment_id, key), WaiveForm(unit=request.args.get("unit", "")))


@blueprint.post("/author/packages/reports/<uuid:enrolment_id>/<uuid:key>/waive")
@requires(WAIVE)
def waive(enrolment_id: UUID, key: UUID) -> ResponseReturnValue:
    """Waive a lesson."""
    taken, form = _waivable(enrolment_id, key), WaiveForm()
    if not form.validate_on_submit():
        return _waive_page(taken, form), 422
    try:
        waiving.waive_for(
            taker=taken.taker,
            activity=taken.activity,
            unit_id=str(form.unit.data),
            reason=str(form.reason.data),
            home_page=str(current_app.config["LMS_PUBLIC_URL"]),
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _waive_page(taken, form), 422
    except Conflict as refusal:
        return _waive_page(taken, form, conflict=refusal.message), 409
    flash(_("Waived. %(name)s need not do this lesson.", name=taken.taker.name), "valid")
    return redirect(url_for(".show_report", enrolment_id=enrolment_id, key=key), 303)


def _waivable(enrolment_id: UUID, key: UUID) -> _Taken:
    taken = _taken(enrolment_id, key)
    if taken.revision.standard is not PackageStandard.CMI5:
        raise NotFound
    return taken


def _waive_page(taken: _Taken, form: WaiveForm, *, conflict: str = "") -> str:
    course, standings, _registration = _standing(taken)
    unit = cmi5_service.unit_of(course, str(form.unit.data))
    language = str(get_locale() or "en")
    fresh, completes = rules.waived_effect(course, standings, unit, clock.now())
    titles = {block.identifier: rules.said_in(block.title, language) for block in course.blocks}
    return render_template(
        "packages/waive.html",
        taken=taken,
        form=form,
        unit_title=rules.said_in(unit.title, language),
        blocks=[titles[node] for node in fresh if node in titles],
        completes=completes,
        is_met=rules.is_met(unit, standings.get(unit.identifier)),
        conflict=conflict,
    )
