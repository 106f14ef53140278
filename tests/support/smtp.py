"""A mail server on a loopback port that keeps what it is sent."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition, Event
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """The mails received, in order; `refusing` makes the server answer with that line instead.

    `holding` lets it fall silent "before" or "after" it has taken a mail, until that is taken back; `is_holding`
    says that somebody waits for its answer.
    """

    url: str = ""
    refusing: str | None = None
    holding: Literal["", "before", "after"] = ""
    is_holding: Event = field(default_factory=Event)
    mails: list[EmailMessage] = field(default_factory=list)
    sources: list[bytes] = field(default_factory=list)
    """The mails as they came over the wire."""
    _arrived: Condition = field(default_factory=Condition)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail; aiosmtpd calls this by name."""
        if self.refusing:
            return self.refusing
        if await self._hold("before"):
            return "451 it was not taken before whoever brought it was gone"
        content = envelope.content
        mail = message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.default)
        with self._arrived:
            self.sources.append(content if isinstance(content, bytes) else b"")
            self.mails.append(mail)
            self._arrived.notify_all()
        await self._hold("after")
        return "250 kept"

    async def _hold(self, moment: str) -> bool:
        """Fall silent while that is asked for, and say whether it was."""
        was_asked = self.holding == moment
        while self.holding == moment:
            self.is_holding.set()
            await asyncio.sleep(0.02)
        return was_asked

    def wait_for(self, number: int, *, seconds: float = 10) -> list[EmailMessage]:
        """Return the mails once there are at least so many; fail after the given time."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(self.mails) >= number, seconds)
        assert arrived, f"{len(self.mails)} of {number} mails after {seconds} s"
        return self.mails


class _AnyPort(Controller):
    """Takes a free port; aiosmtpd knocks at the port it was given, so tell it which one it became."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Yield the mailbox of a running server; its `url` fits LMS_MAIL_URL."""
    mailbox = Mailbox()
    controller = _AnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        mailbox.url = f"smtp://127.0.0.1:{controller.port}"
        yield mailbox
    finally:
        controller.stop()
