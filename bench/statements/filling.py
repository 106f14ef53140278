"""A store that is full: statements checked and stored as any, and what filters over them take."""

import base64
import random
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec
from sqlalchemy import func, select, text

from bench.requests import Environ, answer, get
from bench.statements import made
from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.lrs.models import StatementRow
from lms.lrs.queries.credentials import find_credential
from lms.lrs.rules import accepting
from lms.lrs.service.credentials import make_credential
from lms.lrs.service.statements import Delivery, store
from lms.lrs.values import Credential, NewCredential, Version, XapiScope

BATCH: Final = 500
ASKED: Final = 40
ROUNDS: Final = 3


def make_key() -> tuple[NewCredential, Credential]:
    """Return a key that may do all and as often as it likes."""
    with unit_of_work(), acting_as(SYSTEM):
        made_now = make_credential(
            name="The bench", scopes=[XapiScope.ALL], actor=SYSTEM, now=clock.now(), per_minute=10**9
        )
    if made_now is None:
        raise AssertionError("a key without an id of its own is always new")
    with unit_of_work(read_only=True):
        found = find_credential(made_now.key)
    if found is None:
        raise AssertionError("a key just made is there")
    return made_now, found[0]


def take(body: bytes, credential: Credential) -> int:
    """Check and store what a request brings, as its view does, without any HTTP; return how many were new."""
    raws, _is_list = accepting.split(body)
    found = [accepting.accept(raw, version=Version.ONE, new_id=new_id) for raw in raws]
    with unit_of_work(), acting_as(SYSTEM):
        return store(Delivery(found, credential, Version.ONE), now=clock.now())


def fill(credential: Credential, *, most: int, seconds: float, seed: int = 1) -> int:
    """Store statements until there are `most` or the time is over; return how many."""
    until, count = time.monotonic() + seconds, 0
    for body in made.batches(BATCH, seed=seed):
        count += take(body, credential)
        if count >= most or time.monotonic() > until:
            break
    return count


_COPIES: Final = (
    """
    INSERT INTO xapi_statements (seq, statement_id, content, timestamp, stored_at, credential_id, version, raw_bytes,
                                 is_voiding, target_id)
    SELECT seq + :by, gen_random_uuid(), content, timestamp, stored_at + make_interval(secs => :by), credential_id,
           version, raw_bytes, is_voiding, target_id
    FROM xapi_statements WHERE seq <= :base ORDER BY seq
    """,
    "INSERT INTO xapi_bodies (seq, body) SELECT seq + :by, body FROM xapi_bodies WHERE seq <= :base ORDER BY seq",
    """
    INSERT INTO xapi_links (term_id, seq)
    SELECT term_id, seq + :by FROM xapi_links WHERE seq <= :base ORDER BY term_id, seq
    """,
)


def multiply(times: int) -> int:
    """Let all that is stored be there so many times, each copy under ids of its own and later; return how many.

    For PostgreSQL alone. Nobody says more than before about anybody else: what a filter walks over grows with the rest.
    """
    with unit_of_work(read_only=True):
        base = newest_number()
    for copy in range(1, times):
        with unit_of_work():
            for statement in _COPIES:
                db.session.execute(text(statement), {"by": copy * base, "base": base})
    return base * times


def newest_number() -> int:
    """Return the number of what was stored last; numbers have no gaps here."""
    return db.session.scalar(select(func.max(StatementRow.seq))) or 0


def filters(portal: Portal, key: NewCredential) -> dict[str, float]:
    """Return what each filter takes for its first hundred, in milliseconds by the clock on the wall."""
    return {name: _milliseconds(portal, key, ask) for name, ask in _ASKED.items()}


def _milliseconds(
    portal: Portal, key: NewCredential, ask: Callable[[random.Random], Mapping[str, str]]
) -> float:
    known = base64.b64encode(f"{key.key}:{key.secret}".encode()).decode()
    medians = []
    for number in range(ROUNDS):
        chance = random.Random(number)  # noqa: S311  to be repeated, not to be secret
        spent = []
        for _time in range(ASKED):
            environ = _request(ask(chance), known)
            began = time.perf_counter()
            answer(portal, environ)
            spent.append(time.perf_counter() - began)
        medians.append(statistics.median(spent))
    return min(medians) * 1000


def _request(params: Mapping[str, str], known: str) -> Environ:
    return {
        **get("/xapi/statements"),
        "QUERY_STRING": urlencode(params),
        "HTTP_AUTHORIZATION": f"Basic {known}",
        "HTTP_X_EXPERIENCE_API_VERSION": "1.0.3",
    }


def _agent(chance: random.Random) -> str:
    return msgspec.json.encode(made.actor(chance.randrange(made.PEOPLE))).decode()


def _activity(chance: random.Random) -> str:
    return made.activity(chance.randrange(made.COURSES), chance.randrange(made.QUESTIONS))


def _now(_chance: random.Random) -> str:
    return clock.now().isoformat()


_ASKED: Final[Mapping[str, Callable[[random.Random], Mapping[str, str]]]] = {
    "actor": lambda chance: {"agent": _agent(chance)},
    "verb": lambda _chance: {"verb": made.verb("passed")},
    "activity": lambda chance: {"activity": _activity(chance)},
    "time": lambda chance: {"until": _now(chance), "verb": made.verb("answered")},
    "actor_and_verb": lambda chance: {"agent": _agent(chance), "verb": made.verb("passed")},
}
