"""Packages' forms."""

from flask_wtf.file import FileRequired
from wtforms import FileField, SelectField
from wtforms.validators import Optional

from lms.web.forms import CreateForm
from lms.web.words import lazy as _l


class UploadForm(CreateForm):
    """A package's zip, or the cmi5.xml of one that lies elsewhere."""

    file = FileField(
        _l("Package"),
        [FileRequired(_l("Choose a file."))],
        description=_l("SCORM 1.2 or cmi5 in a ZIP, or a cmi5.xml, up to 500 MB"),
    )


class ChooseForm(CreateForm):
    """A package for an activity: a new upload, or one that is here."""

    file = FileField(
        _l("Upload a package"), description=_l("SCORM 1.2 or cmi5 in a ZIP, or a cmi5.xml, up to 500 MB")
    )
    revision = SelectField(_l("Or use one that is here"), [Optional()], validate_choice=True)
