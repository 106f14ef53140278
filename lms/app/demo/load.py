"""Fills an empty database with the demo: history told through the real services, each act at its own time."""

from collections.abc import Iterator
from functools import partial
from typing import TypeVar

from sqlalchemy import select

from lms.app.demo import (
    crowds,
    designing,
    doubled,
    mastery,
    meaning,
    proof,
    routes,
    selling,
    training,
    waivers,
)
from lms.app.demo import world as worlds
from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import OEM_KEY, Person
from lms.identity import facade as identity
from lms.identity.models import OrganisationRow
from lms.identity.values import (
    OrganisationKind,
    PersonState,
    ResellerModel,
)
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications import facade as notifications
from lms.notifications.values import Delivery, NoticeGroup
from lms.quizzes.statistics import service as statistics

K = TypeVar("K")


def is_empty() -> bool:
    """Return whether nobody has used this database yet."""
    with unit_of_work(read_only=True):
        return db.session.scalars(select(OrganisationRow.id).limit(1)).first() is None


def load_demo() -> None:
    """Fill the database in one transaction: the whole demo or nothing of it."""
    stage = Stage(worlds.load(), clock.now())
    with unit_of_work(), acting_as(SYSTEM):
        acts = [
            *_organisation(stage),
            *training.history(stage),
            *routes.history(stage),
            *designing.history(stage),
            *proof.history(stage),
            *mastery.history(stage),
            *waivers.history(stage),
            *selling.history(stage),
            *doubled.history(stage),
            *meaning.history(stage),
            *crowds.history(stage),
        ]
        for act in sorted(acts, key=lambda one: one.at):
            stage.play(act)
        # What the worker would do a little later: the pages of statistics are there at once.
        while statistics.sweep():
            pass


def _organisation(stage: Stage) -> Iterator[Act]:
    yield Act(stage.ago(1 + max(_days_here(person) for person in stage.world.people)), lambda: _found(stage))
    for person in stage.world.people:
        yield from _career(stage, person)


def _found(stage: Stage) -> None:
    world, now = stage.world, clock.now()
    for region in world.regions:
        stage.regions[region.key] = identity.add_region(
            name=region.name,
            code=region.key,
            parent_id=stage.regions[region.parent] if region.parent else None,
        )
    for brand in world.brands:
        stage.brands[brand.key] = identity.add_brand(name=brand.name, code=brand.maker)
    for position in world.positions:
        stage.positions[position.key] = identity.add_position(name=position.name, code=position.key)
    stage.organisations[OEM_KEY] = identity.add_organisation(
        name=world.oem.name,
        kind=OrganisationKind.OEM,
        model=None,
        parent_id=None,
        region_id=stage.regions[world.oem.region],
        country=world.oem.country,
        domain=world.oem.domain,
        now=now,
    )
    for partner in world.partners:
        stage.organisations[partner.key] = identity.add_organisation(
            name=partner.name,
            kind=OrganisationKind.PARTNER,
            model=ResellerModel(partner.model),
            parent_id=stage.organisations[partner.parent] if partner.parent else None,
            region_id=stage.regions[partner.region],
            country=partner.country,
            domain=partner.domain,
            now=now,
        )
        for key in partner.brands:
            identity.authorise_brand(
                organisation_id=stage.organisations[partner.key], brand_id=stage.brands[key]
            )


def _days_here(person: Person) -> int:
    return max([person.joined_days_ago, *[job.from_days_ago for job in person.earlier]])


def _career(stage: Stage, person: Person) -> Iterator[Act]:
    yield Act(stage.ago(_days_here(person), "08:00"), lambda: _add_person(stage, person))
    for job in person.earlier:
        yield Act(
            stage.ago(job.from_days_ago, "08:30"),
            lambda job=job: _employ(stage, person, job.employer, job.position, job.region),  # type: ignore[misc]
        )
    yield Act(
        stage.ago(person.joined_days_ago, "08:30"),
        lambda: _employ(stage, person, person.employer, person.position, person.region),
    )
    yield Act(stage.ago(person.joined_days_ago, "08:45"), lambda: _grant(stage, person))
    if person.digest is not None:
        chosen = partial(_choose, stage, person, Delivery(person.digest))
        yield Act(stage.ago(person.joined_days_ago, "08:50"), chosen, person.key)


def _add_person(stage: Stage, person: Person) -> None:
    stage.people[person.key] = identity.add_person(
        email=stage.world.email_of(person),
        name=person.name,
        locale=person.language,
        time_zone=person.time_zone,
        showcase_line=person.showcase.line if person.showcase else "",
        state=PersonState.ACTIVE,
        now=clock.now(),
    )


def _employ(stage: Stage, person: Person, employer: str, position: str | None, region: str) -> None:
    identity.employ(
        person_id=stage.people[person.key],
        organisation_id=stage.organisations[employer],
        position_id=stage.positions[position] if position else None,
        region_id=stage.regions[region],
        now=clock.now(),
    )


def _choose(stage: Stage, person: Person, delivery: Delivery) -> None:
    """Let somebody choose to have the news of their training together."""
    account = identity.get_person(stage.people[person.key])
    groups = (NoticeGroup.LEARNING, NoticeGroup.CERTIFICATION, NoticeGroup.TEAM)
    notifications.choose(
        person_id=account.id,
        deliveries=dict.fromkeys(groups, delivery),
        hours=notifications.get_choices(account).hours,
        now=clock.now(),
    )


def _grant(stage: Stage, person: Person) -> None:
    for grant in person.roles:
        scope = (
            EVERYTHING
            if grant.scope == "everything"
            else Scope(
                organisation_roots=frozenset({stage.organisations[grant.partner]} if grant.partner else ()),
                region_roots=frozenset(stage.regions[key] for key in grant.regions),
            )
        )
        identity.grant_role(
            person_id=stage.people[person.key],
            role=Role(grant.role),
            scope=scope,
            actor=SYSTEM,
            now=clock.now(),
        )
