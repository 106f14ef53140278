"""The gallery at /style: every component in every state, for administrators, and for everyone in a demo."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.kernel import clock
from lms.kernel.actor import Role, current
from lms.kernel.errors import NotFound
from lms.web.access import public
from lms.web.forms import Form, LineField, NameField, TextField
from lms.web.pages import Page
from lms.web.words import lazy as _l

blueprint = Blueprint("style", __name__)

SENT = {
    "title": "Renewal exam: Safety Systems",
    "pass_mark": "180",
    "opens_on": "2026-11-31",
    "positions": "sales_rep",
    "unseen": "y",
    "password": "only shown",
    "reason": "only shown",
    "bank": "new",
    "language": "English",
}


class SampleForm(Form):
    """One field of every kind, some of them refused."""

    class Meta:
        """It is shown and never accepted."""

        csrf = False

    title = NameField(_l("Exam title"), [InputRequired()], description=_l("As learners read it."))
    email = EmailField(_l("E-mail for questions"))
    pass_mark = IntegerField(
        _l("Pass mark"),
        [InputRequired(), NumberRange(1, 100, _l("Choose a number from 1 to 100."))],
    )
    time_limit = IntegerField(_l("Time limit"), [Optional()])
    bank = SelectField(
        _l("Question bank"),
        [InputRequired()],
        choices=[
            SelectChoice("new", _l("Safety Systems, new edition")),
            SelectChoice("old", _l("Safety Systems, old edition")),
        ],
    )
    opens_on = DateField(_l("Opens on"), [InputRequired()])
    opens_at = DateTimeLocalField(_l("Opens at"), [Optional()])
    password = PasswordField(_l("Password"), [InputRequired()], description=_l("At least 12 characters."))
    language = LineField(
        _l("Language"), [InputRequired()], description=_l("Set by the course."), render_kw={"disabled": True}
    )
    note = TextField(_l("Note to examiners"))
    feedback = RadioField(
        _l("Feedback"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice("end", _l("At the end")), SelectChoice("try", _l("After each try"))],
    )
    positions = SelectMultipleField(
        _l("Positions"),
        choices=[SelectChoice("sales_rep", _l("Sales rep")), SelectChoice("technician", _l("Technician"))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    unseen = BooleanField(
        _l("Prefer questions the person has not seen"),
        description=_l("Only while the bank has enough of them."),
    )
    package = FileField(_l("Package"))
    reason = TextField(_l("Reason, shown on the public page"), [InputRequired()])


@blueprint.get("/style")
@public
def gallery() -> ResponseReturnValue:
    """Show every component in every state."""
    if not current_app.config["LMS_DEMO_SIGN_IN"] and Role.ADMINISTRATOR not in current().roles:
        raise NotFound
    form = SampleForm(MultiDict(SENT))
    form.validate()
    page: Page[str] = Page(items=(), next="sample", previous=None)
    return render_template("style/gallery.html", form=form, now=clock.now(), sample_page=page)
