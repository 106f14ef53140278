"""Packages' forms, and what a player's page posts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from flask_babel import gettext as _
from flask_wtf.file import FileRequired
from wtforms import FileField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from lms.courses.values import ActivityKey, CourseId
from lms.kernel.errors import Invalid, NotFound
from lms.packages.rules.lineage import Fates
from lms.packages.values import RevisionId, SessionId
from lms.packages.values.findings import PackageItem
from lms.packages.values.scorm2004 import Mode, Sent
from lms.web.forms import Choice, CreateForm, Form, Row, Rows, TextField, blame
from lms.web.words import lazy as _l
from lms.web.words import said

REMOVED = "-"
IS = "="
REASON_MOST = 1000
ACCEPTED = _l(
    "SCORM, cmi5, xAPI (tincan.xml) or a website in a ZIP, or a cmi5.xml or tincan.xml alone, up to 500 MB"
)


class UploadForm(CreateForm):
    """A package's zip, or the manifest of one that lies elsewhere."""

    file = FileField(_l("Package"), [FileRequired(_l("Choose a file."))], description=ACCEPTED)


class ChooseForm(CreateForm):
    """A package for an activity: a new upload, or one that is here."""

    file = FileField(_l("Upload a package"), description=ACCEPTED)
    revision = SelectField(_l("Or use one that is here"), [Optional()], validate_choice=True)


class FateRow(Row):
    """What became of one item."""

    item = HiddenField()
    became = SelectField(_l("What it is now"), [InputRequired()], choices=())


def _called(number: int) -> str:
    return _("Item %(number)s", number=number)


class FatesForm(Form):
    """What became of the items that a revision no longer has."""

    fates = Rows(FateRow, called=_called)

    def ask(
        self, gone: Sequence[PackageItem], fresh: Sequence[PackageItem], suggested: Mapping[str, str]
    ) -> None:
        """Ask about each item that is gone, with a suggestion where there is one; what was answered stays."""
        answered = {entry.form.item.data: entry.form.became.data for entry in self.fates}
        while len(self.fates):
            self.fates.pop_entry()
        choices = [
            Choice("", _("Choose …")),
            *(Choice(IS + one.identifier, _("is now “%(title)s”", title=one.title)) for one in fresh),
            Choice(REMOVED, _("was removed")),
        ]
        titles = [_("“%(title)s”", title=one.title) for one in gone]
        self.fates.called = lambda number: titles[number - 1]
        for one in gone:
            known = suggested.get(one.identifier)
            entry = self.fates.append_entry({"item": one.identifier})
            entry.form.became.choices = choices
            guess = IS + known if known else ""
            entry.form.became.data = answered.get(one.identifier, guess)

    def answers(self) -> Fates:
        """Return what was said of each item; those of which nothing was said are left out."""
        said_of = ((entry.form.item.data, entry.form.became.data or "") for entry in self.fates)
        return {
            item: None if became == REMOVED else became.removeprefix(IS) for item, became in said_of if became
        }

    def refuse_items(self, faults: Mapping[str, str]) -> None:
        """Put what is wrong beside the item that it is about."""
        for entry in self.fates:
            fault = faults.get(entry.form.item.data)
            if fault is not None:
                blame(entry.form.became, said(fault))
        self.fates.errors = [row.errors for row in self.fates]


class ConfirmForm(FatesForm):
    """Whether an upload is the next revision of a package or one of its own, and what became of its items."""

    kept_as = RadioField(
        _l("What it is"), [InputRequired(_l("Choose one."))], choices=[Choice("next", ""), Choice("own", "")]
    )

    @property
    def is_next(self) -> bool:
        """Return whether it is the next revision."""
        return bool(self.kept_as.data == "next")


ALL = "all"


class PutForm(Form):
    """Into which drafts a revision goes: those of all courses that play the package, or of one activity."""

    revision = HiddenField(validators=[InputRequired()])
    place = HiddenField(validators=[InputRequired()])

    @property
    def revision_id(self) -> RevisionId:
        """Return the revision that was looked at; NotFound for what is no id."""
        return RevisionId(_id(str(self.revision.data)))

    @property
    def places(self) -> Collection[tuple[CourseId, ActivityKey]] | None:
        """Return the activity that is named, None for all; NotFound for what is no name of one."""
        if self.place.data == ALL:
            return None
        course_id, _sign, key = str(self.place.data).partition("/")
        return [(CourseId(_id(course_id)), ActivityKey(_id(key)))]


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise NotFound from error


class WaiveForm(Form):
    """Why somebody need not do a lesson."""

    unit = HiddenField(validators=[InputRequired()])
    reason = TextField(
        _l("Reason"),
        [InputRequired(_l("Say why.")), Length(max=REASON_MOST)],
        description=_l("It is kept with the record, and the person may read it."),
    )


@dataclass(frozen=True, slots=True)
class _Posted:
    """The shape of what the page of a SCORM 2004 package posts."""

    item: str
    session: str
    sequence: int
    last: bool
    elements: dict[str, Any]
    navigation: str
    mode: Mode


def read_sent(content: bytes, session_of: Callable[[str], SessionId]) -> Sent:
    """Return what the page of a SCORM 2004 package posted; Invalid if it is not what it should be.

    ``session_of`` says which opening a page is of, and raises Invalid if it is none.
    """
    try:
        posted = msgspec.json.decode(content, type=_Posted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(_("What the player sent cannot be read: %(why)s", why=str(error)[:200])) from error
    if not 0 < posted.sequence < 2**31:
        raise Invalid(_("A commit's %(field)s is not what it should be.", field="sequence"))
    return Sent(
        item=posted.item,
        session_id=session_of(posted.session),
        sequence=posted.sequence,
        is_last=posted.last,
        elements=posted.elements,
        navigation=posted.navigation,
        mode=posted.mode,
    )
