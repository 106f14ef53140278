"""The mail outbox as administrators read it."""

from uuid import UUID

from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.mail import Mail, MailState
from lms.web.pages import Page, PageRequest, keyset


def list_letters(state: MailState | None, at: PageRequest) -> Page[Mail]:
    """Return a page of messages, newest first."""
    query = select(Mail)
    if state is not None:
        query = query.where(Mail.state == state)
    page: Page[Mail] = keyset(query, by=[Mail.id], wanted=at, descending=True)
    return page


def has_failed_letters() -> bool:
    """Return whether any message gave up."""
    return (
        db.session.scalars(select(Mail.id).where(Mail.state == MailState.FAILED).limit(1)).first() is not None
    )


def get_letter(mail_id: UUID) -> Mail:
    """Return one message; NotFound if there is none."""
    row = db.session.get(Mail, mail_id)
    if row is None:
        raise NotFound
    return row
