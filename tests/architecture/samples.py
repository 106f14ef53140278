"""Ids for routes, so that tests can walk every one of them; features add theirs in tests/<feature>/samples.py.

A rule's parameter is looked up as `endpoint:name`, then as `name`. A sample makes (once for each test) something
that belongs to Northway, and returns its id: Brixham's people must never learn of it. A parameter that no partner
owns stands in `OWNED_BY_NOBODY` below, with the reason.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from werkzeug.routing import Rule

from lms.app.portal import Portal
from lms.identity import queries as identity_queries
from lms.identity import service as identity_service
from lms.identity.values import SignInId
from lms.kernel import clock, mail
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.web.access import Access, access_of
from tests.support.portal import Cast

Sample = Callable[[Cast], object]
SAMPLES: dict[str, Sample] = {}

OWNED_BY_NOBODY = {
    "activity_id": "a published course is for every partner; who may read it is tested with courses",
    "audience_id": "audiences are the manufacturer’s; whom of one a reader sees is tested with audiences",
    "bank_id": "banks of questions are the manufacturer’s",
    "folder_id": "so are their folders",
    "brand_id": "brands are the manufacturer's",
    "certification_id": "what may be certified is the manufacturer’s; whom it certifies is the certificate’s",
    "design_id": "how certificates look is the manufacturer’s",
    "code": "whoever has a certificate’s code may verify it",
    "credential_id": "keys of programs are the installation’s",
    "curriculum_id": "curricula are the manufacturer’s",
    "statement_id": "what the record store keeps is for administrators and auditors alone",
    "stage_key": "so are their stages",
    "equivalence_id": "what counts for what is the manufacturer’s",
    "course_id": "courses are the manufacturer’s",
    "version_id": "so are its versions",
    "review_id": "so are the requests that one is read",
    "file_id": "a lesson's picture is for whoever may read the course",
    "import_id": "what an author at the manufacturer is importing",
    "key": "an activity of a course, which is the manufacturer’s",
    "package_id": "packages are the manufacturer’s",
    "revision_id": "so are their revisions",
    "upload_id": "what an author at the manufacturer is bringing",
    "mail_id": "the outbox is for administrators and auditors alone, and they see all of it",
    "multikey": "a key by which everybody may check badges",
    "name": "a built file, the same for everybody",
    "question_id": "questions are the manufacturer’s; who may see one is its author’s permission",
    "number": "a version of a course, which is the manufacturer’s",
    "quiz_id": "exams are the manufacturer’s",
    "remark_id": "what an author at the manufacturer marks anew; partners’ people have no such page",
    "session_id": "dates of a course are the manufacturer’s; whose names their pages show is tested with them",
    "section": "the number of a part of an exam, which is the manufacturer’s",
    "section_key": "a section of a course, which is the manufacturer’s",
    "slug": "a published course is for every partner",
    "token": "a secret of its own is what opens it",
}

UNKNOWN_ID = UUID("00000000-0000-7000-8000-000000000000")


def sample(*names: str) -> Callable[[Sample], Sample]:
    """Register what makes Northway's id for these parameters."""

    def register(make: Sample) -> Sample:
        SAMPLES.update(dict.fromkeys(names, make))
        return make

    return register


@sample("person_id")
def _person(cast: Cast) -> object:
    return cast.nils


@sample("partner_id", "organisation_id")
def _partner(cast: Cast) -> object:
    return cast.northway


@sample("grant_id")
def _grant(cast: Cast) -> object:
    with unit_of_work(read_only=True):
        return identity_queries.list_held_roles(cast.nils)[0].id


@sample("sign_in_id")
def _sign_in(cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        identity_service.open_sign_in(person_id=cast.nils, address="", user_agent="", now=clock.now())
        return identity_queries.list_open_sign_ins(cast.nils, SignInId(UNKNOWN_ID), clock.now())[0].id


@sample("mail_id")
def _mail(_cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        mail.send(to="nils@example.com", subject="Hello", text="Hello\n", html="<p>Hello</p>", language="en")
        db.session.flush()
        return mail.list_mails_to("nils@example.com", limit=1)[0].id


# Each feature's own: tests/<feature>/samples.py.
for _found in sorted(Path(__file__).parents[1].glob("*/samples.py")):
    if _found.parent != Path(__file__).parent:
        importlib.import_module(f"tests.{_found.parent.name}.samples")


def routes(portal: Portal) -> Iterator[tuple[Rule, Access]]:
    """Yield every rule with what its view says of itself."""
    for rule in portal.url_map.iter_rules():
        said = access_of(portal.view_functions[rule.endpoint])
        assert said is not None, f"{rule.endpoint} does not say who may reach it"
        yield rule, said


def methods(rule: Rule) -> set[str]:
    """Return the methods that a view of ours answers."""
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def sample_for(rule: Rule, name: str) -> Sample | None:
    """Return what makes the id of one parameter, None if nobody registered it."""
    return SAMPLES.get(f"{rule.endpoint}:{name}", SAMPLES.get(name))


def choice(rule: Rule, name: str) -> str | None:
    """Return one of the words a parameter may be, if it may be only some; such a word is nobody's."""
    found = re.search(rf"<any\((\w+)[^)]*\):{name}>", rule.rule)
    return found[1] if found else None


def owned(rule: Rule) -> set[str]:
    """Return the rule's parameters that name something of one partner."""
    return {name for name in rule.arguments - OWNED_BY_NOBODY.keys() if choice(rule, name) is None}


def address(portal: Portal, rule: Rule, ids: dict[str, object]) -> str:
    """Return the rule's path with `ids`; a parameter without one gets an id or a word that is nothing's."""
    values: dict[str, object] = {}
    for name in rule.arguments:
        is_uuid = f"<uuid:{name}>" in rule.rule
        values[name] = ids.get(name, UNKNOWN_ID if is_uuid else choice(rule, name) or "0")
    with portal.test_request_context(base_url="http://localhost:8000"):
        built = rule.build(values)
    assert built is not None, rule.rule
    return str(built[1])
