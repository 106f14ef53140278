"""The resource /xapi/statements."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from flask import Response, current_app, g, request, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import http_date, parse_accept_header

from lms.kernel import clock, files
from lms.kernel.db import new_id
from lms.kernel.errors import NotFound
from lms.lrs.errors import Refused
from lms.lrs.formats import multipart
from lms.lrs.queries.knowledge import list_definitions
from lms.lrs.queries.statements import (
    MOST,
    USUAL,
    consistent_through,
    find_statement,
    list_attachments,
    list_statements,
)
from lms.lrs.rules import accepting, reserved, showing, terms
from lms.lrs.service.statements import Delivery, check, store
from lms.lrs.service.together import store_together, together
from lms.lrs.values import Accepted, Part, Stored, Term, Version, Wanted, XapiScope
from lms.lrs.views import reading
from lms.lrs.views.calls import Call, read_call
from lms.lrs.views.routes import programs
from lms.web.access import for_programs

MOST_BYTES: Final = 64_000_000
_FILTERS: Final = (
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "ascending",
    "cursor",
)
_FORMATS: Final = frozenset({"exact", "ids", "canonical"})


@dataclass(frozen=True, slots=True)
class Brought:
    """A call, and the statements that it brings, checked before any transaction opens."""

    call: Call
    statements: Sequence[Accepted] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)


def read_brought() -> Brought | None:
    """Return what a call brings; nothing for a browser that only asks whether it may call."""
    if request.method == "OPTIONS":
        return None
    call = read_call()
    if call.method not in {"PUT", "POST"}:
        return Brought(call)
    call.allow(XapiScope.WRITE)
    body, parts = _unwrapped(call)
    raws, is_list = accepting.split(body)
    if call.method == "PUT":
        return Brought(call, _outside(call, [_put(call, body, is_list=is_list)]), parts)
    call.only()
    return Brought(call, _outside(call, list(_accepted(raws, call.version))), parts)


def _outside(call: Call, given: Sequence[Accepted]) -> Sequence[Accepted]:
    """Return what somebody outside says; Forbidden if it speaks in the portal's own place."""
    allowed = call.guard.own_activities if call.guard else frozenset[str]()
    return reserved.check(given, allowed, home_page=home_of_authorities())


def _accepted(raws: Sequence[bytes], version: Version) -> Iterator[Accepted]:
    others = together()
    for raw in raws:
        others.give_way()
        yield accepting.accept(raw, version=version, new_id=new_id)


def _unwrapped(call: Call) -> tuple[bytes, Mapping[str, Part]]:
    kind = call.content_type.partition(";")[0].strip().lower()
    if kind == "multipart/mixed":
        body, parts = multipart.read(call.body, call.content_type)
        return body, {part.sha2: part for part in parts}
    if kind != "application/json":
        raise Refused("statements are application/json, or multipart/mixed with their attachments")
    return call.body, {}


def _put(call: Call, body: bytes, *, is_list: bool) -> Accepted:
    call.only("statementId")
    call.need("statementId")
    statement_id = reading.uuid(call, "statementId")
    if is_list or statement_id is None:
        raise Refused("PUT brings one statement")
    found = accepting.accept(body, version=call.version, new_id=lambda: statement_id)
    if found.id != statement_id:
        raise Refused("the statement has another id than statementId")
    return found


@programs.get("/xapi/statements")
@for_programs()
def get_statements() -> ResponseReturnValue:
    """Hand out statements."""
    return _get(read_call())


@programs.put("/xapi/statements")
@for_programs(body_bytes=MOST_BYTES, prepare=read_brought)
def put_statement() -> ResponseReturnValue:
    """Store one statement under the id that the address names."""
    return _store(g.prepared)


@programs.post("/xapi/statements")
@for_programs(body_bytes=MOST_BYTES, prepare=read_brought)
def post_statements() -> ResponseReturnValue:
    """Store statements; or answer what a form asks by the alternate syntax."""
    brought: Brought = g.prepared
    if brought.call.method == "GET":
        return _get(brought.call)
    if brought.call.method == "DELETE":
        raise Refused("statements are not deleted but voided")
    return _store(brought)


def _store(brought: Brought) -> ResponseReturnValue:
    call, guard = brought.call, brought.call.guard
    delivery = Delivery(brought.statements, call.credential, call.version, brought.parts)
    check(delivery)
    if guard is None:
        store_together(delivery)
    else:
        # What a session may say follows from what it said before, in the same transaction.
        guard.admit(brought.statements, is_named=call.method == "PUT")
        store(delivery, now=clock.now())
        guard.settle()
    if call.method == "PUT":
        return Response(status=HTTPStatus.NO_CONTENT)
    ids = msgspec.json.encode([str(one.id) for one in brought.statements])
    return Response(ids, mimetype="application/json")


def _get(call: Call) -> ResponseReturnValue:
    call.allow(XapiScope.READ, XapiScope.READ_MINE)
    g.consistent_through = consistent_through()
    mine = None if call.credential.may(XapiScope.READ) else terms.source(call.credential.id)
    if call.guard is not None:
        call.guard.check_reading()
        mine = call.guard.mine
    form = call.params.get("format", "exact")
    if form not in _FORMATS:
        raise Refused("format is exact, ids or canonical")
    with_attachments = reading.flag(call, "attachments")
    if call.params.keys() & {"statementId", "voidedStatementId"}:
        found = [_one(call, mine)]
        body = _shown(call, found, form)[0]
    else:
        call.only(*_FILTERS, "format", "attachments")
        page = list_statements(_wanted(call, mine))
        found = list(page.statements)
        more = "" if page.more is None else _more(call, page.more)
        body = showing.listing(_shown(call, found, form), more)
    response = _with_attachments(found, body) if with_attachments else _plain(body)
    if found:
        response.headers["Last-Modified"] = http_date(max(one.stored_at for one in found))
    return response


def _plain(body: bytes) -> Response:
    return Response(body, mimetype="application/json")


def _one(call: Call, mine: bytes | None) -> Stored:
    call.only("statementId", "voidedStatementId", "format", "attachments")
    named = [name for name in ("statementId", "voidedStatementId") if name in call.params]
    if len(named) != 1:
        raise Refused("either statementId or voidedStatementId")
    statement_id: UUID | None = reading.uuid(call, named[0])
    is_voided = named[0] == "voidedStatementId"
    found = statement_id and find_statement(statement_id, voided=is_voided, mine=mine)
    if not found:
        raise NotFound("No such statement.")
    return found


def _wanted(call: Call, mine: bytes | None) -> Wanted:
    return Wanted(
        terms=[*_terms(call), *([mine] if mine is not None else [])],
        since=reading.instant(call, "since"),
        until=reading.instant(call, "until"),
        ascending=reading.flag(call, "ascending"),
        limit=_limit(call),
        cursor=reading.number(call, "cursor"),
    )


def _limit(call: Call) -> int:
    """Return how many statements make a page; 0 asks for as many as there may be."""
    asked = reading.number(call, "limit")
    return USUAL if asked is None else min(asked or MOST, MOST)


def _terms(call: Call) -> Sequence[Term]:
    """Return what the filters ask for, the rarest first."""
    found: list[Term] = []
    related_agents = reading.flag(call, "related_agents")
    related_activities = reading.flag(call, "related_activities")
    registration, agent = reading.uuid(call, "registration"), reading.agent(call)
    activity, verb = reading.iri(call, "activity"), reading.iri(call, "verb")
    if registration is not None:
        found.append(terms.registration(registration))
    identifier = agent and terms.identifier(agent)
    if identifier:
        word = terms.word_of(identifier)
        found.append(
            terms.anywhere(terms.RELATED_AGENT, word) if related_agents else terms.digest(terms.AGENT, word)
        )
    if activity is not None:
        found.append(
            terms.anywhere(terms.RELATED_ACTIVITY, activity)
            if related_activities
            else terms.digest(terms.ACTIVITY, activity)
        )
    if verb is not None:
        found.append(terms.digest(terms.VERB, verb))
    return found


def _more(call: Call, cursor: int) -> str:
    kept = {name: value for name, value in call.params.items() if name != "cursor"}
    return f"/xapi/statements?{urlencode({**kept, 'cursor': cursor})}"


def _shown(call: Call, found: Sequence[Stored], form: str) -> Sequence[bytes]:
    home_page = home_of_authorities()
    exact = [showing.exact(one, home_page=home_page, spoken=call.version) for one in found]
    if form == "exact":
        return exact
    read = [msgspec.json.decode(one) for one in exact]
    if form == "ids":
        return [msgspec.json.encode(showing.ids(one)) for one in read]
    iris = {activity["id"] for one in read for activity in showing.activities(one)}
    definitions = list_definitions(iris)
    accepted = parse_accept_header(call.headers.get("accept-language"), LanguageAccept)
    languages = [code for code, _quality in accepted]
    return [msgspec.json.encode(showing.canonical(one, definitions, languages)) for one in read]


def home_of_authorities() -> str:
    """Return where the accounts of credentials are: this installation."""
    return str(current_app.config["LMS_PUBLIC_URL"])


def _with_attachments(found: Sequence[Stored], body: bytes) -> Response:
    boundary = secrets.token_hex(16)
    rows = [
        (row.sha2, row.content_type, row.blob_sha256) for row in list_attachments([one.seq for one in found])
    ]
    parts = ((sha2, content_type, files.chunks(blob)) for sha2, content_type, blob in rows)
    sent = stream_with_context(multipart.write(boundary, body, parts))
    return Response(sent, content_type=f'multipart/mixed; boundary="{boundary}"')
