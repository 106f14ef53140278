"""Figures of a team's pages: 500 people of one partner and 40 certifications, half of them held, at every age."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Final

from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from bench.requests import answer, cookie_of, cpu_ms, get, most_queries
from bench.world import NOW
from lms.app.portal import Portal
from lms.certificates import facade as certificates
from lms.certificates.cycles.models import CertificateRow, CycleRow, TrackRow
from lms.certificates.values import (
    AllOf,
    CertificationId,
    CycleEnd,
    CycleSource,
    Rule,
    Words,
)
from lms.identity import facade as identity
from lms.identity import service as people
from lms.identity.values import OrganisationKind, PersonId, ResellerModel
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.inserting import insert_all
from lms.kernel.uow import unit_of_work
from lms.web.context import oem_zone
from tests.certificates.scene import publish_course

PEOPLE, CERTIFICATIONS, PAGE = 500, 40, 50
PAGE_CPU_MS: Final = 60
DAY: Final = timedelta(days=1)


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of a team's pages; `suffix` names the database where it is not SQLite."""
    size = f"{PAGE}x{CERTIFICATIONS}of{PEOPLE}{suffix}"
    yield Figure(f"team.matrix.cpu_ms.{size}", "ms", PAGE_CPU_MS)
    yield Figure(f"team.matrix.queries.{size}", "queries")
    for page in ("gaps", "forecast", "person", "reports", "report"):
        yield Figure(f"team.{page}.cpu_ms.{size}", "ms")
        yield Figure(f"team.{page}.queries.{size}", "queries")


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    wanted = list(figures(suffix))
    if not any(is_wanted(figure.name, pattern) for figure in wanted):
        return {}
    with thrown_away(database_url, name="guildhall_bench_team") as portal:
        found = _take(portal)
    size = f"{PAGE}x{CERTIFICATIONS}of{PEOPLE}{suffix}"
    return {f"team.{name}.{size}": value for name, value in found.items()}


def _take(portal: Portal) -> dict[str, float]:
    with unit_of_work(), acting_as(SYSTEM):
        admin, manager, somebody, one = write()
        tokens = {
            who: people.open_sign_in(person_id=person_id, address="", user_agent="bench", now=NOW)
            for who, person_id in (("admin", admin), ("manager", manager))
        }
    pages = {
        "matrix": ("admin", "/team/certifications"),
        "gaps": ("admin", "/team/certifications/gaps"),
        "forecast": ("admin", "/team/certifications/forecast"),
        "person": ("admin", f"/team/certifications/{somebody}"),
        "reports": ("manager", "/reports/certifications"),
        "report": ("manager", f"/reports/certifications/{one}"),
    }
    found = {}
    for name, (who, path) in pages.items():
        work = partial(answer, portal, get(path, cookie_of(portal, tokens[who])))
        # Who reads is remembered as long as a context lasts.
        with portal.app_context():
            found[f"{name}.cpu_ms"] = cpu_ms(work)
            found[f"{name}.queries"] = most_queries(db.engine, [work])
    return found


def write() -> tuple[PersonId, PersonId, PersonId, CertificationId]:
    """Write the team; return its admin, a programme manager, one of its people and one certification."""
    maker = _organisation("Maker", OrganisationKind.OEM, None)
    partner = _organisation("Partner", OrganisationKind.PARTNER, ResellerModel.RESELLER)
    brand = identity.add_brand(code="MK", name="Maker")
    positions = [identity.add_position(name=f"Position {number}", code=f"P{number}") for number in range(5)]
    course = publish_course("Everything there is")
    rule = Rule(AllOf((course.done(), course.scored())), 12, 60, 30)
    wanted = [
        certificates.define_certification(
            certification_id=CertificationId(new_id()),
            words=Words(
                code=f"C-{number}",
                title=f"Certification {number:02} of plants",
                glyph="cold",
                description="",
                brand_id=brand,
                needed_by=frozenset({positions[number % 5]}),
            ),
            rule=rule,
            actor=SYSTEM,
            now=NOW,
        )
        for number in range(CERTIFICATIONS)
    ]
    crew = [_person(f"Person {number:03}", partner, positions[number % 5]) for number in range(PEOPLE)]
    for number, certification_id in enumerate(wanted):
        _hold(certification_id, crew, partner, number)
    admin = _person("Admin", partner, None)
    manager = _person("Manager", maker, None)
    identity.grant_role(
        person_id=admin,
        role=Role.PARTNER_ADMIN,
        scope=Scope(organisation_roots=frozenset({partner})),
        actor=SYSTEM,
        now=NOW,
    )
    identity.grant_role(
        person_id=manager, role=Role.PROGRAMME_MANAGER, scope=EVERYTHING, actor=SYSTEM, now=NOW
    )
    return admin, manager, crew[7], wanted[0]


def _organisation(name: str, kind: OrganisationKind, model: ResellerModel | None) -> Any:
    return identity.add_organisation(
        name=name, kind=kind, model=model, parent_id=None, region_id=None, country="NO", domain="", now=NOW
    )


def _person(name: str, employer: Any, position: Any) -> PersonId:
    person_id = identity.add_person(
        email=f"{name.replace(' ', '')}@bench.example", name=name, showcase_line="Looks after a team", now=NOW
    )
    identity.employ(
        person_id=person_id, organisation_id=employer, position_id=position, region_id=None, now=NOW
    )
    return person_id


def _hold(certification_id: CertificationId, crew: list[PersonId], partner: Any, number: int) -> None:
    """Let every second person hold or have held it, and every fifth be asked for it, at all ages."""
    cycles: list[dict[str, object]] = []
    entries: list[dict[str, object]] = []
    tracks: list[dict[str, object]] = []
    for place, person_id in enumerate(crew):
        held, asked = (place + number) % 2 == 0, (place + number) % 5 == 1
        age = (place * 7 + number * 13) % 420
        at = NOW - age * DAY
        through = (at + 365 * DAY).date()
        if asked:
            cycles.append(_cycle(certification_id, person_id, at, None, due_on=(at + 60 * DAY).date()))
        if not held:
            continue
        cycle = _cycle(certification_id, person_id, at - 40 * DAY, at)
        cycles.append(cycle)
        expires_at = datetime.combine(through + DAY, time(), tzinfo=oem_zone())
        dates = {
            "issued_at": at,
            "valid_through": through,
            "renewal_opens_at": expires_at - 60 * DAY,
            "expires_at": expires_at,
            "counts_until": expires_at + 30 * DAY,
        }
        code = f"GH-{number:04}-{place:04}-0000-0000"
        entry: dict[str, object] = {
            **dates,
            "id": new_id(),
            "code": code,
            "certification_id": certification_id,
            "person_id": person_id,
            "cycle_id": cycle["id"],
            "rule_version": 1,
            "predecessor_id": None,
            "employer_id": partner,
            "title": "",
            "glyph": "cold",
            "maker": "MK",
            "brand_name": "Maker",
            "evidence": {},
            "issued_on": at.date(),
        }
        entries.append(entry)
        tracks.append(
            {
                **dates,
                "certification_id": certification_id,
                "person_id": person_id,
                "met": [],
                "certificate_id": entry["id"],
                "code": code,
                "revoked_at": None,
                "exempt_at": None,
                "exempt_through": None,
                "next_step_at": None,
            }
        )
    for table, rows in ((CycleRow, cycles), (CertificateRow, entries), (TrackRow, tracks)):
        insert_all(table, rows)


def _cycle(
    certification_id: CertificationId,
    person_id: PersonId,
    at: datetime,
    closed_at: datetime | None,
    due_on: object = None,
) -> dict[str, object]:
    return {
        "id": new_id(),
        "person_id": person_id,
        "certification_id": certification_id,
        "source": CycleSource.ASSIGNED,
        "assigned_at": at,
        "assigned_by": None,
        "due_on": due_on,
        "closed_at": closed_at,
        "ended_as": CycleEnd.CERTIFIED if closed_at else None,
        "reason": "",
    }
