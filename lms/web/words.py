"""Words for people that are chosen before a reader is known, and translated when they are shown."""

from typing import cast

from flask_babel import gettext, lazy_gettext

from lms.kernel.messages import Message


def lazy(message: str, **values: object) -> str:
    """Return a string-like that translates itself when shown; import it as `_l`, so that extraction finds it."""
    return cast("str", lazy_gettext(message, **values))


def said(message: str) -> str:
    """Return what a parser or a rule said (a kernel Message) in the reader's language; the filter ``said``."""
    return message.translated(gettext) if isinstance(message, Message) else message
