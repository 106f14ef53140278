"""The demo’s certification that asks for more than courses: attendance, hours on site, and a trainer’s audit."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

import msgspec
import yaml

from lms.app.demo.stage import Act, Stage
from lms.app.demo.world import HERE
from lms.certificates import facade as certificates
from lms.certificates.values import (
    AllOf,
    AtLeast,
    CertificationHeld,
    CertificationId,
    DeedKey,
    EquivalenceId,
    HoursPractised,
    ItemGiven,
    LiveAttended,
    Rule,
    Words,
)
from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id

FILE: Final = HERE / "mastery.yaml"


class Logged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Practice that somebody logged; without `approved_by` it waits."""

    person: str
    days_ago: int
    hours: Decimal
    words: str
    approved_by: str | None = None


class Mastery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The certification and what was logged for it."""

    code: str
    title: str
    glyph: str
    brand: str
    description: str
    needed_by: tuple[str, ...]
    defined_days_ago: int
    rests_on: str
    course: str
    live: str
    practice: str
    hours: int
    again_hours: int
    item: str
    valid_months: int
    renewal_window_days: int
    grace_days: int
    due_days: int
    counted_days_ago: int
    """Since when its holders count, for their partner, as holders of what it rests on."""
    logged: tuple[Logged, ...]


def load() -> Mastery:
    """Return it; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Mastery, strict=False)


def history(stage: Stage) -> Iterator[Act]:
    """Yield its definition and what people logged, in no order."""
    one, key = load(), DeedKey(new_id())
    yield Act(
        stage.ago(one.defined_days_ago, "10:30"), partial(_define, stage, one, key), stage.programme_manager
    )
    yield Act(
        stage.ago(one.counted_days_ago, "10:40"), partial(_let_count, stage, one), stage.programme_manager
    )
    for logged in one.logged:
        practice_id = new_id()
        yield Act(
            stage.ago(logged.days_ago, "16:40"),
            partial(_log, stage, one, key, logged, practice_id),
            logged.person,
        )
        if logged.approved_by:
            approve = partial(_approve, practice_id)
            yield Act(stage.ago(logged.days_ago - 1, "08:20"), approve, logged.approved_by)


def _define(stage: Stage, one: Mastery, key: DeedKey) -> None:
    rests_on = certificates.get_certification(stage.certifications[one.rests_on])
    live = next(each for each in courses.list_activities(stage.courses[one.course]) if each.title == one.live)
    item = ItemGiven(DeedKey(new_id()), one.item)
    attended = LiveAttended(live.key, live.course_id, live.title, live.minutes)
    stage.certifications[one.code] = certificates.define_certification(
        certification_id=CertificationId(new_id()),
        words=Words(
            code=one.code,
            title=one.title,
            glyph=one.glyph,
            description=one.description,
            brand_id=stage.brands[one.brand],
            needed_by=frozenset(stage.positions[position] for position in one.needed_by),
        ),
        rule=Rule(
            requirement=AllOf(
                (
                    CertificationHeld(rests_on.id, rests_on.title),
                    AtLeast(2, (attended, HoursPractised(key, one.practice, one.hours), item)),
                )
            ),
            active_months=one.valid_months,
            renewal_window_days=one.renewal_window_days,
            grace_days=one.grace_days,
            renewal=HoursPractised(key, one.practice, one.again_hours),
            due_days=one.due_days,
        ),
        actor=current(),
        now=clock.now(),
    )


def _log(stage: Stage, one: Mastery, key: DeedKey, logged: Logged, practice_id: UUID) -> None:
    now = clock.now()
    certificates.log_practice(
        practice_id=practice_id,
        person_id=stage.people[logged.person],
        certification_id=stage.certifications[one.code],
        key=key,
        entry=certificates.PracticeEntry(
            minutes=int(logged.hours * 60), done_on=(now - timedelta(days=1)).date(), words=logged.words
        ),
        actor=current(),
        now=now,
    )


def _approve(practice_id: UUID) -> None:
    certificates.decide_practice(
        practice_id=practice_id, is_approved=True, reason="", actor=current(), now=clock.now()
    )


def _let_count(stage: Stage, one: Mastery) -> None:
    """Let who masters more count for their partner as a holder of what that rests on, whose renewal they may let go."""
    certificates.declare_equivalence(
        equivalence_id=EquivalenceId(new_id()),
        from_id=stage.certifications[one.code],
        to_id=stage.certifications[one.rests_on],
        credited=certificates.Credited.COMPANY,
        up_to_version=None,
        through=None,
        actor=current(),
        now=clock.now(),
    )
