"""People who learn at a running Guildhall: made, signed in, and what they send."""

import http
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any, Final
from urllib.parse import urlencode

import psutil
from itsdangerous import URLSafeTimedSerializer

from bench.requests import CSRF, cookie_of
from lms.app.portal import Portal
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.identity.values import PersonId, PersonState
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.support.serving import Serving

PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who is signed in."""

    cookie: str
    person_id: PersonId


def learners(portal: Portal, count: int) -> Sequence[Learner]:
    """Return people who are signed in."""
    with unit_of_work(), acting_as(SYSTEM):
        people = [
            identity.add_person(
                email=f"learner.{number}@example.com",
                name=f"Learner {number}",
                state=PersonState.ACTIVE,
                now=clock.now(),
            )
            for number in range(count)
        ]
        tokens = [
            identity_service.open_sign_in(
                person_id=person_id, address="127.0.0.1", user_agent="bench", now=clock.now()
            )
            for person_id in people
        ]
    return [
        Learner(cookie_of(portal, token), person_id) for token, person_id in zip(tokens, people, strict=True)
    ]


def form_token(portal: Portal) -> str:
    """Return what forms of these people send beside their fields."""
    return str(URLSafeTimedSerializer(str(portal.secret_key), salt="wtf-csrf-token").dumps(CSRF))


class Browser:
    """One learner's connection to a running Guildhall; it stays open, as a browser's does."""

    def __init__(self, running: Serving, learner: Learner, token: str) -> None:
        self._line = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_SECONDS)
        self._headers = {
            "Cookie": learner.cookie,
            "Origin": running.url,
            "X-CSRFToken": token,
            "Sec-Fetch-Site": "same-origin",
        }

    def get(self, path: str) -> bytes:
        """Return a page; AssertionError for any answer but 200."""
        return self._told("GET", path, None, {}, http.HTTPStatus.OK)[1]

    def post(self, path: str, form: Mapping[str, str], *, accept: str = "text/html") -> tuple[str, bytes]:
        """Send a form and return where it leads and what it says; AssertionError where it is refused."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        wanted = http.HTTPStatus.OK if accept == "application/json" else http.HTTPStatus.SEE_OTHER
        told, said = self._told("POST", path, urlencode(form), headers, wanted)
        return told.headers.get("Location", ""), said

    def try_to_post(self, path: str, form: Mapping[str, str]) -> int:
        """Send what a script of a page sends, and return the status of whatever comes back.

        On a line of its own: after an error the server may have closed the one before.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        self._line.close()
        self._line.request("POST", path, urlencode(form), {**self._headers, **headers})
        told = self._line.getresponse()
        told.read()
        return told.status

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def _told(
        self, verb: str, path: str, body: str | None, headers: Mapping[str, str], wanted: http.HTTPStatus
    ) -> tuple[HTTPResponse, bytes]:
        self._line.request(verb, path, body, {**self._headers, **headers})
        told = self._line.getresponse()
        said = told.read()
        if told.status != wanted:
            raise AssertionError(f"{verb} {path}: {told.status} {said[:300]!r}")
        return told, said


def spent(family: Sequence[Any]) -> float:
    """Return the processor time of processes so far, in seconds."""
    times = [one.cpu_times() for one in family if isinstance(one, psutil.Process) and one.is_running()]
    return float(sum(one.user + one.system for one in times))
