"""The form by which an administrator makes a key for a source."""

from wtforms import IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from lms.lrs.values import XapiScope
from lms.web.forms import Choice, CreateForm, NameField
from lms.web.words import lazy as _l

SCOPES = {
    XapiScope.WRITE: _l("Store statements"),
    XapiScope.READ_MINE: _l("Read the statements it stored itself"),
    XapiScope.READ: _l("Read all statements"),
    XapiScope.STATE: _l("Keep and read the states of activities"),
    XapiScope.PROFILE: _l("Keep and read profiles of agents and activities"),
    XapiScope.ALL: _l("Everything"),
}
"""What each scope lets a source do, in words."""
MOST_PER_MINUTE = 1_000_000
MOST_MEGABYTES = 64


class KeyForm(CreateForm):
    """A source's name, what it may do and how much of it."""

    name = NameField(
        _l("Name of the source"),
        [InputRequired(_l("Name the source.")), Length(max=120)],
        description=_l("Its statements name it as the one who vouches for them."),
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        [InputRequired(_l("Choose at least one."))],
        choices=[Choice(scope.value, word) for scope, word in SCOPES.items()],
        default=[XapiScope.WRITE.value, XapiScope.READ_MINE.value],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    per_minute = IntegerField(
        _l("Requests a minute"), [InputRequired(), NumberRange(1, MOST_PER_MINUTE)], default=60_000
    )
    megabytes = IntegerField(
        _l("Largest request in MB"), [InputRequired(), NumberRange(1, MOST_MEGABYTES)], default=12
    )
