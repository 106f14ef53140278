"""The form every feature's forms extend: translated, protected, and safe to send twice."""

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import StopValidation, ValidationError

from lms.kernel.db import new_id
from lms.kernel.lines import fault_of, fault_of_name, tidied
from lms.kernel.messages import Message
from lms.web.words import lazy as _l
from lms.web.words import said

Choice = SelectChoice
"""One choice of a select or radio field: value, label."""


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of ours. `error_list()` gives what the banner above it lists."""

    def error_list(self) -> list[tuple[str, str, str]]:
        """Return (field id, label, first message) for each field that needs a change."""
        return [
            (field.id, str(field.label.text), str(_first(field.errors)))
            for field in self
            if field.errors and field.type != "CSRFTokenField"
        ]

    def refuse(self, fields: dict[str, str]) -> None:
        """Put a service's complaints (`Invalid.fields`) beside the fields they name."""
        for name, message in fields.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, message]


def _first(errors: Any) -> Any:
    if isinstance(errors, dict):
        return _first(next(iter(errors.values())))
    return _first(errors[0]) if isinstance(errors, list | tuple) and errors else errors


class LineField(StringField):
    """Text of one line, tidied before it is looked at: what is invisible counts as nothing typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed as one line."""
        if valuelist:
            self.raw_data = [tidied(valuelist[0])]
            self.data = self.raw_data[0]

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  WTForms' shape
        """Refuse what cannot stand in it."""
        if self.data and (fault := self.fault(self.data)):
            raise StopValidation(said(fault))

    @staticmethod
    def fault(line: str) -> Message | None:
        """Return what is wrong with a line."""
        return fault_of(line)


class NameField(LineField):
    """What people or things are called."""

    @staticmethod
    def fault(line: str) -> Message | None:
        """Return what is wrong with a name."""
        return fault_of_name(line)


class CreateForm(Form):
    """A form that makes something: `key` becomes the new row's id, so a double click makes one."""

    key = HiddenField(default=lambda: str(new_id()))

    def validate_key(self, field: HiddenField) -> None:
        """Refuse a key that is no id."""
        try:
            UUID(str(field.data))
        except ValueError as error:
            raise ValidationError(_l("Reload this page and try again.")) from error

    @property
    def new_id(self) -> UUID:
        """Return the id that the new row shall have."""
        return UUID(str(self.key.data))
