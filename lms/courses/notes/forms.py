"""The forms of notes."""

from wtforms import HiddenField
from wtforms.validators import AnyOf, Length

from lms.web.forms import DocumentField, Form, VersionField
from lms.web.words import lazy as _l


class NoteForm(Form):
    """What somebody writes beside an activity."""

    text = DocumentField(_l("Your note"), [Length(max=10_000)])
    revision = VersionField()


class MarkForm(Form):
    """Whether an activity is marked."""

    is_marked = HiddenField(validators=[AnyOf(["yes", "no"])])
