"""The player of packages, and what a page or a launched unit says while it is open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import ActivityId, Launch
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.kernel.errors import Invalid
from lms.packages import queries, service
from lms.packages.forms import read_sent
from lms.packages.models import PackageRevision
from lms.packages.policy import PLAY
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.queries import scorm2004 as sequenced_queries
from lms.packages.rules import cmi5 as cmi5_rules
from lms.packages.rules import scorm12 as rules
from lms.packages.rules import sequencing
from lms.packages.service import cmi5 as cmi5_service
from lms.packages.service import scorm2004 as sequenced_service
from lms.packages.service import tincan as tincan_service
from lms.packages.values import Opened, Opening, PackageStandard, ScoTracking, SessionId
from lms.packages.values.cmi5 import AssignableUnit, LaunchMode, LaunchSessionId, UnitStanding
from lms.packages.views.room import blueprint, programs
from lms.web.access import for_programs, requires
from lms.web.content_links import (
    OWN_FOLDER,
    opening_of,
    origin_for,
    session_of_fetch,
    sign_fetch,
    sign_link,
    sign_opening,
)


@blueprint.get("/learn/packages/<uuid:activity_id>")
@requires(PLAY)
def play(activity_id: UUID) -> ResponseReturnValue:
    """Show the player."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    if revision.standard in {PackageStandard.CMI5, PackageStandard.TIN_CAN}:
        return _units_page(launch, revision)
    if revision.standard is PackageStandard.SCORM_2004:
        return _sequenced_page(launch, revision)
    manifest = queries.manifest_of(revision)
    rows = queries.trackings(launch.enrolment_id, launch.activity.id) if launch.enrolment_id else {}
    trackings = {name: queries.tracking_of(row) for name, row in rows.items()}
    item = rules.item_to_open(manifest, trackings, wanted=request.args.get("item"))
    opened = rules.how_to_open(
        manifest, trackings, is_preview=launch.is_preview, anew=request.args.get("mode") == Opened.ANEW
    )
    opening = SessionId(new_id())
    origin = origin_for(revision.id)
    actor = current()
    begin = {
        "item": item.identifier,
        "session": _opening(launch, opening, opened),
        "mode": opened.value,
        "href": item.launch,
        "kind": item.scorm_type.value,
        "elements": rules.elements_at_launch(
            item,
            trackings.get(item.identifier),
            learner_id=str(actor.person_id),
            learner_name=actor.name,
            opened=opened,
        ),
    }
    return render_template(
        "packages/play.html",
        launch=launch,
        manifest=manifest,
        item=item,
        begin=begin,
        opened=opened,
        entries=rules.outline(manifest, trackings, item.identifier),
        following=rules.following(manifest, trackings, item.identifier),
        origin=origin,
        frame_url=f"{origin}/{sign_link(revision_id=revision.id, opening_id=opening)}/{OWN_FOLDER}/player",
    )


def _opening(launch: Launch, session_id: SessionId, opened: Opened) -> str:
    """Return what the page commits with: nobody else can, and it for nothing else."""
    return sign_opening(
        activity_id=launch.activity.id,
        person_id=current().person_id or session_id,
        session_id=session_id,
        word=opened.value,
    )


def _opened_as(launch: Launch, token: str) -> Opening:
    """Return the opening that a page is of; Invalid if it is none of this learner and activity."""
    person_id = current().person_id
    found = person_id and opening_of(token, activity_id=launch.activity.id, person_id=person_id)
    if not found:
        raise Invalid(_("This page does not belong to you, or is too old. Open the lesson again."))
    return Opening(SessionId(found[0]), Opened(found[1]))


def _units_page(launch: Launch, revision: PackageRevision) -> str:
    """Show the units, and begin one: the page's script asks for the launch, since a GET writes nothing."""
    course, language = queries.course_of(revision), str(get_locale() or "en")
    standings, tried = _cmi5_standing(launch, revision)
    unit = cmi5_rules.unit_to_open(course, standings, tried, wanted=request.args.get("item"))
    is_plain = revision.standard is not PackageStandard.CMI5
    standing = None if is_plain else standings.get(unit.identifier)
    mode = cmi5_rules.mode_for(
        standing,
        is_preview=launch.is_preview,
        wanted=None if is_plain else _mode(request.args.get("mode")),
    )
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
        mode=mode,
        offers=[] if launch.is_preview or is_plain else _offers(launch, unit, mode, standing),
        in_own_window=cmi5_service.in_own_window(unit),
        is_new=unit.identifier not in tried,
        begin={"unit": unit.identifier, "session": str(new_id()), "mode": request.args.get("mode", "")},
        origin=origin_for(revision.id),
    )


def _offers(
    launch: Launch, unit: AssignableUnit, mode: LaunchMode, standing: UnitStanding | None
) -> list[tuple[str, str]]:
    """Return what a learner may have in place of this mode, as words and address."""
    words = {
        LaunchMode.REVIEW: _("Review it"),
        LaunchMode.BROWSE: _("Look around"),
        LaunchMode.NORMAL: _("Take it"),
    }
    return [
        (
            words[other],
            url_for(
                ".play",
                activity_id=launch.activity.id,
                item=unit.identifier,
                mode=None if other is LaunchMode.NORMAL else other.value,
            ),
        )
        for other in cmi5_rules.other_modes(mode, unit, standing)
    ]


def _cmi5_standing(
    launch: Launch, revision: PackageRevision
) -> tuple[Mapping[str, UnitStanding], frozenset[str]]:
    """Return what is recorded of a learner's units, and which of them were ever launched."""
    person_id = launch.person_id
    found = person_id and cmi5_queries.find_registration(
        launch.activity.id, launch.enrolment_id, PersonId(person_id)
    )
    if not found:
        return {}, frozenset()
    return cmi5_queries.standings_in(found, revision), cmi5_queries.list_tried(found.id)


def _mode(written: object) -> LaunchMode | None:
    return next((mode for mode in LaunchMode if mode.value == written), None)


@blueprint.post("/learn/packages/<uuid:activity_id>/launch")
@requires(PLAY)
def launch_unit(activity_id: UUID) -> ResponseReturnValue:
    """Launch a unit of a cmi5 course, or an xAPI package: {unit, session, mode} gives {url, mode, own_window}."""
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
    places = cmi5_service.Places(
        home_page=str(current_app.config["LMS_PUBLIC_URL"]),
        files=files,
        endpoint=f"{portal}/xapi",
        fetch=f"{portal}{url_for('cmi5.fetch_token', token=sign_fetch(session_id))}",
        return_url=portal + came_from if cmi5_service.in_own_window(unit) else f"{files}/{OWN_FOLDER}/left",
    )
    if revision.standard is PackageStandard.TIN_CAN:
        begun = tincan_service.launch_package(
            launch=launch,
            revision=revision,
            language=str(get_locale() or "en"),
            session_id=session_id,
            places=places,
            now=clock.now(),
        )
    else:
        begun = cmi5_service.launch_unit(
            launch=launch,
            revision=revision,
            unit_id=unit.identifier,
            wanted=_mode(sent.get("mode")),
            session_id=session_id,
            places=places,
            now=clock.now(),
        )
    return {"url": begun.url, "mode": begun.mode.value, "own_window": begun.in_own_window}


@blueprint.get("/learn/packages/<uuid:activity_id>/standing.json")
@requires(PLAY)
def standing(activity_id: UUID) -> ResponseReturnValue:
    """Say how each unit of a cmi5 course stands, in reading order: a page asks while one is open."""
    launch = courses.get_launch(activity_id=ActivityId(activity_id), actor=current())
    revision = queries.get_revision_of(launch.activity)
    course = queries.course_of(revision)
    standings, tried = _cmi5_standing(launch, revision)
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
        session=_opening(launch, opening, Opened.NORMAL),
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
        sent=read_sent(request.get_data(), lambda token: _opened_as(launch, token).session_id),
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
    sent = _read_commit(launch, request.get_json(silent=True))
    saved = service.commit(launch=launch, revision=revision, now=clock.now(), **sent)
    told = {"kept": saved.is_kept, "at": saved.at.isoformat(), "completed": saved.is_completed}
    if saved.standing is None:
        return {**told, "mode": sent["opening"].opened.value}
    return {**told, **_stands(launch, revision, saved.standing, sent["item_id"])}


def _stands(
    launch: Launch, revision: PackageRevision, standing: Mapping[str, ScoTracking], here: str
) -> dict[str, str | None]:
    """Return how the lessons stand now, and where it goes on."""
    manifest = queries.manifest_of(revision)
    following = rules.following(manifest, standing, here)
    return {
        "outline": render_template(
            "packages/_outline.html",
            launch=launch,
            manifest=manifest,
            entries=rules.outline(manifest, standing, here),
        ),
        "following": url_for(".play", activity_id=launch.activity.id, item=following.identifier)
        if following
        else None,
    }


def _read_commit(launch: Launch, sent: Any) -> dict[str, Any]:
    """Return the arguments of a commit; Invalid names the field that is not what it should be."""
    shape: dict[str, type] = {"item": str, "session": str, "sequence": int, "last": bool, "elements": dict}
    if not isinstance(sent, dict) or sent.keys() != shape.keys():
        raise Invalid(_("A commit has item, session, sequence, last and elements."))
    for name, kind in shape.items():
        if type(sent[name]) is not kind:
            raise Invalid(
                _("A commit's %(field)s is not what it should be.", field=name), fields={name: kind.__name__}
            )
    opening = _opened_as(launch, sent["session"])
    if not 0 < sent["sequence"] < 2**31:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="sequence"))
    return {
        "item_id": sent["item"],
        "opening": opening,
        "sequence": sent["sequence"],
        "is_last": sent["last"],
        "elements": sent["elements"],
    }
