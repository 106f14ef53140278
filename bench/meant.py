"""Figures of audiences: 200 of them over 100,000 people, and what it costs that facts change.

The people are made for this alone, in a database that is thrown away: nothing but organisations, regions, brands,
employments and audiences. What is timed is the whole change as a person asks for it, from the first query to the end
of its commit: the change itself, everything that reacts to it within, and the re-evaluation of all audiences.
"""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text

from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from bench.world import NOW
from lms.audiences import facade as audiences
from lms.audiences import service
from lms.audiences.models import AudienceMember, AudienceRow
from lms.audiences.queries import audiences as queries
from lms.audiences.values import NESTED, AudienceId, Rule
from lms.identity import facade as identity
from lms.identity.models import (
    BrandAuthorisation,
    BrandRow,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    PositionRow,
    RegionAncestry,
    RegionRow,
)
from lms.identity.values import OrganisationId, PersonId, ResellerModel
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, acting_as
from lms.kernel.db import Base, db, new_id
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest

PEOPLE, AUDIENCES = 100_000, 200
BIG, STAFF = 1_000, 25
"""How many work at the one organisation that moves, and at any other."""
PERSON_MS, ORGANISATION_S = 50, 2
TURNS = 21
BATCH = 20_000
SEED = 20_261_126


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of audiences; `suffix` names the database where it is not SQLite."""
    end = f"{AUDIENCES}x{PEOPLE}{suffix}"
    yield Figure(f"audiences.person_ms.{end}", "ms", PERSON_MS)
    yield Figure(f"audiences.organisation_s.{end}", "s", ORGANISATION_S)
    yield Figure(f"audiences.look_ms.{end}", "ms")
    yield Figure(f"audiences.fill_s.{end}", "s")
    yield Figure(f"audiences.list_ms.{end}", "ms")


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with thrown_away(database_url, name="guildhall_bench_audiences"):
        found = take(build(PEOPLE))
    return {f"audiences.{name}.{AUDIENCES}x{PEOPLE}{suffix}": value for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Meant:
    """What the figures need to know of the people they are measured on."""

    people: tuple[PersonId, ...]
    organisations: tuple[OrganisationId, ...]
    big: OrganisationId
    regions: tuple[Any, ...]
    positions: tuple[Any, ...]


def build(people: int, *, big: int = BIG) -> Meant:
    """Store so many people and the audiences in the current portal's empty database, and let these be filled."""
    world = write(people, big=big)
    with unit_of_work():
        service.follow_people(world.people)
    if db.engine.dialect.name == "postgresql":
        _analyze()
    return world


def write(people: int, *, big: int = BIG) -> Meant:
    """Store so many people and the audiences, of which nobody is in any yet."""
    maker = _Maker(people, big)
    with unit_of_work():
        world = maker.write()
    if db.engine.dialect.name == "postgresql":
        _analyze()
    return world


def _analyze() -> None:
    """Do what the server's own autovacuum does within a minute; SQLite has no such thing."""
    db.session.remove()
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def take(world: Meant) -> dict[str, float]:
    """Return each figure: the median of many changes of one person, and the slower of two moves of the big one."""
    found = {
        "person_ms": statistics.median(_changes(world)) * 1000,
        "organisation_s": max(_moves(world)),
        "look_ms": _seconds(lambda: _look(world)) * 1000,
        "list_ms": _seconds(_list) * 1000,
        "fill_s": _fill(),
    }
    with unit_of_work(read_only=True):
        members = db.session.scalar(select(func.count()).select_from(AudienceMember)) or 0
    if members < len(world.people):
        raise AssertionError(f"{members} memberships: these audiences mean nobody")
    return found


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    spent = time.perf_counter() - began
    db.session.remove()
    return spent


def _changes(world: Meant) -> Iterator[float]:
    """Yield what it takes to give people another employer and position, one after the other; the first warms up."""
    random = Random(SEED)  # noqa: S311  the same every time
    for turn in range(TURNS):
        change = _employed(random.choice(world.people), random.choice(world.organisations), world, random)
        spent = _seconds(change)
        if turn:
            yield spent


def _employed(
    person_id: PersonId, organisation_id: OrganisationId, world: Meant, random: Random
) -> Callable[[], None]:
    position_id = random.choice(world.positions)

    def work() -> None:
        with unit_of_work(), acting_as(SYSTEM):
            identity.employ(
                person_id=person_id,
                organisation_id=organisation_id,
                position_id=position_id,
                region_id=None,
                now=clock.now(),
            )

    return work


def _moves(world: Meant) -> Iterator[float]:
    for region_id in world.regions[-2:]:
        before = _places(world.big)

        def work(region_id: Any = region_id) -> None:
            with unit_of_work(), acting_as(SYSTEM):
                identity.change_organisation(
                    organisation_id=world.big,
                    parent_id=None,
                    region_id=region_id,
                    model=ResellerModel.RESELLER,
                )

        yield _seconds(work)
        if _places(world.big) == before:
            raise AssertionError("the move changed nobody's audiences")


def _places(organisation_id: OrganisationId) -> set[tuple[PersonId, AudienceId]]:
    with unit_of_work(read_only=True):
        return queries.list_members(list(db.session.scalars(identity.employed_at(organisation_id))))


def _look(world: Meant) -> None:
    rule = Rule(any_of={"region": frozenset({str(world.regions[1])}), "position": _text(world.positions[:2])})
    with unit_of_work(read_only=True):
        queries.look_at(rule, EVERYTHING)


def _list() -> None:
    with unit_of_work(read_only=True):
        queries.page_lines(EVERYTHING, "", PageRequest())


def _fill() -> float:
    """Return what it takes to let one audience of everybody but a few follow a new rule, in its job."""
    with unit_of_work(read_only=True):
        one = next(one for one in audiences.list_audiences() if not one.rule.nested)
    rule = Rule(none_of={"language": frozenset({"ar"})})
    with unit_of_work(), acting_as(SYSTEM):
        service.save_audience(
            audience_id=one.id, name=one.name, note="", rule=rule, actor=SYSTEM, now=NOW, seen=one.version
        )
    began = time.perf_counter()
    more = True
    while more:
        with unit_of_work(), acting_as(SYSTEM):
            more = service.fill_next()
    return time.perf_counter() - began


def _text(ids: Any) -> frozenset[str]:
    return frozenset(map(str, ids))


class _Maker:
    """Makes the rows, the same every time for the same size."""

    def __init__(self, people: int, big: int) -> None:
        self._size, self._big = people, min(big, people // 2)
        self._random = Random(SEED)  # noqa: S311  the same every time
        self._positions = [new_id() for _number in range(8)]
        self._brands = [new_id() for _number in range(12)]
        self._regions: list[UUID] = []
        self._organisations: list[UUID] = []
        self._people: list[UUID] = []

    def write(self) -> Meant:
        """Write every table, what is referred to first."""
        self._insert(PositionRow, _named(self._positions, "p"))
        self._insert(BrandRow, _named(self._brands, "b"))
        self._write_regions()
        self._write_organisations()
        self._write_people()
        self._insert(AudienceRow, self._audiences())
        return Meant(
            people=tuple(map(PersonId, self._people)),
            organisations=tuple(map(OrganisationId, self._organisations[1:])),
            big=OrganisationId(self._organisations[0]),
            regions=tuple(self._regions),
            positions=tuple(self._positions),
        )

    @staticmethod
    def _insert(table: type[Base], rows: Iterator[Mapping[str, Any]]) -> None:
        statement = insert(table.__table__)  # type: ignore[arg-type]  # a Table, as declared
        while batch := list(itertools.islice(rows, BATCH)):
            db.session.connection().execute(statement, batch)

    def _write_regions(self) -> None:
        """Write a world of ten parts of six countries."""
        world = new_id()
        above: dict[UUID, tuple[UUID, ...]] = {world: ()}
        for _part in range(10):
            part = new_id()
            above[part] = (world,)
            for _country in range(6):
                above[new_id()] = (part, world)
        self._regions = list(above)
        names = {one: f"Region {number}" for number, one in enumerate(above)}
        self._insert(
            RegionRow,
            (
                {
                    "id": one,
                    "name": names[one],
                    "code": f"r{names[one]}",
                    "parent_id": over[0] if over else None,
                }
                for one, over in above.items()
            ),
        )
        self._insert(RegionAncestry, _ancestry(above))

    def _write_organisations(self) -> None:
        """Write the big one, then distributors of ten resellers."""
        count = 1 + (self._size - self._big) // STAFF
        self._organisations = [new_id() for _number in range(count)]
        above = {
            one: () if number == 0 or number % 11 == 1 else (self._organisations[number - (number - 1) % 11],)
            for number, one in enumerate(self._organisations)
        }
        self._insert(
            OrganisationRow,
            (
                {
                    "id": one,
                    "name": f"Partner {number}",
                    "kind": "partner",
                    "model": self._random.choice(list(ResellerModel)).value,
                    "parent_id": over[0] if over else None,
                    "region_id": self._random.choice(self._regions[2:]),
                    "country": "GB",
                    "domain": "",
                    "created_at": NOW,
                }
                for number, (one, over) in enumerate(above.items())
            ),
        )
        self._insert(OrganisationAncestry, _ancestry(above))
        self._insert(
            BrandAuthorisation,
            (
                {"organisation_id": one, "brand_id": brand}
                for one in self._organisations
                for brand in self._random.sample(self._brands, 3)
            ),
        )

    def _write_people(self) -> None:
        self._people = [new_id() for _number in range(self._size)]
        self._insert(
            PersonRow,
            (
                {
                    "id": one,
                    "email": f"person-{number}@bench.example",
                    "name": f"Person {number}",
                    "password_hash": None,
                    "locale": ("en", "en", "en", "de", "ar")[number % 5],
                    "time_zone": "UTC",
                    "state": "active",
                    "is_showcase": False,
                    "showcase_line": "",
                    "created_at": NOW,
                }
                for number, one in enumerate(self._people)
            ),
        )
        self._insert(
            Employment,
            (
                {
                    "id": new_id(),
                    "person_id": one,
                    "organisation_id": self._organisations[self._employer(number)],
                    "position_id": self._positions[number % len(self._positions)],
                    "region_id": None,
                    "started_at": NOW - timedelta(days=100),
                    "ended_at": None,
                }
                for number, one in enumerate(self._people)
            ),
        )

    def _employer(self, number: int) -> int:
        return (
            0 if number < self._big else min(1 + (number - self._big) // STAFF, len(self._organisations) - 1)
        )

    def _audiences(self) -> Iterator[Mapping[str, Any]]:
        ids: list[UUID] = []
        for number in range(AUDIENCES):
            rule = self._rule(number, ids)
            ids.append(new_id())
            yield {
                "id": ids[-1],
                "name": f"Audience {number:03}",
                "name_key": f"audience {number:03}",
                "note": "",
                "rule": rule,
                "version": 1,
                "changed_at": NOW,
                "changed_by": None,
                "filled_to": None,
                "filled": 0,
                "to_fill": None,
            }

    def _rule(self, number: int, before: list[UUID]) -> dict[str, Any]:
        """Return one to three facets, now and then an exception, names, or another audience."""
        some: dict[str, list[str]] = {
            "region": [str(one) for one in self._regions],
            "position": [str(one) for one in self._positions],
            "brand": [str(one) for one in self._brands],
            "model": [one.value for one in ResellerModel],
            "language": ["en", "de", "ar"],
            "organisation": [str(one) for one in self._organisations[:400]],
        }
        pick = self._random.sample
        any_of = {
            key: pick(some[key], min(3, len(some[key]) - 1)) for key in pick(sorted(some), 1 + number % 3)
        }
        none_of = {"organisation": pick(some["organisation"], 2)} if number % 4 == 0 else {}
        if number % 10 == 9:  # noqa: PLR2004  one in ten
            any_of = {NESTED: [str(one) for one in pick(before, 3)], "language": ["en", "de"]}
        people = [str(one) for one in pick(self._people, 20)] if number % 5 == 0 else []
        return {"any_of": any_of, "none_of": none_of, "people": people, "not_people": []}


def _named(ids: list[UUID], letter: str) -> Iterator[Mapping[str, Any]]:
    return ({"id": one, "name": f"{letter} {n}", "code": f"{letter}{n}"} for n, one in enumerate(ids))


def _ancestry(above: Mapping[UUID, tuple[UUID, ...]]) -> Iterator[Mapping[str, Any]]:
    return (
        {"descendant_id": one, "ancestor_id": over, "depth": depth}
        for one, all_over in above.items()
        for depth, over in enumerate((one, *all_over))
    )
