"""Mail: a row in the sender's transaction, sent over SMTP by a job, or kept for the outbox page without SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import Index, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel import clock, uow
from lms.kernel.db import Model, db, new_id
from lms.kernel.jobs import courier
from lms.kernel.smtp import Smtp

log = structlog.get_logger(__name__)

ATTEMPTS = 10
LEASE = timedelta(minutes=5)
JOB = "mail.deliver_due"


class MailState(StrEnum):
    """Where one message stands."""

    QUEUED = "queued"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An iCalendar object (RFC 5545) with its iTIP method (RFC 5546): REQUEST, CANCEL."""

    method: str
    text: str


class Mail(Model):
    """One message to one address; `calendar` holds its calendar files, each with its method and text."""

    __tablename__ = "mails"
    __table_args__ = (
        Index(
            "ix_mails_due",
            "due_at",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_mails_state", "state", "id"),
        Index("ix_mails_to", "to"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    to: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    language: Mapped[str]
    state: Mapped[MailState]
    attempts: Mapped[int]
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[str]
    last_error: Mapped[str]
    calendar: Mapped[list[Any] | None]
    stop_url: Mapped[str] = mapped_column(default="", server_default="")
    """Where a POST stops more letters of its kind (RFC 8058); empty where there is nothing to stop."""


def install(app: Flask, url: str | None) -> None:
    """Give the application its way to send; None keeps every message for the outbox page."""
    app.extensions["lms.mail"] = Smtp.from_url(url) if url else None


def _smtp() -> Smtp | None:
    found: Smtp | None = current_app.extensions["lms.mail"]
    return found


def sender_address() -> str:
    """Return the address that messages come from."""
    smtp = _smtp()
    return smtp.sender if smtp else "guildhall@localhost"


def send(
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    language: str,
    calendar: Sequence[CalendarFile] = (),
    stop_url: str = "",
) -> None:
    """Write one message in the current transaction; a job sends it after the commit."""
    smtp, now = _smtp(), clock.now()
    domain = smtp.sender.rpartition("@")[2] if smtp else "localhost"
    db.session.add(
        Mail(
            id=new_id(),
            to=to,
            subject=" ".join(subject.split()),
            text=text,
            html=html,
            language=language,
            state=MailState.QUEUED if smtp else MailState.KEPT,
            attempts=0,
            written_at=now,
            due_at=now,
            sent_at=None,
            message_id=make_msgid(domain=domain),
            last_error="",
            calendar=[{"method": file.method, "text": file.text} for file in calendar] or None,
            stop_url=stop_url,
        )
    )
    if smtp:
        uow.after_commit(courier(JOB))


def deliver_due(*, limit: int = 100) -> None:
    """Send what is due. Each message is leased before SMTP is spoken to, so no transaction waits on a network.

    Should the worker die between the server's 250 and our mark, the lease runs out and the message goes
    again with the same Message-ID, by which mail systems drop the copy.
    """
    smtp = _smtp()
    if smtp is None:
        return
    for _ in range(limit):
        claimed = uow.run(_lease_next)
        if claimed is None:
            return
        _send_one(smtp, *claimed)
        db.session.remove()


def _lease_next() -> tuple[UUID, EmailMessage] | None:
    now = clock.now()
    row = db.session.scalars(
        select(Mail)
        .where(Mail.state == MailState.QUEUED, Mail.due_at <= now)
        .order_by(Mail.due_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.attempts += 1
    row.due_at = now + LEASE
    smtp = _smtp()
    return row.id, _compose(row, smtp.sender if smtp else "")


class _Whole(EmailPolicy):
    """Python's policy, but for addresses in headers: it would encode and break one that is longer than a line.

    Mail programs read `List-Unsubscribe` as it stands.
    """

    def fold(self, name: str, value: Any) -> str:
        """Return a header as text."""
        return self._in_one_line(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header as it is sent."""
        return self._in_one_line(name, value).encode() or super().fold_binary(name, value)

    def _in_one_line(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}" if name.lower() == "list-unsubscribe" else ""


_WHOLE = _Whole()


def _compose(row: Mail, sender: str) -> EmailMessage:
    message = EmailMessage(policy=_WHOLE)
    message["From"], message["To"], message["Subject"] = sender, row.to, row.subject
    message["Date"], message["Message-ID"] = format_datetime(row.written_at), row.message_id
    message["Content-Language"] = row.language
    message["Auto-Submitted"] = "auto-generated"
    if row.stop_url:
        message["List-Unsubscribe"] = f"<{row.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    _enclose(message, [CalendarFile(**file) for file in row.calendar or ()])
    return message


def _enclose(message: EmailMessage, files: Sequence[CalendarFile]) -> None:
    """Put calendar files into a message.

    The first is one of its alternatives, by which mail programs know an invitation (RFC 6047); each is a file too, for
    those that do not.
    """
    for number, file in enumerate(files, 1):
        if number == 1:
            message.add_alternative(file.text, subtype="calendar", params={"method": file.method})
        message.add_attachment(
            file.text.encode(),
            maintype="text",
            subtype="calendar",
            filename="session.ics" if len(files) == 1 else f"session-{number}.ics",
            params={"method": file.method, "charset": "utf-8"},
        )


def _send_one(smtp: Smtp, mail_id: UUID, message: EmailMessage) -> None:
    try:
        _speak(smtp, message)
    except (OSError, smtplib.SMTPException) as error:
        reason = f"{type(error).__name__}: {error}"[:500]
        log.warning("mail.not_sent", mail_id=str(mail_id), reason=reason)
        uow.run(lambda: _put_off(mail_id, reason))
    else:
        uow.run(lambda: _mark_sent(mail_id))


def _speak(smtp: Smtp, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    if smtp.tls == "implicit":
        client: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=20, context=context)
    else:
        client = smtplib.SMTP(smtp.host, smtp.port, timeout=20)
    with client:
        if smtp.tls == "starttls":
            client.starttls(context=context)
        if smtp.user:
            client.login(smtp.user, smtp.password)
        client.send_message(message)


def _mark_sent(mail_id: UUID) -> None:
    row = db.session.get(Mail, mail_id)
    if row is not None:  # else its reader was erased while it travelled
        row.state, row.sent_at, row.last_error = MailState.SENT, clock.now(), ""


def _put_off(mail_id: UUID, reason: str) -> None:
    row = db.session.get(Mail, mail_id)
    if row is None:
        return
    row.last_error = reason
    row.due_at = clock.now() + timedelta(seconds=min(15 * 2**row.attempts, 6 * 3600))
    if row.attempts >= ATTEMPTS:
        row.state = MailState.FAILED


def list_mails(*, before: UUID | None, limit: int) -> Sequence[Mail]:
    """Return up to `limit` messages, newest first, older than `before`."""
    query = select(Mail).order_by(Mail.id.desc()).limit(limit)
    return db.session.scalars(query if before is None else query.where(Mail.id < before)).all()


def find_mail(mail_id: UUID) -> Mail | None:
    """Return one message, or None."""
    return db.session.get(Mail, mail_id)


def list_mails_to(address: str, *, limit: int) -> Sequence[Mail]:
    """Return up to `limit` messages to one address, newest first."""
    return db.session.scalars(
        select(Mail).where(Mail.to == address).order_by(Mail.id.desc()).limit(limit)
    ).all()


def forget(address: str) -> None:
    """Delete every message to one address, sent or not."""
    db.session.execute(delete(Mail).where(Mail.to == address))


def retry_failed() -> int:
    """Queue every message that gave up once more; return how many."""
    result = db.session.execute(
        update(Mail)
        .where(Mail.state == MailState.FAILED)
        .values(state=MailState.QUEUED, attempts=0, due_at=clock.now())
    )
    uow.after_commit(courier(JOB))
    return int(getattr(result, "rowcount", 0))


def leaves() -> bool:
    """Return whether mail leaves this installation; else every message is kept for the outbox page."""
    return _smtp() is not None
