"""Identity's forms."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from wtforms import EmailField, HiddenField, PasswordField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Email, InputRequired, Length, Optional

from lms.identity.rules import PASSWORD_MAX, PASSWORD_MIN, REACHES
from lms.identity.values import ROLES, Organisation, PersonState, Position, Region
from lms.web.context import LOCALES
from lms.web.forms import CreateForm, Form, NameField
from lms.web.words import lazy as _l

PERSON_STATES = {
    PersonState.ACTIVE: ("valid", _l("Active")),
    PersonState.INVITED: ("progress", _l("Invited")),
    PersonState.SUSPENDED: ("danger", _l("Suspended")),
    PersonState.ERASED: ("none", _l("Erased")),
    PersonState.MERGED: ("none", _l("Joined to another account")),
}
"""How each state looks (a state of the design system) and its word."""
TIME_ZONES = tuple(
    sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
)
_LANGUAGES = [SelectChoice(code, name) for code, name in LOCALES]
_IS_ADDRESS = Email(_l("This is no e-mail address."))
_HOW_LONG = _l(
    "At least %(count)s characters. A few words that do not belong together are strong and easy to keep in mind.",
    count=PASSWORD_MIN,
)


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [InputRequired(_l("Enter your e-mail address.")), Length(max=254)])
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Enter your password.")), Length(max=PASSWORD_MAX)]
    )
    next = HiddenField()


class AskResetForm(Form):
    """The address of an account whose password was forgotten."""

    email = EmailField(
        _l("E-mail"),
        [
            InputRequired(_l("Enter your e-mail address.")),
            Length(max=254),
            _IS_ADDRESS,
        ],
    )


class NewPasswordForm(Form):
    """A password to begin with. Its rules are the service's, which knows whose it is."""

    password = PasswordField(
        _l("New password"), [InputRequired(_l("Choose a password."))], description=_HOW_LONG
    )


class ChangePasswordForm(Form):
    """The present password and the next."""

    current = PasswordField(
        _l("Present password"), [InputRequired(_l("Enter your present password.")), Length(max=PASSWORD_MAX)]
    )
    password = PasswordField(
        _l("New password"), [InputRequired(_l("Choose a password."))], description=_HOW_LONG
    )


class AccountForm(Form):
    """What a person may change of their own account."""

    name = NameField(_l("Name"), [InputRequired(_l("Enter your name.")), Length(max=200)])
    locale = SelectField(_l("Language"), [InputRequired()], choices=_LANGUAGES)
    time_zone = SelectField(
        _l("Time zone"),
        [InputRequired()],
        choices=[SelectChoice(zone, zone.replace("_", " ")) for zone in ("UTC", *TIME_ZONES)],
        description=_l("Dates and times are shown in it."),
    )


class RenameForm(Form):
    """Another name for somebody, where their own account does not let them change it."""

    name = NameField(
        _l("Name"),
        [InputRequired(_l("Enter the person’s name.")), Length(max=200)],
        description=_l("Stands on this person’s certificates from now on, on those given before too."),
    )


class InviteForm(CreateForm):
    """Somebody new at an organisation."""

    name = NameField(_l("Name"), [InputRequired(_l("Enter the person’s name.")), Length(max=200)])
    email = EmailField(
        _l("E-mail"),
        [
            InputRequired(_l("Enter the person’s address.")),
            Length(max=254),
            _IS_ADDRESS,
        ],
        description=_l("The invitation goes there."),
    )
    organisation = SelectField(_l("Organisation"), [InputRequired(_l("Choose an organisation."))])
    position = SelectField(_l("Position"), [Optional()])
    locale = SelectField(
        _l("Language"),
        [InputRequired()],
        choices=_LANGUAGES,
        description=_l("Of the invitation. The person can change it."),
    )

    def offer(self, organisations: Sequence[Organisation], positions: Sequence[Position]) -> "InviteForm":
        """Fill the choices."""
        self.organisation.choices = organisation_choices(
            organisations, none=None if len(organisations) == 1 else _l("Choose one")
        )
        self.position.choices = _positions(positions)
        return self


class MoveForm(Form):
    """Where a person works from now on."""

    organisation = SelectField(_l("Organisation"), [InputRequired(_l("Choose an organisation."))])
    position = SelectField(_l("Position"), [Optional()])

    def offer(self, organisations: Sequence[Organisation], positions: Sequence[Position]) -> "MoveForm":
        """Fill the choices."""
        self.organisation.choices = organisation_choices(organisations, none=_l("Choose one"))
        self.position.choices = _positions(positions)
        return self


class RoleForm(Form):
    """A role and where it reaches; both places left open means everything."""

    role = SelectField(
        _l("Role"),
        [InputRequired(_l("Choose a role."))],
        choices=[SelectChoice(role.value, ROLES[role]) for role in REACHES],
    )
    organisation = SelectField(
        _l("Within an organisation"),
        [Optional()],
        description=_l("And all its branches. For partner admins."),
        # The person's page asks for an organisation twice, and a label leads to the first of two equal ids.
        id="role-organisation",
    )
    region = SelectField(
        _l("Within a region"), [Optional()], description=_l("And all regions in it. For channel managers.")
    )

    def offer(self, organisations: Sequence[Organisation], regions: Sequence[Region]) -> "RoleForm":
        """Fill the choices."""
        self.organisation.choices = organisation_choices(organisations, none=_l("No organisation"))
        self.region.choices = [
            SelectChoice("", _l("No region")),
            *[SelectChoice(str(one.id), one.name) for one in regions],
        ]
        return self


def organisation_choices(organisations: Sequence[Organisation], *, none: str | None) -> list[SelectChoice]:
    """Return the choices of a field that asks for an organisation, `none` first where it may stay open."""
    first = [] if none is None else [SelectChoice("", none)]
    return [*first, *[SelectChoice(str(one.id), one.name) for one in organisations]]


def _positions(positions: Sequence[Position]) -> list[SelectChoice]:
    return [SelectChoice("", _l("None yet")), *[SelectChoice(str(one.id), one.name) for one in positions]]
