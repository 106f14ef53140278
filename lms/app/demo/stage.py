"""Which row each key of the demo's data files became, and who acts when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from lms.app.demo import world as worlds
from lms.app.demo.values import World
from lms.audiences.values import AudienceId
from lms.certificates.values import CertificationId
from lms.courses.values import Activity, CourseId
from lms.identity import facade as identity
from lms.identity.values import BrandId, OrganisationId, PersonId, PositionId, RegionId
from lms.kernel import clock
from lms.kernel.actor import Actor, acting_as, scopes_of
from lms.portal.deals.values import DealId, ProductId


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happened in the demo's past. `person` is who did it, None the system."""

    at: datetime
    do: Callable[[], None]
    person: str | None = None


@dataclass(slots=True)
class Stage:
    """The demo while it is being told."""

    world: World
    now: datetime
    organisations: dict[str, OrganisationId] = field(default_factory=dict)
    regions: dict[str, RegionId] = field(default_factory=dict)
    brands: dict[str, BrandId] = field(default_factory=dict)
    positions: dict[str, PositionId] = field(default_factory=dict)
    people: dict[str, PersonId] = field(default_factory=dict)
    courses: dict[str, CourseId] = field(default_factory=dict)
    exams: dict[str, Activity] = field(default_factory=dict)
    certifications: dict[str, CertificationId] = field(default_factory=dict)
    products: dict[str, ProductId] = field(default_factory=dict)
    deals: dict[str, DealId] = field(default_factory=dict)
    audiences: dict[str, AudienceId] = field(default_factory=dict)

    def ago(self, days: int, clock_time: str = "09:00") -> datetime:
        """Return that time of day so many days before the demo's present."""
        return worlds.instant(self.now, days, clock_time)

    @property
    def programme_manager(self) -> str:
        """Return who owns certifications, gates and tiers."""
        return next(
            person.key
            for person in self.world.people
            if any(grant.role == "programme_manager" for grant in person.roles)
        )

    def actor(self, key: str) -> Actor:
        """Return a person as they act through their own browser."""
        person_id = self.people[key]
        person = identity.get_person(person_id)
        grants = identity.list_grants(person_id)
        return Actor(
            person_id=person_id,
            name=person.name,
            employer_id=person.employer_id,
            grants=grants,
            scopes=scopes_of(grants, current_app.extensions["lms.policy"]),
        )

    def play(self, act: Act) -> None:
        """Let one act happen at its time, done by who did it."""
        with clock.frozen_at(act.at):
            if act.person is None:
                act.do()
            else:
                with acting_as(self.actor(act.person)):
                    act.do()
