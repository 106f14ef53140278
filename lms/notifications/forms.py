"""Notifications' form: what reaches a person by mail, and when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time

from wtforms import BooleanField, SelectField, TimeField
from wtforms.validators import InputRequired

from lms.kernel.actor import Role
from lms.notifications import rules
from lms.notifications.values import Choices, Delivery, LetterHours, NoticeGroup, Quiet
from lms.web.forms import Choice, Form
from lms.web.words import lazy as _l

WITHOUT_QUIET = Quiet(20 * rules.HOUR, 7 * rules.HOUR)
"""What the form proposes to somebody who has no quiet hours."""


@dataclass(frozen=True, slots=True)
class GroupWords:
    """What a group of notices is called, what is in it, and whom it concerns: everybody if nobody is named."""

    title: str
    note: str
    roles: frozenset[Role] = frozenset()


GROUPS: Mapping[NoticeGroup, GroupWords] = {
    NoticeGroup.LEARNING: GroupWords(
        _l("Learning"), _l("Courses you are given, due dates and reminders, marked work, completed paths")
    ),
    NoticeGroup.SESSIONS: GroupWords(
        _l("Live sessions"), _l("Seats, changes and reminders; entries for your calendar never wait")
    ),
    NoticeGroup.CERTIFICATION: GroupWords(
        _l("Certification"), _l("Certificates you earn, and what you are to earn")
    ),
    NoticeGroup.TEAM: GroupWords(
        _l("Your team"),
        _l("Whose courses are overdue or due soon, together and at most once a day"),
        frozenset({Role.PARTNER_ADMIN}),
    ),
    NoticeGroup.DEALS: GroupWords(
        _l("Deals"), _l("Registrations that are decided, wait for you, or come to their end")
    ),
    NoticeGroup.AUTHORING: GroupWords(
        _l("Authoring and marking"),
        _l("Reviews, prints, and work that waits to be marked"),
        frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    ),
}
DELIVERIES: Mapping[Delivery, str] = {
    Delivery.PORTAL: _l("In the portal only"),
    Delivery.AT_ONCE: _l("By mail, at once"),
    Delivery.DAILY: _l("By mail, in a daily digest"),
    Delivery.WEEKLY: _l("By mail, in a weekly digest"),
}
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


class NoticesForm(Form):
    """How a person wants to be told. `notices_form` adds a field for each group of notices."""

    digest_hour = SelectField(
        _l("Digests go out at"),
        [InputRequired()],
        choices=[Choice(str(hour), f"{hour:02}:00") for hour in range(24)],
    )
    weekday = SelectField(
        _l("The weekly one on"),
        [InputRequired()],
        choices=[Choice(str(number), word) for number, word in enumerate(WEEKDAYS)],
    )
    has_quiet = BooleanField(
        _l("Keep quiet hours"), description=_l("Letters wait until they end. Nothing is lost.")
    )
    quiet_from = TimeField(_l("From"), [InputRequired(_l("Enter a time, such as 20:00."))])
    quiet_until = TimeField(_l("Until"), [InputRequired(_l("Enter a time, such as 07:00."))])

    def groups(self) -> list[tuple[NoticeGroup, SelectField]]:
        """Return the field of each group that is offered."""
        return [(group, self[group.value]) for group in NoticeGroup if group.value in self]

    def deliveries(self) -> dict[NoticeGroup, Delivery]:
        """Return what was chosen, by group."""
        return {group: Delivery(field.data) for group, field in self.groups()}

    def hours(self, time_zone: str) -> LetterHours:
        """Return when letters are to go out."""
        quiet = Quiet(_minute(self.quiet_from.data), _minute(self.quiet_until.data))
        return LetterHours(
            time_zone=time_zone,
            digest_minute=int(self.digest_hour.data) * rules.HOUR,
            weekday=int(self.weekday.data),
            quiet=quiet if self.has_quiet.data else None,
        )


def groups_for(roles: Collection[Role]) -> list[NoticeGroup]:
    """Return the groups that concern somebody with these roles."""
    return [group for group, words in GROUPS.items() if not words.roles or words.roles & set(roles)]


def notices_form(groups: Collection[NoticeGroup], choices: Choices) -> NoticesForm:
    """Return the form with a field for each of these groups, filled with what is chosen."""
    fields = {
        group.value: SelectField(
            GROUPS[group].title,
            [InputRequired()],
            choices=[Choice(delivery.value, word) for delivery, word in DELIVERIES.items()],
            description=GROUPS[group].note,
        )
        for group in groups
    }
    quiet = choices.hours.quiet or WITHOUT_QUIET
    form: NoticesForm = type("NoticesForm", (NoticesForm,), fields)(
        digest_hour=str(choices.hours.digest_minute // rules.HOUR),
        weekday=str(choices.hours.weekday),
        has_quiet=choices.hours.quiet is not None,
        quiet_from=_time(quiet.from_minute),
        quiet_until=_time(quiet.until_minute),
        **{group.value: choices.delivery_of(group).value for group in groups},
    )
    return form


def _minute(at: time | None) -> int:
    return 0 if at is None else at.hour * rules.HOUR + at.minute


def _time(minute: int) -> time:
    return time(*divmod(minute, rules.HOUR))
