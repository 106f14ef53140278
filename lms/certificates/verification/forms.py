"""The forms of who checks a certificate: for its code, and for a file."""

from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form, LineField
from lms.web.words import lazy as _l


class CodeForm(Form):
    """A code, as printed or as somebody reads it out."""

    class Meta:
        """Asking changes nothing, so it needs no token, and the address stays clean."""

        csrf = False

    code = LineField(
        _l("Code of the certificate"),
        [InputRequired(_l("Enter the code.")), Length(max=100)],
        description=_l(
            "It stands on the certificate: GH and sixteen letters and digits, twelve on older ones."
        ),
    )


class FileForm(Form):
    """A file that somebody was given as a certificate."""

    file = FileField(
        _l("File of the certificate"),
        [FileRequired(_l("Choose a file."))],
        description=_l(
            "The PDF or badge (PNG, JSON) as you were sent it, up to 5 MB. It is looked at and not kept."
        ),
    )
