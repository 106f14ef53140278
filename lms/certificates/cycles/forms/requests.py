"""The forms of exemptions and recognitions: asking for one, and deciding."""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from lms.certificates.values import RequestKind
from lms.web.forms import Choice, CreateForm, Form, LineField, SensibleDay, TextField
from lms.web.words import lazy as _l

KINDS = (
    (
        RequestKind.RECOGNITION.value,
        _l("Recognise what they learned elsewhere: they are issued the certificate"),
    ),
    (RequestKind.EXEMPTION.value, _l("Exempt them: nothing is asked, and they do not count as holders")),
)


class RequestForm(CreateForm):
    """For whom, for what and why; the view gives the certifications."""

    email = LineField(
        _l("E-mail address of the person"), [InputRequired(_l("Say for whom.")), Length(max=254)]
    )
    certification_id = SelectField(_l("Certification"), [InputRequired(_l("Choose a certification."))])
    kind = RadioField(
        _l("What is asked for"),
        [InputRequired(_l("Choose one."))],
        choices=[Choice(*one) for one in KINDS],
        default=RequestKind.RECOGNITION.value,
    )
    words = TextField(
        _l("Reason and evidence"),
        [InputRequired(_l("Say why, and what proves it.")), Length(max=2000)],
        description=_l(
            "Where and when it was learned, who can confirm it. Read by who looks after this person and who decides."
        ),
    )
    file = FileField(_l("Evidence"), description=_l("PDF or picture, up to 20 MB."))
    through = DateField(
        _l("Through"), [Optional(), SensibleDay()], description=_l("Leave empty for no end of its own.")
    )

    def offer(self, certifications: Iterable[tuple[object, str]]) -> None:
        """Give the certifications to choose from."""
        self.certification_id.choices = [Choice(str(value), label) for value, label in certifications]


class ApproveForm(Form):
    """Until when, and what the person is told."""

    through = DateField(
        _l("Through"), [Optional(), SensibleDay()], description=_l("Leave empty for no end of its own.")
    )
    answer = TextField(
        _l("Answer"),
        [Optional(), Length(max=500)],
        description=_l("Who asked reads it."),
    )

    def show(self, through: Any) -> None:
        """Fill in what was asked for."""
        self.through.data = through


class ExemptForm(Form):
    """Why somebody is let off, and until when."""

    reason = TextField(_l("Reason"), [InputRequired(_l("Say why.")), Length(max=500)])
    through = DateField(
        _l("Through"), [Optional(), SensibleDay()], description=_l("Leave empty for no end of its own.")
    )


class RefuseForm(Form):
    """Why it is refused."""

    answer = TextField(_l("Answer"), [InputRequired(_l("Say why.")), Length(max=500)])


F = TypeVar("F", bound=Form)


def called(form: F, name: str) -> F:
    """Return a form whose fields have ids of their own: several of one kind stand on a page, each in its dialog."""
    for field in form:
        if field.type != "CSRFTokenField":
            field.id = f"{name}-{field.name}"
    return form
