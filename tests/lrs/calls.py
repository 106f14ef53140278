"""A program that speaks xAPI to the test's portal, and the statements that tests send."""

import base64
import copy
import hashlib
import json
from collections.abc import Mapping
from contextvars import Context
from typing import Any
from uuid import uuid4

from flask import has_app_context

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.service.credentials import make_credential
from lms.lrs.values import XapiScope
from lms.lrs.views.calls import forget_credentials
from tests.support.portal import ORIGIN

ACTIVITY = "https://example.com/activities/superheat"
VERB = "http://adlnet.gov/expapi/verbs/completed"


class Program:
    """A source with a key."""

    def __init__(
        self,
        portal: Portal,
        *scopes: XapiScope,
        version: str = "1.0.3",
        name: str = "A package",
        **limits: Any,
    ) -> None:
        self.portal, self.version, self.name = portal, version, name
        forget_credentials()
        with unit_of_work(), acting_as(SYSTEM):
            made = make_credential(
                name=name, scopes=scopes or (XapiScope.ALL,), actor=SYSTEM, now=clock.now(), **limits
            )
        assert made is not None
        self.key, self.secret = made.key, made.secret

    @property
    def authorization(self) -> str:
        """Return what the program says of itself."""
        return "Basic " + base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def send(
        self,
        verb: str,
        path: str,
        body: Any = None,
        /,
        *,
        headers: Any = None,
        **params: Any,
    ) -> Any:
        """Send one request; `body` is bytes, or anything that JSON can say."""
        said = {
            "Authorization": self.authorization,
            "X-Experience-API-Version": self.version,
            "Content-Type": "application/json",
            **(headers or {}),
        }
        query = {
            name: json.dumps(value) if isinstance(value, dict) else value for name, value in params.items()
        }
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if has_app_context():  # several programs at once are threads without one
            db.session.remove()
        client = self.portal.test_client()
        return Context().run(
            client.open,
            f"/xapi/{path}",
            method=verb,
            data=data,
            headers={name: value for name, value in said.items() if value},
            query_string=query or None,
            buffered=True,
            base_url=ORIGIN,
        )

    def store(self, *statements: Mapping[str, Any]) -> list[str]:
        """Store statements and return their ids."""
        answer = self.send("POST", "statements", list(statements))
        assert answer.status_code == 200, answer.text
        return list(answer.json or [])

    def find(self, **params: Any) -> list[str]:
        """Return the ids of what a filter finds."""
        answer = self.send("GET", "statements", **params)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in (answer.json or {})["statements"]]

    def read(self, statement_id: str, **params: Any) -> dict[str, Any]:
        """Return one statement."""
        answer = self.send("GET", "statements", statementId=statement_id, **params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})


def statement(**changed: Any) -> dict[str, Any]:
    """Return a small good statement with some of it changed; None leaves a field out."""
    whole: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "name": "Amara Osei", "mbox": "mailto:amara@example.com"},
        "verb": {"id": VERB, "display": {"en-GB": "completed", "de": "hat abgeschlossen"}},
        "object": {"id": ACTIVITY, "definition": {"name": {"en-GB": "Superheat", "de": "Überhitzung"}}},
    }
    return {name: value for name, value in {**copy.deepcopy(whole), **changed}.items() if value is not None}


def voiding(statement_id: str) -> dict[str, Any]:
    """Return a statement that voids another."""
    return statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": statement_id},
    )


def attachment(content: bytes, **changed: Any) -> dict[str, Any]:
    """Return what a statement says of an attachment."""
    return {
        "usageType": "http://example.com/photo",
        "display": {"en": "A photo"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
        **changed,
    }


def mixed(statements: Any, *contents: bytes, **changed: str) -> tuple[bytes, dict[str, str]]:
    """Return a multipart body of statements and attachments, and its content type as a header."""
    edge = b"--the-edge"
    pieces = [edge + b"\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statements).encode()]
    for content in contents:
        headers = {
            "Content-Type": "text/plain",
            "Content-Transfer-Encoding": "binary",
            "X-Experience-API-Hash": hashlib.sha256(content).hexdigest(),
            **{name.replace("_", "-"): value for name, value in changed.items()},
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        pieces.append(edge + b"\r\n" + head.encode() + b"\r\n" + content)
    body = b"\r\n".join([*pieces, edge + b"--\r\n"])
    return body, {"Content-Type": "multipart/mixed; boundary=the-edge"}
