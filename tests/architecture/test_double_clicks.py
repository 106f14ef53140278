"""Every form of every page, pressed twice: the second press does nothing, in the browser and on the server."""

import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from werkzeug.routing import RequestRedirect

from lms.app.factory import deliver_outbox
from lms.app.portal import Portal
from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId, Rule
from lms.courses.learning.models import EnrolmentActRow
from lms.courses.sessions.models import LiveSessionRow
from lms.identity import facade as identity
from lms.identity.queries import list_held_roles
from lms.identity.values import PersonId, PersonState
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Permission, Role, acting_as
from lms.kernel.db import Base, db, new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import service as bank
from lms.quizzes.bank.models import BankRow, FolderRow, QuizRow
from lms.quizzes.values import Draw, FolderId
from lms.web.access import access_of
from lms.web.exports import this_app
from tests.architecture.forms import GIFT, Given, Page, PageForm
from tests.architecture.samples import SAMPLES, methods, routes
from tests.architecture.templates import ROOT, all_templates
from tests.courses.assignments import taken_to_mark, write_assignment
from tests.courses.courses import edit_first, write_course
from tests.courses.curricula import follow, let_count, put_stage, write_path
from tests.courses.curricula import stage as path_stage
from tests.courses.sessions import live_through, schedule, write_live_course
from tests.courses.test_feedback import finish
from tests.courses.test_imports import FILES, zipped
from tests.quizzes.exams import enrol, fill_bank, set_up_exam, start
from tests.support.portal import Cast, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Visit = Callable[..., Visitor]

CAST = ("tomas", "petra", "ruth", "nils", "jonas", "amara", "ada", "odd")
PAGES_EACH = 500
PAGES_OF_ONE_KIND = 14

# Posted by scripts with a number of their own for each act, or reached by a letter's link; each has tests of its own.
NOT_IN_PAGES = {
    "curricula.order": "what dragging sends; the buttons that move one place stand beside it",
    "authoring.reorder": "what dragging sends; the buttons that move one place stand beside it",
    "authoring.restore": "offered once a course has a second version; twice is a conflict (tests/courses/test_moving)",
    "audiences.look": "a second button of the form that saves; it stores nothing",
    "audiences.look_new": "a second button of the form that saves; it stores nothing",
    "authoring.preview_activity": "a second button of the form that saves; it stores nothing",
    "authoring.ask_review": "shown once a course asks for it: tests/courses/test_reviewing.py",
    "authoring.remove_file": "shown for a file that nothing shows: tests/courses/test_files.py",
    "authoring.decide_review": "shown to the second trainer: tests/courses/test_reviewing.py returns it twice",
    "certificates.renew": "shown in the renewal window: tests/certificates/test_pages.py presses it twice",
    "certification_deeds.approve": "shown for practice that waits: tests/certificates/test_deeds.py decides twice",
    "certification_deeds.decline": "shown for practice that waits: tests/certificates/test_deeds.py decides twice",
    "certification_deeds.give": "on a person’s proofs: tests/certificates/test_deeds.py gives one twice",
    "certification_deeds.take_back": "on a person’s proofs: tests/certificates/test_deeds.py takes one back twice",
    "identity.merge_accounts_submit": "after a search: tests/certificates/test_accounts_joined.py joins the same twice",
    "certification_deeds.log": "on the page of one’s practice: tests/certificates/test_defining.py logs one twice",
    "certification_deeds.log_for": "on a person’s proofs: the same entry, logged by somebody else",
    "certifications.revive": "shown once it is retired, which is a state and no act",
    "certifications.weigh_again": "shown where weighing stopped; twice is once (tests/certificates/test_weighing.py)",
    "identity.change_password": "asks for the password that is held, and the cast has none",
    "notifications.stop": "a letter's link: tests/notifications/test_unsubscribing.py posts it twice",
    "packages.confirm": "shown for an upload: tests/packages/test_tracking.py confirms one twice",
    "packages.upload_next": "on a package’s page: tests/packages/test_revisions.py brings the same twice",
    "packages.put_into_drafts": "shown where a draft is behind; twice is once (tests/packages/test_drafts.py)",
    "packages.say_items": "shown while items are undecided; twice is a conflict (tests/packages/test_revisions.py)",
    "packages.waive": "shown for a cmi5 lesson; twice is a conflict (tests/packages/test_reporting.py)",
    "packages.choose_submit": "tests/packages stores the same package twice",
    "quizzes.answer": "posted by the exam's script, numbered",
    "quizzes.away": "posted by the exam's script, numbered (tests/quizzes/test_absences.py)",
    "quizzes.make_start_code": "shown where an exam asks for one; codes of a day hold side by side (test_opening.py)",
    "quizzes.offer_for": "shown for who sits on one device; a newer code voids the older (test_devices.py)",
    "quizzes.offer_handover": "on the exam’s own pages; a newer code voids the older (test_devices.py)",
    "quizzes.take_over": "on the page of a second device: tests/quizzes/test_devices.py takes over twice",
    "quizzes.finish": "on the exam’s own pages, which a form opens: tests/quizzes/test_attempts.py hands in twice",
    "quizzes.close_section": "on the pages of an exam in sections: tests/quizzes/test_sections.py closes one twice",
    "quizzes.take": "on a page that the exam leads to: tests/quizzes/test_building_pages.py takes one twice",
    "quizzes.hand_in": "on a survey’s own page: tests/quizzes/test_survey_pages.py hands in twice",
    "quizzes.look_at_remark": "offered once a question was answered: tests/quizzes/test_remark_pages.py sends it twice",
    "quizzes.begin_remark": "shown for a preview: tests/quizzes/test_remark_pages.py begins one twice",
    "quizzes.discard_remark": "shown for a preview: tests/quizzes/test_remark_pages.py discards one twice",
    "quizzes.undo_remark": "shown for what is done: tests/quizzes/test_remark_pages.py takes it back twice",
    "standing.withdraw_gate": "shown once a rule is in force, and names the version that it ends",
    "team_certifications.assign_many": "the answer to a form: tests/certificates/test_team.py",
    "team_certifications.revoke": "shown for what is held: tests/certificates/test_issuing.py",
    "team_certifications.reinstate": "shown for what is revoked: tests/certificates/test_reinstating.py does it twice",
    "certification_requests.approve": "shown for what waits; twice is a conflict (tests/certificates/test_recognising)",
    "certification_requests.refuse": "shown for what waits; twice is a conflict, as of what is approved",
    "certification_requests.withdraw": "shown to who asked; twice is once (tests/certificates/test_recognising.py)",
    "equivalences.end": "shown for what is in force; twice is once (tests/certificates/test_equivalences.py)",
    "certificate_designs.change": "on a design’s page; the second is refused (tests/certificates/test_designs)",
    "certificate_designs.look": "posted by the page’s script; it stores nothing",
    "certificate_designs.retire": "on a design’s page; twice is once (tests/certificates/test_designs.py)",
    "certificate_designs.revive": "shown for a retired design; twice is once (tests/certificates/test_designs.py)",
    "identity.invitation_submit": "a letter's link, which works once",
    "identity.reset_submit": "a letter's link, which works once",
    "identity.sign_in_demo": "only a demo has it",
    "identity.sign_in_submit": "signed out",
    "learning.seen": "posted by the page, and only ever adds up to what was read",
    "learning.watched": "posted by the player; what is told twice counts once (tests/courses/test_media.py)",
    "lrs.revoke_key": "shown once there is a key, which is revoked for good: tests/lrs/test_pages.py",
    "packages.commit": "posted by the player, numbered",
    "packages.sequence": "posted by the player, numbered (tests/packages/test_scorm2004_tracking.py)",
    "packages.launch_unit": "posted by the player, with the launch’s own id (tests/packages/test_cmi5_sessions.py)",
    "cmi5.fetch_token": "for programs; the second answer is an error (tests/packages/test_cmi5_sessions.py)",
    "xapi.post_statements": "for programs; a statement twice is one (tests/lrs/test_statements.py)",
    "xapi.change_documents": "for programs; a document twice is one, and its conditions say which was meant",
    "xapi.post_known": "for programs, and only reads",
    "identity.retry_deliveries": "shown where a delivery has failed",
    "identity.retry_letters": "shown where a letter has failed",
}
# Saved by a script, each answer with a number of its own, or harmless however often it is pressed.
WITHOUT_GUARD = {'id="paper"', 'action="/preferences/theme"', 'action="/preferences/language"'}
# What grows with every request that is let in, and says nothing twice to anybody.
TRACES = {"audit_entries", "throttles", "search_documents", "search_readers"}
# Each press asks anew, and somebody may want the second.
MAY_COME_TWICE = {
    "authoring.ask_print": "the second finds the PDF that the first had made; each who asked is told",
    "identity.ask_reset_submit": "a letter may be lost; how many somebody gets is bounded",
    "identity.invite_again": "sends one more letter: the one before may be lost",
}
# Enter presses another button than the main one, which sends away what cannot be called back.
SAVED_BY_ENTER = {
    "assignments.work": ("do", "save"),
    "certifications.change": ("op", "look"),
    "certifications.define": ("op", "look"),
    "deals.create": ("then", "save"),
    "deals.change": ("then", "save"),
}
# These must have made something at the first press, or the walk would prove nothing.
CREATING = {
    "authoring.add_activity",
    "authoring.add_section",
    "authoring.confirm",
    "authoring.create_course",
    "authoring.upload",
    "deals.create",
    "identity.invite_person_submit",
    "learning.enrol",
    "quizzes.add_bank",
    "quizzes.begin",
    "quizzes.confirm_import",
    "quizzes.define_quiz",
    "quizzes.upload",
    "sessions.book",
    "sessions.schedule",
    "standing.define_gate",
    "team_certifications.assign",
}


def test_every_form_that_changes_something_is_guarded_against_a_second_click() -> None:
    bare = []
    for path in all_templates():
        for found in re.findall(
            r"<form\b[^>]*?(?:>|$)", path.read_text(encoding="utf-8"), flags=re.MULTILINE
        ):
            posts = 'method="post"' in found or 'method="{{ method }}"' in found
            if posts and "data-once" not in found and not any(known in found for known in WITHOUT_GUARD):
                bare.append(f"{path.relative_to(ROOT)}: {found[:120]}")
    assert bare == []


@dataclass(frozen=True, slots=True)
class Walk:
    """What pages offer: one form of each act with whom it is offered to, and forms whose sending would be refused."""

    forms: dict[str, tuple[str, PageForm]]
    refused: set[str]
    walked: dict[str, int]


@pytest.fixture
def walk(sqlite_app: Portal, cast: Cast, visit: Visit) -> Walk:
    """Return what is found by following links as everybody of the cast."""
    _set_the_scene(cast)
    (deal,) = [
        one for one in Page("/deals/new", visit(cast.amara).get("/deals/new").text).forms if one.is_once
    ][:1]
    visit(cast.amara).post(deal.action, deal.filled())
    found = Walk({}, set(), Counter())
    for name in CAST:
        visitor, may = visit(getattr(cast, name)), _permissions(sqlite_app, getattr(cast, name))
        for page in _crawled(sqlite_app, visitor, ["/", *_beside_the_links(name, visitor)]):
            found.walked[name] += 1
            for form in page.forms:
                act = _act(sqlite_app, form.action)
                if act is not None:
                    found.forms.setdefault(act, (name, form))
                    said = access_of(sqlite_app.view_functions[act.partition(":")[0]])
                    if said is None or (said.permission is not None and said.permission not in may):
                        found.refused.add(f"{name} on {page.address}: {act}")
    return found


def _permissions(portal: Portal, person_id: PersonId) -> set[Permission]:
    with unit_of_work(read_only=True):
        roles = {Role.LEARNER, *(held.role for held in list_held_roles(person_id))}
    return {
        permission for permission, holders in portal.extensions["lms.policy"].items() if roles & set(holders)
    }


def _set_the_scene(cast: Cast) -> None:
    for make in dict.fromkeys(SAMPLES.values()):
        make(cast)
    write_course("draft", title="Draft", publish=False)
    write_course("open", title="Open")
    bank_id = fill_bank(name="Loose")
    with unit_of_work(), acting_as(SYSTEM):
        folder_id = bank.add_folder(
            folder_id=FolderId(new_id()),
            bank_id=bank_id,
            name="Empty",
            parent_id=None,
            actor=SYSTEM,
            now=clock.now(),
        )
        for place in (None, folder_id):
            bank.name_person(
                bank_id=bank_id,
                folder_id=place,
                person_id=cast.tomas,
                may_change=True,
                actor=SYSTEM,
                now=clock.now(),
            )
    draws = [Draw(count=2, bank_id=bank_id)]
    course_id, exam = set_up_exam(draws, slug="waiting")
    enrol(cast.amara, course_id)
    course_id, exam = set_up_exam(draws, slug="under-way")
    enrol(cast.amara, course_id)
    start(exam.id, cast.amara)
    edit_first(write_course("changed", title="Changed"), "Changed since.")
    finish(cast.amara, write_course("done", title="A course that is done"))
    course_id, live = write_live_course("live")
    enrol(cast.amara, course_id)
    schedule(live)
    live_through(cast)
    course_id, _activity = write_assignment("to-hand-in")
    enrol(cast.amara, course_id)
    taken_to_mark(cast)
    path_id = write_path(path_stage("Live", course_id), path_stage("Changed", write_course("further")))
    portal = this_app()
    assert isinstance(portal, Portal)
    follow(portal, path_id, cast.amara)
    put_stage(path_id, path_stage("More", write_course("still-further")))
    let_count(course_id, write_course("follows"))
    with unit_of_work(), acting_as(SYSTEM):
        _people(cast)
        audiences.save_audience(
            audience_id=AudienceId(new_id()),
            name="Technicians",
            note="",
            rule=Rule(any_of={"position": frozenset({str(cast.technician)})}),
            actor=SYSTEM,
            now=clock.now(),
            seen=None,
        )
    deliver_outbox()


def _people(cast: Cast) -> None:
    """Add somebody who is invited, and somebody who is suspended."""
    now = clock.now()
    for email, state in (
        ("invited@example.com", PersonState.INVITED),
        ("away@example.com", PersonState.SUSPENDED),
    ):
        person_id = identity.add_person(email=email, name="Zoe Ash", now=now, state=state)
        identity.employ(
            person_id=person_id, organisation_id=cast.brixham, position_id=None, region_id=None, now=now
        )


def _beside_the_links(name: str, visitor: Visitor) -> list[str]:
    """Return pages that no link leads to: a form does. The walk, a few of each kind, may also miss what is done."""
    if name == "jonas":
        return ["/deals/queue"]
    if name == "amara":
        return ["/learn/done"]
    if name == "nils":
        return [f"/team/enrolments/acts/{one}" for one in db.session.scalars(select(EnrolmentActRow.id))]
    if name != "tomas":
        return []
    bank = select(BankRow.id)
    sent = [
        visitor.post("/author/import", {"key": str(new_id()), "file": (zipped(FILES), "cold-loops.zip")}),
        visitor.post(
            f"/author/questions/{db.session.scalars(bank).first()}",
            {"key": str(new_id()), "file": (BytesIO(GIFT), "frost.gift")},
        ),
    ]
    folders = [f"/author/questions/folders/{one}" for one in db.session.scalars(select(FolderRow.id))]
    times = [f"/author/quizzes/{one}/extra-time" for one in db.session.scalars(select(QuizRow.id).limit(4))]
    lived = db.session.execute(
        select(LiveSessionRow.id, LiveSessionRow.course_id, LiveSessionRow.activity_key)
    ).all()
    dates = [f"/author/courses/{one.course_id}/sessions/{one.activity_key}/new" for one in lived]
    sheets = [f"/author/sessions/{one.id}" for one in lived]
    return ["/author/quizzes/new", *folders, *times, *dates, *sheets, *(answer.location for answer in sent)]


def _crawled(portal: Portal, visitor: Visitor, waiting: list[str]) -> Iterator[Page]:
    """Yield pages that links lead to, beginning at home; only a few of each kind."""
    seen, kinds = set(waiting), Counter[str]()
    while waiting and len(seen) < PAGES_EACH * 10:
        address = waiting.pop(0)
        endpoint = _endpoint(portal, address, "GET")
        if endpoint is None or kinds[endpoint] >= PAGES_OF_ONE_KIND or sum(kinds.values()) >= PAGES_EACH:
            continue
        answer = visitor.get(address)
        if answer.status_code in {302, 303}:
            waiting.append(answer.location)
            continue
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        kinds[endpoint] += 1
        page = Page(address, answer.text)
        yield page
        for link in page.links:
            path = link.partition("#")[0]
            if path.startswith("/") and path not in seen:
                seen.add(path)
                waiting.append(path)


def _endpoint(portal: Portal, address: str, method: str) -> str | None:
    adapter = portal.url_map.bind("localhost", url_scheme="http")
    try:
        endpoint, _values = adapter.match(urlsplit(address).path, method=method)
    except (RequestRedirect, Exception):  # noqa: BLE001  no such address: nothing of ours
        return None
    return str(endpoint)


def _act(portal: Portal, action: str) -> str | None:
    """Return a form's endpoint, with the verb where one route has several."""
    adapter = portal.url_map.bind("localhost", url_scheme="http")
    matched = _endpoint(portal, action, "POST")
    if matched is None:
        return None
    _endpoint_of, values = adapter.match(urlsplit(action).path, method="POST")
    verb = values.get("verb") or values.get("way")
    return f"{matched}:{verb}" if verb else matched


def test_every_act_is_offered_to_who_may_do_it_and_a_form_sent_twice_is_done_once(
    sqlite_app: Portal, cast: Cast, visit: Visit, walk: Walk, tmp_path: Path
) -> None:
    """All that is asked of the walk, in one test: to walk is what takes long."""
    offered = {act.partition(":")[0] for act in walk.forms}
    posting = {rule.endpoint for rule, _said in routes(sqlite_app) if "POST" in methods(rule)}
    assert walk.walked["odd"] > 40, "the auditor reads everything: the walk has lost its way"
    twice, failed, made = _sent_twice(cast, visit, walk, tmp_path)
    assert {
        "not offered": posting - offered - NOT_IN_PAGES.keys(),
        "offered to who is refused once it is filled in": walk.refused,
        "done by Enter, unlike the main button": _pressed_by_enter(walk),
        "failed": failed,
        "done twice": twice,
        "made nothing: filled in wrongly, which proves nothing": CREATING - made,
    } == {
        "not offered": set(),
        "offered to who is refused once it is filled in": set(),
        "done by Enter, unlike the main button": SAVED_BY_ENTER,
        "failed": {},
        "done twice": {},
        "made nothing: filled in wrongly, which proves nothing": set(),
    }


def _pressed_by_enter(walk: Walk) -> dict[str, tuple[str, str]]:
    """Return the acts whose form has another button before its main one, with that button."""
    other, several = {}, 0
    for act, (_name, form) in walk.forms.items():
        main = [(one.name, one.value) for one in form.buttons if one.is_main]
        several += bool(main) and len(form.buttons) > 1
        if main and (form.buttons[0].name, form.buttons[0].value) not in main:
            other[act] = form.buttons[0].name, form.buttons[0].value
    assert several > 3
    return other


def _sent_twice(
    cast: Cast, visit: Visit, walk: Walk, folder: Path
) -> tuple[dict[str, dict[str, int]], dict[str, int], set[str]]:
    """Send every form twice; return what rows the second made, what failed, and which acts made something at all."""
    twice, failed, made = {}, {}, set()
    restore = _kept(folder)
    for act, (name, form) in sorted(walk.forms.items()):
        restore()
        visitor = visit(getattr(cast, name))
        fields, counts = form.filled(), [_counts()]
        for _click in range(2):
            answer = visitor.post(form.action, _rewound(fields))
            if answer.status_code >= 500:
                failed[act] = answer.status_code
            counts.append(_counts())
        if counts[1] != counts[0]:
            made.add(act.partition(":")[0])
        if counts[2] != counts[1] and act not in MAY_COME_TWICE:
            twice[act] = {
                table: counts[2][table] - n for table, n in counts[1].items() if counts[2][table] != n
            }
    return twice, failed, made


def _rewound(fields: dict[str, list[Given]]) -> dict[str, list[Given]]:
    """Return the same fields with their files at the beginning, as a browser reads them for each press."""
    return {
        name: [(BytesIO(one[0].getvalue()), one[1]) if isinstance(one, tuple) else one for one in given]
        for name, given in fields.items()
    }


def _kept(folder: Path) -> Callable[[], None]:
    """Keep the database as it stands; return what brings it back."""
    live = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(folder / "kept.db")) as copy:
        source.backup(copy)

    def restore() -> None:
        db.session.remove()
        db.engine.dispose()
        for stale in live.parent.glob(f"{live.name}*"):
            stale.unlink()
        shutil.copy(folder / "kept.db", live)

    return restore


def _counts() -> dict[str, int]:
    db.session.remove()
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name not in TRACES
    }
