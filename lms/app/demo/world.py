"""Reads the demo's data files into frozen values and refuses files that do not fit together.

A field that is not known is refused, and so is a reference that leads nowhere.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
import yaml

from lms.app.demo.values import OEM_KEY, Package, Partner, Region, World

HERE: Final = Path(__file__).parent
COURSES: Final = HERE / "courses"
QUESTIONS: Final = HERE / "questions"
PACKAGES: Final = HERE / "packages"
FILES: Final = (
    "organisation.yaml",
    "people.yaml",
    "certification.yaml",
    "training.yaml",
    "feedback.yaml",
    "deals.yaml",
    "audiences.yaml",
    "enrolling.yaml",
    "curricula.yaml",
)


class WorldError(ValueError):
    """The data files do not fit together; the message has one line per fault."""


def load() -> World:
    """Return the demo's world; WorldError if a file is not understood or leads nowhere."""
    document: dict[str, Any] = {}
    for name in FILES:
        document |= yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    try:
        world = msgspec.convert(document, World)
    except msgspec.ValidationError as error:
        raise WorldError(str(error)) from error
    if faults := list(_faults(world)):
        raise WorldError("\n".join(faults))
    return world


def instant(now: datetime, days_ago: int, clock_time: str = "09:00") -> datetime:
    """Return the moment at that time of day (UTC) so many days before now; never after now."""
    on = now.astimezone(UTC).date() - timedelta(days=days_ago)
    return min(datetime.combine(on, time.fromisoformat(clock_time), tzinfo=UTC), now)


def zipped(package: Package) -> bytes:
    """Return the package as a zip, its files in order and without dates: the same bytes every time."""
    folder = PACKAGES / package.folder
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()


def _faults(world: World) -> Iterator[str]:
    """Say what is named twice and what leads nowhere."""
    known = {
        "brand": [brand.key for brand in world.brands],
        "position": [position.key for position in world.positions],
        "region": [region.key for region in world.regions],
        "partner": [partner.key for partner in world.partners],
        "product": [product.code for product in world.products],
        "person": [person.key for person in world.people],
        "course": [course.slug for course in world.courses],
        "exam": [exam.ref for exam in world.exams],
        "certification": [certification.code for certification in world.certifications],
        "tier": [tier.key for tier in world.tiers],
        "deal": [deal.ref for deal in world.deals],
        "audience": [audience.key for audience in world.audiences],
    }
    for kind, names in known.items():
        yield from (f"{kind} {name} is there twice" for name in sorted(set(names)) if names.count(name) > 1)
    known["employer"] = [OEM_KEY, *known["partner"]]
    references = [
        *_of_organisation(world),
        *_of_people(world),
        *_of_paths(world),
        *_of_proof(world),
        *_of_assignments(world),
        *_of_work(world),
        *_of_crowds(world),
    ]
    for where, kind, name in references:
        if name is not None and name not in known[kind]:
            yield f"{where}: no {kind} {name}"
    for kind, keys in (("region", world.regions), ("partner", world.partners)):
        yield from _parents_first(kind, keys)


NAMED_BY_KEY = frozenset({"position", "region", "brand", "employer", "audience", "tier"})
"""What audiences name by the keys of other entries."""

Reference: TypeAlias = tuple[str, str, str | None]


def _of_organisation(world: World) -> Iterator[Reference]:
    yield world.oem.name, "region", world.oem.region
    for region in world.regions:
        yield region.key, "region", region.parent
    for partner in world.partners:
        yield from _all(partner.key, "brand", partner.brands)
        yield partner.key, "partner", partner.parent
        yield partner.key, "region", partner.region
        yield partner.key, "person", partner.channel_manager
    for product in world.products:
        yield product.code, "brand", product.brand


def _of_people(world: World) -> Iterator[Reference]:
    for person in world.people:
        yield person.key, "employer", person.employer
        yield person.key, "region", person.region
        yield person.key, "position", person.position
        for grant in person.roles:
            yield person.key, "partner", grant.partner
            yield from _all(person.key, "region", grant.regions)
        for former in person.earlier:
            yield person.key, "employer", former.employer
            yield person.key, "region", former.region
            yield person.key, "position", former.position


def _of_paths(world: World) -> Iterator[Reference]:
    for path in world.curricula:
        yield path.slug, "brand", path.brand
        yield from _all(path.slug, "person", (path.by, *path.followed))
        for part in path.stages:
            yield from _all(path.slug, "course", part.courses)
    for counting in world.counts:
        yield from _all(counting.course, "course", (counting.course, counting.counts_for))
        yield counting.course, "person", counting.by


def _of_proof(world: World) -> Iterator[Reference]:
    for course in world.courses:
        yield course.slug, "person", course.trainer
    for package in world.packages:
        yield package.folder, "course", package.course
    for exam in world.exams:
        yield exam.ref, "course", exam.course
    for live in world.live_sessions:
        yield live.title, "course", live.course
        for one in live.dates:
            yield from _all(live.title, "person", (*one.trainers, *one.booked, *one.marks))
    for certification in world.certifications:
        yield certification.code, "brand", certification.brand
        yield certification.code, "course", certification.course
        yield certification.code, "exam", certification.exam
        yield from _all(certification.code, "position", certification.needed_by)
    for tier in world.tiers:
        yield from _all(tier.key, "certification", tier.holders)
    for gate in world.gates:
        yield gate.name, "brand", gate.brand
        yield gate.name, "certification", gate.submitter_holds
        yield gate.name, "certification", gate.partner_holders.certification


def _of_assignments(world: World) -> Iterator[Reference]:
    for assignment in world.assignments:
        yield assignment.title, "course", assignment.course
        for work in assignment.handed:
            yield assignment.title, "person", work.person
            yield assignment.title, "person", work.marked.by if work.marked else None


def _of_work(world: World) -> Iterator[Reference]:
    for enrolment in world.enrolments:
        where = f"enrolment of {enrolment.person}"
        yield where, "person", enrolment.person
        yield where, "person", enrolment.by
        yield where, "course", enrolment.course
    for said in world.feedback:
        yield f"feedback of {said.person}", "person", said.person
        yield f"feedback of {said.person}", "course", said.course
    for revocation in world.revocations:
        where = f"revocation of {revocation.person}"
        yield from _all(where, "person", (revocation.person, revocation.by))
        yield where, "certification", revocation.certification
    for deal in world.deals:
        yield deal.ref, "partner", deal.partner
        yield deal.ref, "person", deal.submitter
        yield from _all(deal.ref, "product", deal.lines)
        yield from ((deal.ref, "person", step.by) for step in deal.history)
    for audience in world.audiences:
        yield audience.key, "person", audience.by
        for chosen in (audience.any_of, audience.none_of):
            for facet, keys in chosen.items():
                kind = {"organisation": "employer"}.get(facet, facet)
                if kind in NAMED_BY_KEY:
                    yield from _all(audience.key, kind, keys)


def _of_crowds(world: World) -> Iterator[Reference]:
    for one in world.enrolled_audiences:
        where = f"enrolled audience of {one.course}"
        yield where, "course", one.course
        yield where, "audience", one.audience
        yield where, "person", one.by
    for brought in world.brought_lists:
        yield brought.filename, "course", brought.course
        yield brought.filename, "person", brought.by
        yield from _all(brought.filename, "person", [key for key in brought.people if "@" not in key])


def _all(where: str, kind: str, names: Iterable[str]) -> Iterator[Reference]:
    return ((where, kind, name) for name in names)


def _parents_first(kind: str, entries: Sequence[Region] | Sequence[Partner]) -> Iterator[str]:
    seen: set[str] = set()
    for entry in entries:
        if entry.parent is not None and entry.parent not in seen:
            yield f"{kind} {entry.key} stands before its parent"
        seen.add(entry.key)
