"""What packages offer to the record store: launched xAPI packages, each with a token for its registration."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lms.kernel import clock
from lms.lrs import facade as lrs
from lms.lrs.values import Accepted, Credential, DocumentKey, DocumentKind
from lms.packages.errors import ReachRefused
from lms.packages.queries import cmi5 as queries
from lms.packages.queries import revisions
from lms.packages.rules import cmi5 as rules
from lms.packages.service import tincan as service
from lms.packages.service.cmi5 import Taken
from lms.packages.values.cmi5 import LaunchSession
from lms.packages.values.tincan import TinCanPackage

READING: Final = frozenset({"GET", "HEAD"})


class TinCanLaunches:
    """The sessions of xAPI packages, each known by the token in its address."""

    def find(self, key: str, secret: str) -> "TinCanGuard | None":
        """Return what a session may do; None if the key is none of ours, or the secret not its token."""
        found = queries.find_by_token(service.KEY, key, secret)
        if found is None:
            return None
        package = revisions.package_of(found[2])
        if not isinstance(package, TinCanPackage):
            return None
        return TinCanGuard(queries.session_of(found[0], found[1]), package, key)


class TinCanGuard:
    """What one session may do: its own actor and registration, and the activities that its package describes."""

    def __init__(self, session: LaunchSession, package: TinCanPackage, key: str) -> None:
        self._session = session
        self._activities = {session.activity_id, *(one.identifier for one in package.activities)}
        self._agent = lrs.digest_of_agent(session.actor)
        self._taken: Taken | None = None
        self.credential: Credential = replace(service.SOURCE, key=key)
        self.mine: bytes = lrs.registration_term(session.registration)
        # Its ids are its author's: none of them makes an activity of this portal its own.
        self.own_activities: frozenset[str] = frozenset()

    def admit(self, statements: Sequence[Accepted], *, is_named: bool) -> None:
        """Take statements, or refuse them."""
        del is_named
        self._taken = service.admit(self._session.id, statements, now=clock.now())

    def settle(self) -> None:
        """Tell the course."""
        if self._taken is not None:
            service.settle(self._taken, now=clock.now())

    def check_reading(self) -> None:
        """Refuse a session that has ended."""
        if rules.is_over(self._session, clock.now()):
            raise ReachRefused("The session has ended.")

    def check_agent(self, digest: bytes) -> None:
        """Refuse whoever is not the learner."""
        self.check_reading()
        if digest != self._agent:
            raise ReachRefused("The agent is the actor of the launch.")

    def check_document(self, method: str, key: DocumentKey, content_type: str, content: bytes) -> None:
        """Refuse what is not of this learner and registration, or of another package's activities."""
        del content_type, content
        self.check_reading()
        if key.kind is not DocumentKind.ACTIVITY:
            self.check_agent(key.agent)
        if key.kind is DocumentKind.STATE and key.registration not in {None, self._session.registration}:
            raise ReachRefused("The registration is the one of the launch.")
        is_shared = key.kind is DocumentKind.ACTIVITY or (
            key.kind is DocumentKind.STATE and key.registration is None
        )
        if is_shared and key.activity not in self._activities:
            raise ReachRefused("The activity is one that the package’s tincan.xml describes.")
        if key.kind is DocumentKind.STATE and method not in READING and not key.id:
            raise ReachRefused("States are written and deleted one by one.")
