"""The form by which an audience is written; who is meant is read beside it, facet by facet."""

from wtforms.validators import InputRequired, Length, Optional

from lms.web.forms import CreateForm, NameField, TextField, VersionField
from lms.web.words import lazy as _l


class AudienceForm(CreateForm):
    """An audience's name and what is said of it; `seen` is the version it was opened at, empty for a new one."""

    seen = VersionField(must=False)
    name = NameField(
        _l("Name"),
        validators=[InputRequired(_l("Give the audience a name.")), Length(max=120)],
        description=_l("Authors find it by this name when they assign a course."),
    )
    note = TextField(_l("Note"), validators=[Optional(), Length(max=2000)])
