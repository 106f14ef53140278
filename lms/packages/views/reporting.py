"""What a package reports of one enrolment, for authors and trainers; and waiving a lesson of it."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import Activity, EnrolmentId
from lms.courses.values.taken import Taker
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.lrs import facade as lrs
from lms.packages import queries
from lms.packages.forms import WaiveForm
from lms.packages.models import PackageRevision
from lms.packages.policy import VIEW_PACKAGES, WAIVE
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.queries import revisions
from lms.packages.rules import cmi5 as rules
from lms.packages.rules import scorm12, scorm2004
from lms.packages.service import cmi5 as cmi5_service
from lms.packages.service import waiving
from lms.packages.values import KIND, PackageStandard
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
    if taken.revision.standard is PackageStandard.SCORM_2004:
        results = {name: scorm2004.roll_up_sco(one) for name, one in trackings.items()}
    else:
        least = {one.identifier: one.mastery_score for one in queries.manifest_of(taken.revision).launchables}
        results = {name: scorm12.roll_up_sco(one, least.get(name)) for name, one in trackings.items()}
    items = [
        (item, results.get(item.identifier), trackings.get(item.identifier))
        for item in revisions.items_of(taken.revision)
    ]
    return render_template(
        "packages/report_commits.html",
        taken=taken,
        items=items,
        titles={one.identifier: one.title for one in revisions.items_of(taken.revision)},
        page=courses.page_results(taken.taker, taken.activity, page_request()),
    )


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
        page=lrs.page_said(registration_id, languages, wanted) if registration_id else None,
        may_waive=current().may(WAIVE)
        and taken.revision.standard is PackageStandard.CMI5
        and taken.taker.ended_at is None,
    )


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
