"""The resources /xapi/agents, /xapi/activities and /xapi/about."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response, g, request
from flask.typing import ResponseReturnValue

from lms.lrs.errors import Refused
from lms.lrs.queries.knowledge import list_definitions, list_names
from lms.lrs.rules import terms
from lms.lrs.values import XapiScope
from lms.lrs.views import reading
from lms.lrs.views.calls import Call, read_call
from lms.lrs.views.documents import read_written
from lms.lrs.views.routes import programs
from lms.web.access import for_programs

SPOKEN = ("2.0.0", "1.0.3", "1.0.2", "1.0.1", "1.0.0")


@programs.get("/xapi/agents")
@programs.get("/xapi/activities")
@for_programs()
def get_known() -> ResponseReturnValue:
    """Say what statements have told of somebody, or of an activity."""
    return _answer(read_call())


@programs.post("/xapi/agents")
@programs.post("/xapi/activities")
@for_programs(prepare=read_written)
def post_known() -> ResponseReturnValue:
    """Answer what a form asks by the alternate syntax."""
    if g.prepared.method != "GET":
        raise Refused("this resource is only read")
    return _answer(g.prepared)


def _answer(call: Call) -> Response:
    call.allow(XapiScope.READ, XapiScope.READ_MINE, XapiScope.STATE, XapiScope.PROFILE)
    found = _person(call) if request.path == "/xapi/agents" else _activity(call)
    return Response(msgspec.json.encode(found), mimetype="application/json")


def _person(call: Call) -> Mapping[str, Any]:
    call.only("agent")
    call.need("agent")
    agent = reading.agent(call)
    identifier = (agent and terms.identifier(agent)) or {}
    digest = terms.digest(b"", terms.word_of(identifier))
    if call.guard is not None:
        call.guard.check_agent(digest)
    names = list_names({digest}).get(digest, [])
    return {
        "objectType": "Person",
        **({"name": names} if names else {}),
        **{field: [value] for field, value in identifier.items()},
    }


def _activity(call: Call) -> Mapping[str, Any]:
    call.only("activityId")
    call.need("activityId")
    iri = reading.iri(call, "activityId") or ""
    if call.guard is not None:
        call.guard.check_reading()
    known = list_definitions({iri}).get(iri)
    return {"objectType": "Activity", "id": iri, **({"definition": known} if known else {})}


@programs.get("/xapi/about")
@for_programs(anybody=True)
def about() -> ResponseReturnValue:
    """Say which versions are spoken, to anybody."""
    return Response(msgspec.json.encode({"version": SPOKEN}), mimetype="application/json")
