"""Words for people that are chosen before a reader is known, and translated when they are shown."""

from typing import cast

from flask_babel import lazy_gettext


def lazy(message: str, **values: object) -> str:
    """Return a string-like that translates itself when shown; import it as `_l`, so that extraction finds it."""
    return cast("str", lazy_gettext(message, **values))
