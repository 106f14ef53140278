"""The form every feature's forms extend: translated, protected, and safe to send twice."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from lms.kernel import clock
from lms.kernel.db import new_id
from lms.kernel.lines import (
    fault_of,
    fault_of_name,
    fault_of_text,
    is_blank,
    tidied,
    with_plain_breaks,
    with_single_breaks,
)
from lms.kernel.messages import Message
from lms.web import characters
from lms.web.numbers import whole_number
from lms.web.validators import OurMeta
from lms.web.words import lazy as _l
from lms.web.words import said

FIRST_YEAR = 1900

Choice = SelectChoice
"""One choice of a select or radio field: value, label."""


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of ours. `error_list()` gives what the banner above it lists."""

    class Meta(OurMeta, FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Forms speak as the rest of the product does."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether every field is right; one that held what cannot be kept is told, and stands without it."""
        is_right = bool(super().validate(extra_validators))
        for field in self:
            if characters.told(_within(field.name)):
                is_right = False
                field.errors = [
                    *field.errors,
                    _(
                        "There was a character in it that cannot be kept. It was taken out: look it over, then send it."
                    ),
                ]
        return is_right

    def error_list(self) -> list[tuple[str, str, str]]:
        """Return (field id, label, first message) for each field that needs a change; a hidden one has no place.

        Of rows each field is told by itself, with the row's name for its label.
        """
        return [
            told
            for field in self
            if field.errors and field.type != "CSRFTokenField"
            for told in (field.faults() if isinstance(field, Rows) else [_fault(field)])
        ]

    def refuse(self, fields: dict[str, str]) -> None:
        """Put a service's complaints (`Invalid.fields`) beside the fields they name."""
        for name, message in fields.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, message]


def _within(name: str) -> Callable[[str], bool]:
    """Return what knows the names of a field, and of the fields of its rows."""
    return lambda sent: sent == name or sent.startswith(f"{name}-")


def _fault(field: Any, label: str = "") -> tuple[str, str, str]:
    if isinstance(field.widget, HiddenInput):
        return "", label, str(_first(field.errors))
    return field.id, label or str(field.label.text), str(_first(field.errors))


class Row(FlaskForm):  # type: ignore[misc]  # as above
    """Fields that stand in a form several times: translated as it is, and held by its token."""

    class Meta(OurMeta, FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Rows bring no token of their own."""

        csrf = False


class Rows(FieldList):  # type: ignore[type-arg]  # generic in its stubs alone
    """Rows of a form; `called` names one by its number, from 1, as the page does: Product 2.

    A rule over all rows (`validate_<name>`) finds fault with a field of one by `blame`, so that it is told there and
    once.
    """

    def __init__(
        self, row: type[Row], label: str = "", *, called: Callable[[int], str], **kwargs: Any
    ) -> None:
        """Make the field."""
        super().__init__(FormField(row), label, **kwargs)
        self.called = called

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Return whether every row is right, and all of them together."""
        super().validate(form, extra_validators)
        rows = [row.errors for row in self]
        self.errors = [*(rows if any(rows) else ()), *self.own_errors]
        return not self.errors

    @property
    def own_errors(self) -> list[str]:
        """Return what is wrong with all of them together."""
        return [str(one) for one in self.errors if not isinstance(one, dict | list | tuple)]

    def faults(self) -> list[tuple[str, str, str]]:
        """Return (field id, the row's name, first message) for each field of a row, and what concerns all of them."""
        found = [
            _fault(field, self.called(number))
            for number, row in enumerate(self, 1)
            for field in row.form
            if field.errors
        ]
        return [*found, *((self.id, str(self.label.text), message) for message in self.own_errors)]


def blame(field: Any, message: str) -> None:
    """Find fault with a field of a row, unless it was found fault with already: one mistake is told once."""
    if not field.errors:
        field.errors = [message]


def _first(errors: Any) -> Any:
    return _first(errors[0]) if isinstance(errors, list | tuple) and errors else errors


class VersionField(HiddenField):
    """The version that somebody had before them when they opened a form: a save over a newer one is refused by it.

    Text that is no version is refused too, since nothing could be compared; so is none, where it `must` be there.
    """

    def __init__(self, *args: Any, must: bool = True, **kwargs: Any) -> None:
        """Make the field."""
        super().__init__(*args, **kwargs)
        self.must = must

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is no version."""
        if self.version is None and (self.must or self.data):
            raise StopValidation(_l("Reload this page and try again."))

    @property
    def version(self) -> int | None:
        """Return the version; None without one."""
        return whole_number(str(self.data or ""))


class SensibleDay:
    """Refuses days before 1900, and those that are more than some years off: nobody means them."""

    def __init__(self, *, years: int = 10) -> None:
        self.years = years

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise ValidationError for a day that nobody means."""
        day, today = field.data, clock.now().date()
        if day is not None and not FIRST_YEAR <= day.year <= today.year + self.years:
            raise ValidationError(
                _(
                    "Choose a day from %(first)s to %(last)s.",
                    first=str(FIRST_YEAR),
                    last=str(today.year + self.years),
                )
            )


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


class TextField(TextAreaField):
    """Text of some lines for people to read, such as a reason or a comment: no line may hold what a name may not.

    Documents are no such texts: DocumentField.
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed with every break between its lines alike; what cannot be seen is nothing typed."""
        if valuelist:
            typed = with_plain_breaks(valuelist[0])
            self.raw_data = ["" if is_blank(typed) and fault_of_text(typed) is None else typed]
            self.data = self.raw_data[0]

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  WTForms' shape
        """Refuse what cannot stand in it."""
        if self.data and (fault := fault_of_text(self.data)):
            raise StopValidation(said(fault))


class DocumentField(TextAreaField):
    """Lessons, tasks, notes and what is handed in: whole pages are pasted there, with whatever turns text around.

    Wherever they are shown, they are set apart from what surrounds them (`dir="auto"`).
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed with the end of each line as one character: so it is counted, here as in the browser."""
        if valuelist:
            self.raw_data = [with_single_breaks(valuelist[0])]
            self.data = self.raw_data[0]


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
            # The page that says so comes with a key that holds.
            field.data = str(new_id())
            raise ValidationError(_l("Reload this page and try again.")) from error

    @property
    def new_id(self) -> UUID:
        """Return the id that the new row shall have."""
        return UUID(str(self.key.data))
