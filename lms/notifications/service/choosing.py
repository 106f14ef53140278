"""What people choose of how they are told, and what that does to letters that wait."""

from collections.abc import Collection, Mapping
from datetime import datetime

from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel import events
from lms.kernel.db import db
from lms.notifications import rules
from lms.notifications.events import MailStopped, NoticeChoicesMade
from lms.notifications.models import NoticeChoiceRow
from lms.notifications.queries import kind_of
from lms.notifications.queries import waiting as queries
from lms.notifications.queries.waiting import Held
from lms.notifications.service import rounds
from lms.notifications.values import Choices, Delivery, LetterHours, NoticeGroup


def choose(
    *, person_id: PersonId, deliveries: Mapping[NoticeGroup, Delivery], hours: LetterHours, now: datetime
) -> None:
    """Keep how a person wants to be told; groups that are not named stay as they are.

    What waits goes when, and how, the new choice says.
    """
    person = identity.get_person(person_id)
    before = queries.get_choices(person)
    after = Choices(hours=hours, deliveries={**before.deliveries, **deliveries})
    if after == before:
        return
    _keep(person_id, after)
    events.record(NoticeChoicesMade(person_id=person_id))
    _rearrange(person, now)


def stop_mail(*, person_id: PersonId, groups: Collection[NoticeGroup], now: datetime) -> None:
    """Tell a person of these groups in the portal alone from now on."""
    person = identity.get_person(person_id)
    before = queries.get_choices(person)
    if all(before.delivery_of(group) is Delivery.PORTAL for group in groups):
        return
    stopped = dict.fromkeys(groups, Delivery.PORTAL)
    _keep(person_id, Choices(hours=before.hours, deliveries={**before.deliveries, **stopped}))
    events.record(MailStopped(person_id=person_id, groups=tuple(sorted(groups))))
    _rearrange(person, now)


def _keep(person_id: PersonId, choices: Choices) -> None:
    hours = choices.hours
    row = db.session.get(NoticeChoiceRow, person_id, with_for_update=True, populate_existing=True)
    if row is None:
        row = NoticeChoiceRow(person_id=person_id)
        db.session.add(row)
    row.deliveries = {group.value: delivery.value for group, delivery in choices.deliveries.items()}
    row.digest_minute, row.weekday = hours.digest_minute, hours.weekday
    row.quiet_from = hours.quiet.from_minute if hours.quiet else None
    row.quiet_until = hours.quiet.until_minute if hours.quiet else None
    db.session.flush()


def _rearrange(person: Person, now: datetime) -> None:
    """Let each notice that waits go as its reader wants it now."""
    if queries.hold_round(person.id) is None:
        return
    choices, gone = queries.get_choices(person), []
    for one in queries.list_held(person.id):
        delivery = _delivery(one, choices)
        if delivery is Delivery.PORTAL:
            gone.append(one)
        elif one.waiting.due_at > now:
            one.waiting.due_at, one.waiting.delivery = rules.letter_at(
                now, delivery, choices.hours, by=one.waiting.by_at
            )
    rounds.drop(gone)
    _plan_anew(person.id)


def move_hours(*, person_id: PersonId, now: datetime) -> None:
    """Let what waits for a person go by the clocks of the zone they are in now: none is lost, or sent twice."""
    if queries.hold_round(person_id) is None:
        return
    person = identity.get_person(person_id)
    choices = queries.get_choices(person)
    for one in queries.list_held(person_id):
        one.waiting.due_at, one.waiting.delivery = rules.moved(
            one.waiting.due_at, now, one.waiting.delivery, choices.hours, by=one.waiting.by_at
        )
    _plan_anew(person_id)


def _delivery(one: Held, choices: Choices) -> Delivery:
    return rules.delivery_for(
        kind_of(one.notice.kind), choices, has_calendar=one.waiting.calendar is not None
    )


def _plan_anew(person_id: PersonId) -> None:
    db.session.flush()
    found = queries.hold_round(person_id)
    if found is not None:
        found.next_at = queries.find_next_due(person_id)
        db.session.flush()
