"""The transactional outbox: what must follow a commit, kept beside it until it has been done once.

The row is the truth and the broker only the courier: a lost broker, a killed worker or web process
loses nothing and does nothing twice, because a reaction's own writes and the mark that it is done
commit together, under a claim that no second worker can hold.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, ForeignKey, Index, Select, and_, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as, current
from lms.kernel.db import Model, db, new_id
from lms.kernel.inserting import insert_all

log = structlog.get_logger(__name__)

ATTEMPTS = 12
BATCH = 200


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class OutboxMessage(Model):
    """One fact whose reactions come after its commit."""

    __tablename__ = "outbox_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    request_id: Mapped[str]
    stored_at: Mapped[datetime]


class OutboxDelivery(Model):
    """One (message, handler) pair; its primary key is what makes it happen once."""

    __tablename__ = "outbox_deliveries"
    __table_args__ = (
        Index(
            "ix_outbox_deliveries_due",
            "available_at",
            "message_id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_messages.id"), primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[DeliveryState]
    attempts: Mapped[int]
    available_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str]


Courier = Callable[[], None]
_couriers: list[Courier] = []


_told: ContextVar[datetime | None] = ContextVar("lms.outbox.told", default=None)


def happened_at() -> datetime:
    """Return when the fact happened that is being delivered, however late that is; elsewhere, now."""
    return _told.get() or clock.now()


def carry_with(courier: Courier) -> None:
    """Let `courier` tell a worker, after each commit that stored something, that there is work."""
    _couriers[:] = [courier]


def store(event: str, payload: Mapping[str, Any], handlers: Sequence[str]) -> None:
    """Keep one message and its deliveries in the current transaction."""
    store_all(event, [payload], handlers)


def store_all(event: str, payloads: Sequence[Mapping[str, Any]], handlers: Sequence[str]) -> None:
    """Keep a message for each payload, with its deliveries, in the current transaction: two statements for all."""
    if not payloads or not handlers:
        return
    now, request_id = clock.now(), current().request_id
    messages = [
        {
            "id": new_id(),
            "event": event,
            "payload": dict(payload),
            "request_id": request_id,
            "stored_at": now,
        }
        for payload in payloads
    ]
    insert_all(OutboxMessage, messages)
    insert_all(
        OutboxDelivery,
        [
            {
                "message_id": message["id"],
                "handler": handler,
                "state": DeliveryState.PENDING,
                "attempts": 0,
                "available_at": now,
                "done_at": None,
                "last_error": "",
            }
            for message in messages
            for handler in handlers
        ],
    )
    for courier in _couriers:
        uow.after_commit(courier)


def claim(*only: ColumnElement[bool], limit: int = 1) -> Select[OutboxDelivery, OutboxMessage]:
    """Return the query that claims the next due deliveries until this transaction ends.

    PostgreSQL skips rows that another worker holds; on SQLite the write transaction, begun IMMEDIATE,
    is the claim.
    """
    query = (
        select(OutboxDelivery, OutboxMessage)
        .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
        .where(
            OutboxDelivery.state == DeliveryState.PENDING, OutboxDelivery.available_at <= clock.now(), *only
        )
        .order_by(OutboxDelivery.available_at, OutboxDelivery.message_id)
        .limit(limit)
    )
    return query.with_for_update(skip_locked=True, of=OutboxDelivery)


class Told(NamedTuple):
    """One message as it is delivered: its id, when its fact happened, and the fact as JSON."""

    id: UUID
    at: datetime
    payload: Mapping[str, Any]


class _Key(NamedTuple):
    message_id: UUID
    handler: str

    def is_it(self) -> ColumnElement[bool]:
        return and_(OutboxDelivery.message_id == self.message_id, OutboxDelivery.handler == self.handler)


Apply = Callable[[str, str, Sequence[Told]], None]
AtOnce = Callable[[str, str], int]


def _one(_event: str, _handler: str) -> int:
    return 1


def deliver_due(apply: Apply, *, limit: int = BATCH, at_once: AtOnce = _one) -> int:
    """Deliver `limit` due messages, or as many as there are; return how many were tried.

    Each has a transaction of its own, unless `at_once` says of its event and handler that so many may share one: then
    the last of them may go beyond `limit`.
    """
    tried = 0
    while tried < limit:
        found = _deliver(apply, at_once)
        if not found:
            break
        tried += found
    return tried


def _deliver(apply: Apply, at_once: AtOnce, *only: ColumnElement[bool]) -> int:
    """Deliver what is due next, alone or with more of its kind; return how many there were."""
    claimed: list[_Key] = []

    def work() -> int:
        claimed.clear()
        first = db.session.execute(claim(*only)).first()
        if first is None:
            return 0
        rows = [first, *_more_like(first[0], first[1].event, at_once)]
        claimed.extend(_Key(delivery.message_id, delivery.handler) for delivery, _message in rows)
        told = [Told(message.id, message.stored_at, message.payload) for _delivery, message in rows]
        telling = _told.set(told[0].at)
        try:
            apply(first[1].event, first[0].handler, told)
        finally:
            _told.reset(telling)
        now = clock.now()
        for delivery, _message in rows:
            delivery.state, delivery.done_at = DeliveryState.DONE, now
            delivery.attempts += 1
        return len(rows)

    with acting_as(SYSTEM):
        try:
            return uow.run(work)
        except Exception as error:
            if not claimed:
                raise
            if len(claimed) == 1:
                log.exception("outbox.delivery_failed", message_id=str(claimed[0][0]), handler=claimed[0][1])
                _put_off(claimed[0], f"{type(error).__name__}: {error}"[:2000])
                return 1
            log.warning("outbox.set_failed", handler=claimed[0].handler, size=len(claimed), exc_info=True)
        finally:
            db.session.remove()
    # Whatever one of them cannot have done to it, the others do not wait for.
    return sum(_deliver(apply, _one, key.is_it()) for key in list(claimed))


def _more_like(first: OutboxDelivery, event: str, at_once: AtOnce) -> Sequence[Any]:
    more = at_once(event, first.handler) - 1
    if more < 1:
        return ()
    alike = OutboxMessage.event == event, OutboxDelivery.handler == first.handler
    return db.session.execute(claim(*alike, OutboxDelivery.message_id != first.message_id, limit=more)).all()


def _put_off(key: _Key, reason: str) -> None:
    """Write down why a delivery failed and when it is tried again: 2 s, 4 s, … up to an hour."""
    with uow.unit_of_work():
        delivery = db.session.get_one(OutboxDelivery, (key.message_id, key.handler), with_for_update=True)
        delivery.attempts += 1
        delivery.last_error = reason
        delivery.available_at = clock.now() + timedelta(seconds=min(2**delivery.attempts, 3600))
        if delivery.attempts >= ATTEMPTS:
            delivery.state = DeliveryState.FAILED


def count_waiting() -> int:
    """Return how many deliveries are due now."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OutboxDelivery)
            .where(OutboxDelivery.state == DeliveryState.PENDING, OutboxDelivery.available_at <= clock.now())
        )
        or 0
    )


def list_failed(*, limit: int = 50) -> Sequence[OutboxDelivery]:
    """Return the deliveries that gave up, latest first."""
    return db.session.scalars(
        select(OutboxDelivery)
        .where(OutboxDelivery.state == DeliveryState.FAILED)
        .order_by(OutboxDelivery.message_id.desc())
        .limit(limit)
    ).all()


def retry_failed() -> int:
    """Make every delivery that gave up due again; return how many."""
    result = db.session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.state == DeliveryState.FAILED)
        .values(state=DeliveryState.PENDING, attempts=0, available_at=clock.now())
    )
    return int(getattr(result, "rowcount", 0))
