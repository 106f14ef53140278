"""What comes of asking somebody for a certificate, known before it is done."""

from datetime import date, timedelta

from lms.certificates.cycles.rules import may_begin
from lms.certificates.cycles.values import Place
from lms.certificates.cycles.values.team import Outcome, Planned
from lms.certificates.values import Rule


def due_of(rule: Rule, due_on: date | None, today: date) -> date | None:
    """Return the day by which somebody is asked: the one that is given, else the one that the rule counts to."""
    if due_on is None and rule.due_days is not None:
        return today + timedelta(days=rule.due_days)
    return due_on


def plan(place: Place, due_on: date | None, *, is_meant: bool) -> Planned:
    """Return what comes of asking the person of `place` now, by `due_on`; of two days the earlier one holds."""
    outcome, due = _outcome(place, due_on, is_meant=is_meant)
    return Planned(
        person_id=place.person_id, certification_id=place.certification_id, outcome=outcome, due_on=due
    )


def _outcome(place: Place, due_on: date | None, *, is_meant: bool) -> tuple[Outcome, date | None]:
    if not is_meant:
        return Outcome.NOT_MEANT, None
    if not may_begin(place.state):
        return Outcome.HELD, place.on
    if place.cycle_id is None:
        return Outcome.ASKED, due_on
    if due_on is not None and (place.due_on is None or due_on < place.due_on):
        return Outcome.SOONER, due_on
    return Outcome.ALREADY, place.due_on
