"""What packages offer to the record store: launched units, which speak to it for the length of a session."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import msgspec
from flask import Response, after_this_request

from lms.kernel import clock, uow
from lms.lrs import facade as lrs
from lms.lrs.values import Accepted, Credential, DocumentKey, DocumentKind
from lms.packages.errors import StatementRefused
from lms.packages.queries import cmi5 as queries
from lms.packages.rules import cmi5 as rules
from lms.packages.service import cmi5 as service
from lms.packages.service.cmi5_standing import SOURCE
from lms.packages.values.cmi5 import LAUNCH_DATA, PREFERENCES, LaunchSession

READING: Final = frozenset({"GET", "HEAD"})


class Cmi5Launches:
    """The sessions of cmi5, each known by the token that its fetch URL gave out once."""

    def find(self, key: str, secret: str) -> "SessionGuard | None":
        """Return what a session may do; None if the key is none of ours, or the secret not its token."""
        found = queries.find_by_token(service.KEY, key, secret)
        if found is None:
            return None
        return SessionGuard(queries.session_of(found[0], found[1]), key)


class SessionGuard:
    """What one session may do: its own actor, registration and activity, and statements that keep cmi5."""

    def __init__(self, session: LaunchSession, key: str) -> None:
        self._session = session
        self._agent = lrs.digest_of_agent(session.actor)
        self._taken: service.Taken | None = None
        self.credential: Credential = replace(SOURCE, key=key)
        self.mine: bytes = lrs.registration_term(session.registration)
        self.own_activities = frozenset({session.activity_id, session.publisher_id})

    def admit(self, statements: Sequence[Accepted], *, is_named: bool) -> None:
        """Take statements, or refuse them."""
        self._taken = service.admit(self._session.id, statements, is_named=is_named, now=clock.now())

    def settle(self) -> None:
        """Say what is satisfied by them, and tell the course."""
        if self._taken is not None:
            service.settle(self._taken, now=clock.now())

    def check_reading(self) -> None:
        """Refuse a session that has ended."""
        if rules.is_over(self._session, clock.now()):
            raise StatementRefused("8.2.1", "the session has ended")

    def check_agent(self, digest: bytes) -> None:
        """Refuse whoever is not the learner."""
        self.check_reading()
        if digest != self._agent:
            raise StatementRefused("8.1.3", "the agent is the actor of the launch")

    def check_document(self, method: str, key: DocumentKey, content_type: str, content: bytes) -> None:
        """Refuse what is not of this learner, registration and activity, and what only the platform writes."""
        self.check_reading()
        if key.kind is not DocumentKind.ACTIVITY:
            self.check_agent(key.agent)
        if key.kind is DocumentKind.STATE:
            self._check_state(method, key)
        elif key.kind is DocumentKind.ACTIVITY and key.activity != self._session.activity_id:
            raise StatementRefused("8.1.5", "the activity is the activityId of the launch")
        elif key.id == PREFERENCES:
            self._check_preferences(method, content_type, content)

    def _check_state(self, method: str, key: DocumentKey) -> None:
        if key.registration not in {None, self._session.registration}:
            raise StatementRefused("8.1.4", "the registration is the one of the launch")
        if key.registration is None and key.activity != self._session.activity_id:
            raise StatementRefused("8.1.5", "the activity is the activityId of the launch")
        if method not in READING and key.id in {"", LAUNCH_DATA}:
            raise StatementRefused("10.2.1", "LMS.LaunchData is the platform's alone")
        if method in READING and key.id == LAUNCH_DATA and key.activity == self._session.activity_id:
            self._note(launch_data=True, is_known=self._session.has_read_launch_data)

    def _check_preferences(self, method: str, content_type: str, content: bytes) -> None:
        if method in READING:
            self._note(launch_data=False, is_known=self._session.has_read_preferences)
            return
        try:
            document = msgspec.json.decode(content) if content else None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            document = None
        if method != "DELETE":
            rules.check_preferences(content_type, document)

    def _note(self, *, launch_data: bool, is_known: bool) -> None:
        """Keep that it was read, once, in a transaction after the reading one: a GET itself writes nothing."""
        if is_known:
            return
        work = partial(service.note_read, self._session.id, launch_data=launch_data, now=clock.now())

        def keep(response: Response) -> Response:
            uow.run(work)
            return response

        after_this_request(keep)
