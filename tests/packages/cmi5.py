"""cmi5 packages made for tests, and a unit that speaks as one does."""

import base64
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextvars import Context
from datetime import UTC
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from flask import has_app_context

from lms.courses.values import Activity
from lms.kernel import clock
from lms.kernel.db import db, new_id
from tests.support.portal import ORIGIN, Visitor

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
VERBS = "http://adlnet.gov/expapi/verbs/"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
RESULTS: Mapping[str, Mapping[str, Any]] = {
    "completed": {"completion": True, "duration": "PT5S"},
    "passed": {"success": True, "duration": "PT5S"},
    "failed": {"success": False, "duration": "PT5S"},
    "terminated": {"duration": "PT5S"},
}
ABOUT = (
    "<title><langstring lang='en'>{0}</langstring><langstring lang='de'>{0} auf Deutsch</langstring></title>"
    "<description><langstring lang='en'>About {0}</langstring></description>"
)


def au(
    name: str, *, url: str = "index.html", attributes: str = 'moveOn="CompletedOrPassed"', more: str = ""
) -> str:
    """Return a unit called `name`."""
    return (
        f'<au id="https://example.com/au/{name}" {attributes}>{ABOUT.format(name)}<url>{url}</url>{more}</au>'
    )


def block(name: str, *inside: str) -> str:
    """Return a block of units and blocks."""
    return f'<block id="https://example.com/block/{name}">{ABOUT.format(name)}{"".join(inside)}</block>'


def structure(*nodes: str, objectives: str = "", course: str = "https://example.com/course/wiring") -> str:
    """Return a cmi5.xml."""
    return (
        f'<?xml version="1.0"?>\n<courseStructure xmlns="{NAMESPACE}">\n'
        f'<course id="{course}">{ABOUT.format("Wiring")}</course>\n'
        f"{objectives}{''.join(nodes)}\n</courseStructure>"
    )


def cmi5_package(*nodes: str, pages: Mapping[str, str] | None = None) -> io.BytesIO:
    """Return a zip of a course with these units, which open index.html."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cmi5.xml", structure(*nodes))
        for name, content in (pages or {"index.html": "<!doctype html><title>x</title>"}).items():
            archive.writestr(name, content)
    target.seek(0)
    return target


class Unit:
    """A launched unit: it has read its address, and speaks to the record store by the token it fetched."""

    def __init__(self, visitor: Visitor, launched: Mapping[str, Any]) -> None:
        self.portal, self.launched = visitor.portal, launched
        self.url = str(launched["url"])
        query = parse_qs(urlsplit(self.url).query)
        self.endpoint, self.fetch, self.registration, self.activity_id = (
            query[name][0] for name in ("endpoint", "fetch", "registration", "activityId")
        )
        self.actor: dict[str, Any] = json.loads(query["actor"][0])
        self.authorization = ""
        self.data: dict[str, Any] = {}

    def call(self, verb: str, url: str, body: Any = None, **params: Any) -> Any:
        """Send one request as a program on another origin."""
        headers = {"X-Experience-API-Version": "1.0.3", "Authorization": self.authorization}
        kind = params.pop("content_type", "application/json")
        if has_app_context():
            db.session.remove()
        return Context().run(
            self.portal.test_client().open,
            url.removeprefix(ORIGIN),
            method=verb,
            data=body if body is None or isinstance(body, bytes) else json.dumps(body).encode(),
            headers={name: value for name, value in headers.items() if value},
            content_type=kind if body is not None else None,
            query_string={
                name: json.dumps(value) if isinstance(value, dict) else value
                for name, value in params.items()
            }
            or None,
            base_url=ORIGIN,
            buffered=True,
        )

    def redeem(self) -> Any:
        """Ask the fetch URL for the token."""
        answer = self.call("POST", self.fetch)
        assert answer.status_code == 200, answer.text
        if "auth-token" in answer.json:
            self.authorization = f"Basic {answer.json['auth-token']}"
        return answer.json

    def state(self, verb: str, state_id: str, body: Any = None, **changed: Any) -> Any:
        """Ask for a state document, or write one."""
        params = {
            "stateId": state_id,
            "activityId": self.activity_id,
            "agent": self.actor,
            "registration": self.registration,
            **changed,
        }
        named = {name: value for name, value in params.items() if value is not None}
        return self.call(verb, f"{self.endpoint}/activities/state", body, **named)

    def preferences(self, verb: str = "GET", body: Any = None, **changed: Any) -> Any:
        """Ask for the learner's preferences, or write them."""
        params = {"profileId": "cmi5LearnerPreferences", "agent": self.actor, **changed}
        return self.call(verb, f"{self.endpoint}/agents/profile", body, **params)

    def begin(self) -> "Unit":
        """Do what every unit does first."""
        self.redeem()
        self.data = self.state("GET", "LMS.LaunchData").json
        assert self.preferences().status_code in {200, 404}
        assert self.say("initialized").status_code == 204
        return self

    def statement(self, verb: str, *, defined: bool = True, **result: Any) -> dict[str, Any]:
        """Return a statement that keeps the rules."""
        template = json.loads(json.dumps(self.data.get("contextTemplate", {})))
        activities = template.setdefault("contextActivities", {})
        categories: list[dict[str, str]] = [{"id": CMI5}] if defined else []
        given: Mapping[str, Any] = RESULTS.get(verb, {}) if defined else {}
        if defined and verb in {"completed", "passed", "failed"}:
            categories.append({"id": MOVE_ON})
        if "score" in result and "masteryScore" in self.data:
            template["extensions"][MASTERY] = self.data["masteryScore"]
        whole = {**given, **result}
        return {
            "id": str(uuid4()),
            "timestamp": clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "actor": self.actor,
            "verb": {"id": VERBS + verb},
            "object": {"id": self.activity_id},
            "context": {
                **template,
                "registration": self.registration,
                "contextActivities": {**activities, **({"category": categories} if categories else {})},
            },
            **({"result": whole} if whole else {}),
        }

    def put(self, statement: Mapping[str, Any]) -> Any:
        """Send a statement."""
        return self.call("PUT", f"{self.endpoint}/statements", dict(statement), statementId=statement["id"])

    def post(self, statements: Sequence[Mapping[str, Any]]) -> Any:
        """Send statements at once."""
        return self.call("POST", f"{self.endpoint}/statements", [dict(one) for one in statements])

    def say(self, verb: str, *, defined: bool = True, **result: Any) -> Any:
        """Send a statement that keeps the rules."""
        return self.put(self.statement(verb, defined=defined, **result))


def launch(visitor: Visitor, activity: Activity, name: str, *, mode: str = "") -> Unit:
    """Launch a unit as the player's page does."""
    answer = visitor.post(
        f"/learn/packages/{activity.id}/launch",
        json={"unit": f"https://example.com/au/{name}", "session": str(new_id()), "mode": mode},
    )
    assert answer.status_code == 200, answer.text
    return Unit(visitor, answer.json or {})


def token_of(unit: Unit) -> tuple[str, str]:
    """Return the key and the secret that a unit's token is made of."""
    key, _colon, secret = base64.b64decode(unit.authorization.removeprefix("Basic ")).decode().partition(":")
    return key, secret
