"""The pages of packages: upload and choice for authors, the player for learners."""

from typing import Any
from uuid import UUID

import msgspec
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import Activity, ActivityId, ActivityKey, CourseId, Launch
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.kernel.errors import Invalid
from lms.packages import queries, service
from lms.packages.forms import ChooseForm, UploadForm, read_sent
from lms.packages.models import PackageRevision
from lms.packages.policy import ADD_PACKAGES, PLAY, VIEW_PACKAGES
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.queries import scorm2004 as sequenced_queries
from lms.packages.rules import cmi5 as cmi5_rules
from lms.packages.rules import scorm12 as rules
from lms.packages.rules import sequencing
from lms.packages.service import cmi5 as cmi5_service
from lms.packages.service import scorm2004 as sequenced_service
from lms.packages.values import PackageId, PackageStandard, RevisionId, SessionId
from lms.packages.values.cmi5 import LaunchMode, LaunchSessionId, UnitStanding
from lms.web.access import for_programs, requires
from lms.web.content_links import OWN_FOLDER, origin_for, session_of_fetch, sign_fetch, sign_link
from lms.web.pages import page_request

blueprint = Blueprint("packages", __name__, template_folder="templates")
programs = Blueprint("cmi5", __name__)


@blueprint.get("/author/packages")
@requires(VIEW_PACKAGES)
def list_packages() -> ResponseReturnValue:
    """List the packages."""
    return _packages_page(UploadForm())


@blueprint.post("/author/packages")
@requires(ADD_PACKAGES, upload_bytes=service.UPLOAD_LIMIT_BYTES)
def upload() -> ResponseReturnValue:
    """Take a package."""
    form = UploadForm()
    if form.validate_on_submit() and _store(form, PackageId(form.new_id)) is not None:
        return redirect(url_for(".list_packages"), 303)
    return _packages_page(form), 422


def _packages_page(form: UploadForm) -> str:
    return render_template(
        "packages/packages.html",
        page=queries.list_packages(page_request()),
        upload=form,
        may_add=current().may(ADD_PACKAGES),
    )


@blueprint.get("/author/courses/<uuid:course_id>/packages/<uuid:key>")
@requires(VIEW_PACKAGES)
def choose(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show which package an activity plays."""
    activity = courses.get_draft_activity(CourseId(course_id), ActivityKey(key), actor=current())
    form = _choices(ChooseForm(revision=str(activity.config.get("revision_id", ""))))
    return _ask_which(activity, form)


@blueprint.post("/author/courses/<uuid:course_id>/packages/<uuid:key>")
@requires(ADD_PACKAGES, upload_bytes=service.UPLOAD_LIMIT_BYTES)
def choose_submit(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Set which package an activity plays."""
    activity = courses.get_draft_activity(CourseId(course_id), ActivityKey(key), actor=current())
    form = _choices(ChooseForm())
    if form.validate_on_submit():
        revision = _chosen(form)
        if revision is not None:
            courses.set_activity_config(
                course_id=CourseId(course_id),
                key=ActivityKey(key),
                config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
                actor=current(),
                now=clock.now(),
            )
            return redirect(courses.editor_url(activity), 303)
    return _ask_which(activity, form), 422


@blueprint.get("/learn/packages/<uuid:activity_id>")
@requires(PLAY)
def play(activity_id: UUID) -> ResponseReturnValue:
    """Show the player."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    if revision.standard is PackageStandard.CMI5:
        return _cmi5_page(launch, revision)
    if revision.standard is PackageStandard.SCORM_2004:
        return _sequenced_page(launch, revision)
    manifest = queries.manifest_of(revision)
    rows = queries.trackings(launch.enrolment_id, launch.activity.id) if launch.enrolment_id else {}
    trackings = {name: queries.tracking_of(row) for name, row in rows.items()}
    item = rules.item_to_open(manifest, trackings, wanted=request.args.get("item"))
    opening = SessionId(new_id())
    origin = origin_for(revision.id)
    actor = current()
    begin = {
        "item": item.identifier,
        "session": str(opening),
        "href": item.launch,
        "kind": item.scorm_type.value,
        "elements": rules.elements_at_launch(
            item, trackings.get(item.identifier), learner_id=str(actor.person_id), learner_name=actor.name
        ),
    }
    return render_template(
        "packages/play.html",
        launch=launch,
        manifest=manifest,
        item=item,
        begin=begin,
        outline=rules.outline(manifest, trackings),
        origin=origin,
        frame_url=f"{origin}/{sign_link(revision_id=revision.id, opening_id=opening)}/{OWN_FOLDER}/player",
    )


def _cmi5_page(launch: Launch, revision: PackageRevision) -> str:
    """Show the units, and begin one: the page's script asks for the launch, since a GET writes nothing."""
    course, language = queries.course_of(revision), str(get_locale() or "en")
    standings, tried = _cmi5_standing(launch)
    unit = cmi5_rules.unit_to_open(course, standings, tried, wanted=request.args.get("item"))
    groups = [
        {
            "title": cmi5_rules.said_in(title, language),
            "units": [
                (one, cmi5_rules.said_in(one.title, language), cmi5_rules.state_of(one, standings, tried))
                for one in units
            ],
        }
        for title, units in cmi5_rules.groups(course)
    ]
    return render_template(
        "packages/cmi5.html",
        launch=launch,
        course_title=cmi5_rules.said_in(course.titles, language),
        groups=groups,
        unit=unit,
        following=cmi5_rules.following(course, unit),
        unit_title=cmi5_rules.said_in(unit.title, language),
        description=cmi5_rules.said_in(unit.description, language),
        mode=cmi5_rules.mode_for(
            standings.get(unit.identifier),
            is_preview=launch.is_preview,
            wanted=_mode(request.args.get("mode")),
        ),
        in_own_window=cmi5_service.in_own_window(unit),
        is_new=unit.identifier not in tried,
        begin={"unit": unit.identifier, "session": str(new_id()), "mode": request.args.get("mode", "")},
        origin=origin_for(revision.id),
    )


def _cmi5_standing(launch: Launch) -> tuple[dict[str, UnitStanding], frozenset[str]]:
    """Return what is recorded of a learner's units, and which of them were ever launched."""
    person_id = launch.person_id
    found = person_id and cmi5_queries.find_registration(
        launch.activity.id, launch.enrolment_id, PersonId(person_id)
    )
    if not found:
        return {}, frozenset()
    rows = cmi5_queries.list_units(found.id)
    standings = {unit: cmi5_queries.standing_of(row) for unit, row in rows.items()}
    return standings, cmi5_queries.list_tried(found.id)


def _mode(written: object) -> LaunchMode | None:
    return next((mode for mode in LaunchMode if mode.value == written), None)


@blueprint.post("/learn/packages/<uuid:activity_id>/launch")
@requires(PLAY)
def launch_unit(activity_id: UUID) -> ResponseReturnValue:
    """Launch a unit of a cmi5 course: {unit, session, mode} gives {url, mode, own_window}."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not all(type(sent.get(name)) is str for name in ("unit", "session")):
        raise Invalid(_("A launch has unit, session and mode."))
    try:
        session_id = LaunchSessionId(UUID(sent["session"]))
    except ValueError as error:
        raise Invalid(_("A launch has unit, session and mode.")) from error
    unit = cmi5_service.unit_of(queries.course_of(revision), sent["unit"])
    files = f"{origin_for(revision.id)}/{sign_link(revision_id=revision.id, opening_id=session_id)}"
    portal = request.host_url.rstrip("/")
    came_from = url_for(".play", activity_id=activity_id, item=unit.identifier)
    begun = cmi5_service.launch_unit(
        launch=launch,
        revision=revision,
        unit_id=unit.identifier,
        wanted=_mode(sent.get("mode")),
        session_id=session_id,
        places=cmi5_service.Places(
            home_page=str(current_app.config["LMS_PUBLIC_URL"]),
            files=files,
            endpoint=f"{portal}/xapi",
            fetch=f"{portal}{url_for('cmi5.fetch_token', token=sign_fetch(session_id))}",
            return_url=portal + came_from
            if cmi5_service.in_own_window(unit)
            else f"{files}/{OWN_FOLDER}/left",
        ),
        now=clock.now(),
    )
    return {"url": begun.url, "mode": begun.mode.value, "own_window": begun.in_own_window}


@blueprint.get("/learn/packages/<uuid:activity_id>/standing.json")
@requires(PLAY)
def standing(activity_id: UUID) -> ResponseReturnValue:
    """Say how each unit of a cmi5 course stands, in reading order: a page asks while one is open."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    course = queries.course_of(queries.get_revision_of(launch.activity))
    standings, tried = _cmi5_standing(launch)
    return {"states": [cmi5_rules.state_of(unit, standings, tried) for unit in course.units]}


@programs.post("/xapi/cmi5/<token>")
@for_programs(anybody=True)
def fetch_token(token: str) -> ResponseReturnValue:
    """Give a launched unit its token, once; always with 200, as the standard wants it (8.2)."""
    found = session_of_fetch(token)
    if found is None:
        return {"error-code": "2", "error-text": "This address is none that was given out, or too old."}
    return dict(cmi5_service.redeem(LaunchSessionId(found), now=clock.now()))


@programs.after_request
def let_other_origins_read(response: Response) -> Response:
    """Let a unit read its token from the origin where it plays: the address is the secret, and no cookie counts."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, X-Experience-API-Version"
        )
    return response


def _sequenced_page(launch: Launch, revision: PackageRevision) -> str:
    """Show the page of a SCORM 2004 package; its script asks what is to be opened, since a GET writes nothing."""
    manifest = sequenced_queries.manifest_of(revision)
    state = sequenced_queries.state_for(launch, manifest)
    opening, origin = SessionId(new_id()), origin_for(revision.id)
    return render_template(
        "packages/sequenced.html",
        launch=launch,
        manifest=manifest,
        entries=sequencing.ways(manifest.tree, state).menu,
        origin=origin,
        session=str(opening),
        frame_url=f"{origin}/{sign_link(revision_id=revision.id, opening_id=opening)}/{OWN_FOLDER}/player-2004",
    )


@blueprint.post("/learn/packages/<uuid:activity_id>/sequence")
@requires(PLAY)
def sequence(activity_id: UUID) -> ResponseReturnValue:
    """Keep what an item of a SCORM 2004 package committed, and say what is opened next."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    answer = sequenced_service.take(
        launch=launch,
        revision=revision,
        sent=read_sent(request.get_data()),
        learner=(str(current().person_id), current().name),
        now=clock.now(),
    )
    told = msgspec.to_builtins(answer)
    entries = told["ways"].pop("menu")
    return {**told, "outline": render_template("packages/_sequenced_outline.html", entries=entries)}


@blueprint.post("/learn/packages/<uuid:activity_id>/commit")
@requires(PLAY)
def commit(activity_id: UUID) -> ResponseReturnValue:
    """Keep what a SCO committed: {item, session, sequence, last, elements}."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    sent = _read_commit(request.get_json(silent=True))
    saved = service.commit(launch=launch, revision=revision, now=clock.now(), **sent)
    return {"kept": saved.is_kept, "at": saved.at.isoformat(), "completed": saved.is_completed}


def _read_commit(sent: Any) -> dict[str, Any]:
    """Return the arguments of a commit; Invalid names the field that is not what it should be."""
    shape: dict[str, type] = {"item": str, "session": str, "sequence": int, "last": bool, "elements": dict}
    if not isinstance(sent, dict) or sent.keys() != shape.keys():
        raise Invalid(_("A commit has item, session, sequence, last and elements."))
    for name, kind in shape.items():
        if type(sent[name]) is not kind:
            raise Invalid(
                _("A commit's %(field)s is not what it should be.", field=name), fields={name: kind.__name__}
            )
    try:
        session_id = SessionId(UUID(sent["session"]))
    except ValueError as error:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="session")) from error
    if not 0 < sent["sequence"] < 2**31:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="sequence"))
    return {
        "item_id": sent["item"],
        "session_id": session_id,
        "sequence": sent["sequence"],
        "is_last": sent["last"],
        "elements": sent["elements"],
    }


def _ask_which(activity: Activity, form: ChooseForm) -> str:
    back = courses.editor_url(activity)
    return render_template("packages/choose.html", activity=activity, choose=form, back=back)


def _store(form: UploadForm | ChooseForm, package_id: PackageId) -> PackageRevision | None:
    """Keep the form's file; what is wrong with it stands beside the field."""
    given = form.file.data
    try:
        return service.store_package(
            package_id=package_id,
            source=given.stream,
            filename=given.filename or "package.zip",
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.file.errors = [refusal.message]
        return None


def _chosen(form: ChooseForm) -> PackageRevision | None:
    if form.file.data:
        return _store(form, PackageId(form.new_id))
    if form.revision.data:
        return queries.get_revision(RevisionId(UUID(str(form.revision.data))))
    form.file.errors = [_("Choose a file, or a package that is here.")]
    return None


def _choices(form: ChooseForm) -> ChooseForm:
    form.revision.choices = [
        ("", "–"),
        *[
            (str(one.revision_id), _("%(title)s, revision %(number)s", title=one.title, number=one.number))
            for one in queries.list_for_choice()
        ],
    ]
    return form
