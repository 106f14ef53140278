"""Packages' forms, and what a player's page posts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from flask_babel import gettext as _
from flask_wtf.file import FileRequired
from wtforms import FileField, SelectField
from wtforms.validators import Optional

from lms.kernel.errors import Invalid
from lms.packages.values import SessionId
from lms.packages.values.scorm2004 import Mode, Sent
from lms.web.forms import CreateForm
from lms.web.words import lazy as _l


class UploadForm(CreateForm):
    """A package's zip, or the cmi5.xml of one that lies elsewhere."""

    file = FileField(
        _l("Package"),
        [FileRequired(_l("Choose a file."))],
        description=_l("SCORM or cmi5 in a ZIP, or a cmi5.xml, up to 500 MB"),
    )


class ChooseForm(CreateForm):
    """A package for an activity: a new upload, or one that is here."""

    file = FileField(
        _l("Upload a package"), description=_l("SCORM or cmi5 in a ZIP, or a cmi5.xml, up to 500 MB")
    )
    revision = SelectField(_l("Or use one that is here"), [Optional()], validate_choice=True)


@dataclass(frozen=True, slots=True)
class _Posted:
    """The shape of what the page of a SCORM 2004 package posts."""

    item: str
    session: UUID
    sequence: int
    last: bool
    elements: dict[str, Any]
    navigation: str
    mode: Mode


def read_sent(content: bytes) -> Sent:
    """Return what the page of a SCORM 2004 package posted; Invalid if it is not what it should be."""
    try:
        posted = msgspec.json.decode(content, type=_Posted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(_("What the player sent cannot be read: %(why)s", why=str(error)[:200])) from error
    if not 0 < posted.sequence < 2**31:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="sequence"))
    return Sent(
        item=posted.item,
        session_id=SessionId(posted.session),
        sequence=posted.sequence,
        is_last=posted.last,
        elements=posted.elements,
        navigation=posted.navigation,
        mode=posted.mode,
    )
