"""The resources that keep documents: /xapi/activities/state, /xapi/activities/profile, /xapi/agents/profile."""

from http import HTTPStatus
from typing import Final

import msgspec
from flask import Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.lrs.errors import Refused
from lms.lrs.formats import words
from lms.lrs.queries.documents import find_document, list_ids
from lms.lrs.rules import terms
from lms.lrs.rules.preconditions import Saying
from lms.lrs.service.documents import delete_document, delete_documents, merge_document, put_document
from lms.lrs.values import Conditions, DocumentKey, DocumentKind, Version, XapiScope
from lms.lrs.views import reading
from lms.lrs.views.calls import Call, read_call
from lms.lrs.views.routes import programs
from lms.web.access import for_programs

MOST_BYTES: Final = 64_000_000
_IDS: Final = {
    DocumentKind.STATE: "stateId",
    DocumentKind.ACTIVITY: "profileId",
    DocumentKind.AGENT: "profileId",
}
_SCOPES: Final = {
    DocumentKind.STATE: XapiScope.STATE,
    DocumentKind.ACTIVITY: XapiScope.PROFILE,
    DocumentKind.AGENT: XapiScope.PROFILE,
}
_KINDS: Final = {
    "/xapi/activities/state": DocumentKind.STATE,
    "/xapi/activities/profile": DocumentKind.ACTIVITY,
    "/xapi/agents/profile": DocumentKind.AGENT,
}


def read_written() -> Call | None:
    """Return a call before its transaction opens; nothing for a browser that only asks whether it may call."""
    return None if request.method == "OPTIONS" else read_call()


@programs.get("/xapi/activities/state")
@programs.get("/xapi/activities/profile")
@programs.get("/xapi/agents/profile")
@for_programs()
def get_documents() -> ResponseReturnValue:
    """Hand out a document, or the ids of those there are."""
    return _answer(read_call())


@programs.route("/xapi/activities/state", methods=["PUT", "POST", "DELETE"])
@programs.route("/xapi/activities/profile", methods=["PUT", "POST", "DELETE"])
@programs.route("/xapi/agents/profile", methods=["PUT", "POST", "DELETE"])
@for_programs(body_bytes=MOST_BYTES, prepare=read_written)
def change_documents() -> ResponseReturnValue:
    """Store, merge or delete a document; or answer what a form asks by the alternate syntax."""
    return _answer(g.prepared)


def _answer(call: Call) -> ResponseReturnValue:
    kind = _KINDS[request.path]
    call.allow(_SCOPES[kind])
    key = _key(call, kind)
    if call.guard is not None:
        call.guard.check_document(call.method, key, call.content_type, call.body)
    if call.method == "GET":
        return _document(key) if key.id else _ids(call, key)
    if call.method == "DELETE":
        return _delete(call, key)
    if not key.id:
        call.need(_IDS[kind])
    return _write(call, key)


def _key(call: Call, kind: DocumentKind) -> DocumentKey:
    """Return what the parameters name; all that belongs to the kind must be there, except its own id."""
    names = [_IDS[kind]]
    activity, agent, registration = "", b"", None
    if kind is not DocumentKind.AGENT:
        names.append("activityId")
        call.need("activityId")
        activity = reading.iri(call, "activityId") or ""
    if kind is not DocumentKind.ACTIVITY:
        names.append("agent")
        call.need("agent")
        found = reading.agent(call)
        agent = (found and terms.agent_digest(found)) or b""
    if kind is DocumentKind.STATE:
        names.append("registration")
        registration = reading.uuid(call, "registration")
    if call.method == "GET":
        names.append("since")
    call.only(*names)
    return DocumentKey(kind, activity, agent, registration, call.params.get(_IDS[kind], ""))


def _document(key: DocumentKey) -> Response:
    found = find_document(key)
    if found is None:
        raise NotFound("No such document.")
    response = Response(found.content, content_type=found.content_type)
    response.headers["ETag"] = f'"{found.etag}"'
    response.headers["Last-Modified"] = http_date(found.updated_at)
    return response


def _ids(call: Call, key: DocumentKey) -> Response:
    found, latest = list_ids(key, reading.instant(call, "since"))
    response = Response(msgspec.json.encode(found), mimetype="application/json")
    response.add_etag()
    if latest is not None:
        response.headers["Last-Modified"] = http_date(latest)
    return response


def _write(call: Call, key: DocumentKey) -> Response:
    given = _conditions(call)
    content_type = call.content_type or "application/octet-stream"
    if not words.MEDIA_TYPE.fullmatch(content_type):
        raise Refused("Content-Type is no media type")
    if call.method == "POST":
        merge_document(key=key, content=call.body, content_type=content_type, given=given, now=clock.now())
    else:
        put_document(
            key=key,
            content=call.body,
            content_type=content_type,
            given=given,
            must_say=_must_say(call, key.kind),
            now=clock.now(),
        )
    return Response(status=HTTPStatus.NO_CONTENT)


def _must_say(call: Call, kind: DocumentKind) -> Saying:
    """Return what PUT must say: of a profile in 1.0.3 always, in 2.0 of every document that exists."""
    if call.version is Version.TWO:
        return Saying.IF_THERE
    return Saying.NOTHING if kind is DocumentKind.STATE else Saying.ALWAYS


def _delete(call: Call, key: DocumentKey) -> Response:
    if key.id:
        delete_document(key=key, given=_conditions(call))
    elif key.kind is DocumentKind.STATE:
        delete_documents(key=key)
    else:
        raise Refused("the parameter profileId is missing")
    return Response(status=HTTPStatus.NO_CONTENT)


def _conditions(call: Call) -> Conditions:
    return Conditions(call.headers.get("if-match"), call.headers.get("if-none-match"))
