"""The form by which a programme manager says what a gate asks for."""

from typing import Any

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.web.forms import Choice, Form, NameField, Row, Rows, VersionField
from lms.web.words import lazy as _l

HOLDER_ROWS = 3


class HoldersForm(Row):
    """One head count; a row without a certification asks for nothing."""

    certification_id = SelectField(_l("Certification"), validators=[Optional()], validate_choice=True)
    count = IntegerField(_l("Holders"), validators=[Optional(), NumberRange(min=1, max=1000)], default=1)
    position_id = SelectField(_l("Position"), validators=[Optional()])
    region_id = SelectField(_l("Region"), validators=[Optional()])
    with_branches = BooleanField(_l("Count the branches’ people too"))


class GateForm(Form):
    """A gate's rule for one brand; the choices are set by the view."""

    seen = VersionField()
    name = NameField(
        _l("Name"),
        validators=[InputRequired(_l("Give the rule a name.")), Length(max=120)],
        description=_l("Partners read it beside every decision."),
    )
    combine = RadioField(
        _l("What must be met"),
        validators=[InputRequired()],
        choices=[Choice("all", _l("Everything below")), Choice("any", _l("One thing below is enough"))],
        default="all",
    )
    authorised = BooleanField(_l("The partner is authorised for the brand"), default=True)
    submitter_certification_id = SelectField(_l("The submitter holds"), validators=[Optional()])
    tier = SelectField(_l("The partner stands at least on tier"), validators=[Optional()])
    holders = Rows(
        HoldersForm,
        called=lambda number: _("The partner has holders (%(number)s)", number=number),
        min_entries=HOLDER_ROWS,
        max_entries=HOLDER_ROWS,
    )
    requirement = HiddenField()

    def offer(
        self,
        *,
        certifications: list[Any],
        positions: list[Any],
        regions: list[Any],
        tiers: list[Any],
    ) -> None:
        """Set what may be chosen; each list begins with the choice of nothing."""
        self.submitter_certification_id.choices = certifications
        self.tier.choices = tiers
        for row in self.holders:
            row.form.certification_id.choices = certifications
            row.form.position_id.choices = positions
            row.form.region_id.choices = regions
