"""What several requests bring at once is stored by one transaction, and each is answered once it is committed.

A commit costs the disk the same for one statement as for a thousand. While one request stores, others of its process
come to wait for their turn; who is next takes all of them along.
"""

import threading
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from lms.kernel import clock, uow
from lms.kernel.db import db
from lms.kernel.driving import line
from lms.kernel.errors import DomainError, Unavailable
from lms.lrs.service.statements import Delivery, store_all

MOST_TOGETHER: Final = 1_000
"""How many statements go into one transaction unless a single request brings more: others wait for it to end."""
PATIENCE_SECONDS: Final = 1.0


@dataclass(slots=True, eq=False)
class _Waiting:
    delivery: Delivery
    answer: int | Exception | None = None


class Together:
    """The deliveries of one process that wait to be stored.

    Whoever has the `turn` stores all that are `waiting`; `quiet` says that nobody writes rows just now.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.waiting: deque[_Waiting] = deque()
        self.turn = threading.Lock()
        self.quiet = threading.Event()
        self.quiet.set()

    def store(self, delivery: Delivery) -> int:
        """Store a delivery, perhaps with others, in a transaction of its own; return how many were new.

        Conflict and Forbidden as the case may be. It is committed when this returns, so nothing else may be part of it.
        """
        if db.session().in_transaction():
            raise RuntimeError("what is stored together with others is no part of this transaction")
        mine = _Waiting(delivery)
        self.waiting.append(mine)
        with self.turn:
            while mine.answer is None:
                self._store_next()
        if isinstance(mine.answer, Exception):
            raise mine.answer
        return mine.answer

    def give_way(self) -> None:
        """Wait while another thread stores, so that it is done soon: whoever checks statements here has time.

        SQLite's driver lets go of the interpreter at every row, and each time somebody else would take it, while all
        other processes wait for this one's transaction to end.
        """
        if not self.quiet.is_set():
            self.quiet.wait(PATIENCE_SECONDS)

    def _store_next(self) -> None:
        group = self._next()
        try:
            # A context of its own: the transaction is nobody's, and no request may be seen in it.
            Context().run(self._store, group)
        finally:
            for one in group:
                if one.answer is None:
                    one.answer = Unavailable("The store was interrupted. Try again.")

    def _next(self) -> Sequence[_Waiting]:
        found = [self.waiting.popleft()]
        count = len(found[0].delivery.statements)
        while self.waiting:
            count += len(self.waiting[0].delivery.statements)
            if count > MOST_TOGETHER:
                break
            found.append(self.waiting.popleft())
        return found

    def _store(self, waiting: Sequence[_Waiting]) -> None:
        """Give each its answer. What cannot be stored with the others, for whatever reason, is tried alone."""
        try:
            answers = self._stored([one.delivery for one in waiting])
        except Exception as error:  # noqa: BLE001  it is the answer of whoever waits
            if len(waiting) == 1:
                waiting[0].answer = error
                return
            for one in waiting:
                self._store([one])
        else:
            for one, answer in zip(waiting, answers, strict=True):
                one.answer = answer

    def _stored(self, deliveries: Sequence[Delivery]) -> Sequence[int | DomainError]:
        with self._app.app_context():
            return uow.run(lambda: self._alone(deliveries))

    def _alone(self, deliveries: Sequence[Delivery]) -> Sequence[int | DomainError]:
        on = line()  # waits until this transaction is the one that writes, on SQLite
        if not on.is_postgresql:
            self.quiet.clear()
        try:
            return store_all(deliveries, now=clock.now(), on=on)
        finally:
            self.quiet.set()


def store_together(delivery: Delivery) -> int:
    """Store a delivery by itself or with others that are waiting; return how many were new, once that is committed."""
    return together().store(delivery)


def together() -> Together:
    """Return the current application's, in this process."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  as Flask says to hand it on
    found: Together = app.extensions.setdefault("lms.lrs.together", Together(app))
    return found
