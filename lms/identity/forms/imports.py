"""Forms of importing people, and the words for columns, states and what rows do."""

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import Optional

from lms.identity.forms import organisation_choices
from lms.identity.values import Organisation
from lms.identity.values.imports import ImportField, ImportState, RowFate
from lms.web.forms import CreateForm, Form
from lms.web.words import lazy as _l

IMPORT_FIELDS = {
    ImportField.EXTERNAL_ID: _l("External id"),
    ImportField.EMAIL: _l("E-mail"),
    ImportField.NAME: _l("Name"),
    ImportField.GIVEN_NAME: _l("Given name"),
    ImportField.FAMILY_NAME: _l("Family name"),
    ImportField.ORGANISATION: _l("Organisation"),
    ImportField.POSITION: _l("Position"),
    ImportField.REGION: _l("Region"),
    ImportField.LANGUAGE: _l("Language"),
    ImportField.TIME_ZONE: _l("Time zone"),
    ImportField.STATE: _l("Active or leaves"),
    ImportField.INVITE: _l("Invite, yes or no"),
}
IMPORT_STATES = {
    ImportState.MAPPING: ("soon", _l("Columns to name")),
    ImportState.CHECKING: ("progress", _l("Dry run under way")),
    ImportState.CHECKED: ("soon", _l("Ready to confirm")),
    ImportState.STORING: ("progress", _l("Being stored")),
    ImportState.DONE: ("valid", _l("Stored")),
    ImportState.CANCELLED: ("none", _l("Stopped")),
}
ROW_FATES = {
    RowFate.NEW: ("valid", _l("New")),
    RowFate.CHANGED: ("progress", _l("Changed")),
    RowFate.MOVED: ("progress", _l("Moves")),
    RowFate.LEAVING: ("soon", _l("Leaves")),
    RowFate.SAME: ("none", _l("The same")),
    RowFate.REFUSED: ("danger", _l("Refused")),
}


class PeopleUploadForm(CreateForm):
    """A table of people, to be looked at before anything of it is stored."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class ColumnsForm(Form):
    """What a table does not say row by row. Its columns are the service's to judge, under `mapping`."""

    mapping = HiddenField()
    organisation = SelectField(
        _l("Organisation of new people"),
        [Optional()],
        description=_l("For rows that do not name one."),
    )
    invites = BooleanField(
        _l("Invite new people"),
        description=_l("By mail, a few at a time, once they are stored. A column can say it for each row."),
    )

    def offer(self, organisations: Sequence[Organisation]) -> "ColumnsForm":
        """Fill the choices."""
        self.organisation.choices = organisation_choices(
            organisations, none=None if len(organisations) == 1 else _l("Each row names one")
        )
        return self
