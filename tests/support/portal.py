"""A portal per database for tests: fresh data for each test, visitors that behave as browsers, query counts."""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import create_engine, event
from werkzeug.test import TestResponse

from lms.app import settings
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.identity.values import BrandId, OrganisationId, OrganisationKind, PersonId, PositionId, ResellerModel
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, Scope, acting_as
from lms.kernel.db import Base, db, tune_engine
from lms.kernel.uow import unit_of_work
from tests.support.rows import Kept, Rows

ORIGIN = "http://localhost:8000"
ROOM_BYTES = 512 << 20
STAGES = 20
"""At how many instants of frozen clocks the cast is kept, beside the one of today."""


def build_schema(url: str) -> None:
    """Make every table of the models in the empty database at `url`."""
    engine = create_engine(url)
    tune_engine(engine)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
    engine.dispose()


@dataclass(frozen=True, slots=True)
class _Home:
    """One portal of the test session and how to give it fresh data."""

    portal: Portal
    renew: Callable[[], None]
    stage: Callable[[], "Cast"]


def _settings(folder: Path, database_url: str) -> settings.Settings:
    return settings.read(
        {
            "LMS_DATA_DIR": str(folder),
            "LMS_DATABASE_URL": database_url,
            "LMS_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens: the outbox must hold without a broker
            "LMS_SECRET_KEY": "a secret of the tests",
            "LMS_TIME_ZONE": "Europe/Vienna",
            "LMS_LOG_LEVEL": "ERROR",
            # Letters at any hour at which tests may run; tests of quiet hours choose some.
            "LMS_QUIET_HOURS": "off",
        }
    )


@pytest.fixture(scope="session")
def sqlite_home() -> Iterator[_Home]:
    """Return the portal on SQLite; fresh data is a copy of an empty database's file, or of one with the cast."""
    with tempfile.TemporaryDirectory(prefix="guildhall-tests-", dir=folder_in_memory()) as folder:
        yield from _sqlite_home_in(Path(folder))


def folder_in_memory() -> str | None:
    """Return a folder that no disk waits for, if this machine has one with room: every test commits many times."""
    shared = Path("/dev/shm")  # noqa: S108  the folder made in it is our own
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < ROOM_BYTES:
        return None
    return str(shared)


def _sqlite_home_in(folder: Path) -> Iterator[_Home]:
    template, live = folder / "template.db", folder / "live.db"
    build_schema(f"sqlite:///{template}")
    shutil.copy(template, live)
    portal = create_app(_settings(folder, f"sqlite:///{live}"))
    kept: dict[datetime | None, tuple[Cast, Path]] = {}

    def renew(source: Path = template) -> None:
        with portal.app_context():
            db.engine.dispose()
        for stale in folder.glob("live.db*"):
            stale.unlink()
        shutil.copy(source, live)

    def stage() -> Cast:
        log = live.with_name("live.db-wal")
        if log.exists() and log.stat().st_size > 0:
            return put_on_stage()  # something was done before
        instant = clock.now() if clock.is_set() else None
        if instant not in kept:
            cast, staged = put_on_stage(), folder / f"staged-{len(kept)}.db"
            if len(kept) >= STAGES:
                return cast
            db.session.remove()
            db.engine.dispose()  # which closes the last connection, so the log is in the file
            shutil.copy(live, staged)
            kept[instant] = cast, staged
        db.session.remove()
        renew(kept[instant][1])
        return kept[instant][0]

    yield from _open_home(_Home(portal, renew, stage))


def _open_home(home: _Home) -> Iterator[_Home]:
    yield home
    with home.portal.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql_home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[_Home]:
    """Return the portal on PostgreSQL; fresh data is no rows, or those of the cast."""
    server = request.getfixturevalue("postgres")
    url = server.clone(server.template("house", build_schema))
    portal = create_app(_settings(tmp_path_factory.mktemp("postgresql"), url))
    rows = Rows(url)
    kept: dict[datetime | None, tuple[Cast, Kept]] = {}

    def stage() -> Cast:
        instant = clock.now() if clock.is_set() else None
        if not rows.is_empty():
            return put_on_stage()  # something was done before
        if instant not in kept:
            cast = put_on_stage()
            if len(kept) < STAGES:
                kept[instant] = cast, rows.keep()
            return cast
        cast, staged = kept[instant]
        rows.put(staged)
        return cast

    yield from _open_home(_Home(portal, rows.clear, stage))


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def app(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """Yield a portal with an empty database, on SQLite and again on PostgreSQL, inside its context."""
    home: _Home = request.getfixturevalue(f"{request.param}_home")
    yield from _lent(home)


@pytest.fixture
def sqlite_app(sqlite_home: _Home) -> Iterator[Portal]:
    """Yield a portal with an empty database on SQLite alone, for what no database can change."""
    yield from _lent(sqlite_home)


def _lent(home: _Home) -> Iterator[Portal]:
    with home.portal.app_context():
        try:
            yield home.portal
        finally:
            db.session.remove()
            clock.set_source(None)
    home.renew()


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of most tests.

    Halden makes things. Brixham sells them, with a branch in Cardiff; Northway is Brixham's rival.
    """

    halden: OrganisationId
    brixham: OrganisationId
    cardiff: OrganisationId
    northway: OrganisationId
    cold: BrandId
    air: BrandId
    sales_rep: PositionId
    technician: PositionId
    amara: PersonId
    """A sales rep at Brixham."""
    dafydd: PersonId
    """A technician at Brixham's branch in Cardiff."""
    ruth: PersonId
    """The partner admin of Brixham and its branch."""
    nils: PersonId
    """The partner admin of Northway."""
    tomas: PersonId
    """A trainer at Halden."""
    jonas: PersonId
    """The channel manager of the British Isles, where all three partners are."""
    petra: PersonId
    """The programme manager."""
    ada: PersonId
    """The administrator."""
    odd: PersonId
    """The auditor."""


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    """Return the cast, on stage in whichever portal the test uses."""
    name = "app" if "app" in request.fixturenames else "sqlite_app"
    request.getfixturevalue(name)
    home: _Home = request.getfixturevalue(f"{db.engine.dialect.name}_home")
    return home.stage()


def put_on_stage() -> Cast:
    """Store the cast in the current portal."""
    now = clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        isles = identity.add_region(name="British Isles", code="BI", parent_id=None)
        halden = identity.add_organisation(
            name="Halden Controls",
            kind=OrganisationKind.OEM,
            model=None,
            parent_id=None,
            region_id=None,
            country="NO",
            domain="halden.example",
            now=now,
        )

        def partner(name: str, above: OrganisationId | None) -> OrganisationId:
            return identity.add_organisation(
                name=name,
                kind=OrganisationKind.PARTNER,
                model=ResellerModel.RESELLER,
                parent_id=above,
                region_id=isles,
                country="GB",
                domain=f"{name.split(maxsplit=1)[0].lower()}.example",
                now=now,
            )

        brixham = partner("Brixham Automation", None)
        cardiff = partner("Cardiff branch of Brixham", brixham)
        northway = partner("Northway Controls", None)
        cold = identity.add_brand(name="Halden Cold", code="HC")
        air = identity.add_brand(name="Halden Air", code="HA")
        for organisation in (brixham, cardiff, northway):
            identity.authorise_brand(organisation_id=organisation, brand_id=cold)
        identity.authorise_brand(organisation_id=brixham, brand_id=air)
        sales_rep = identity.add_position(name="Sales rep", code="sales_rep")
        technician = identity.add_position(name="Technician", code="technician")

        def person(
            name: str,
            employer: OrganisationId,
            role: Role | None = None,
            scope: Scope = EVERYTHING,
            position: PositionId | None = None,
        ) -> PersonId:
            person_id = identity.add_person(
                email=f"{name.split(maxsplit=1)[0].lower()}@example.com",
                name=name,
                now=now,
                showcase_line="In the tests",
                time_zone="Europe/London",
            )
            identity.employ(
                person_id=person_id, organisation_id=employer, position_id=position, region_id=isles, now=now
            )
            if role is not None:
                identity.grant_role(person_id=person_id, role=role, scope=scope, actor=SYSTEM, now=now)
            return person_id

        return Cast(
            halden=halden,
            brixham=brixham,
            cardiff=cardiff,
            northway=northway,
            cold=cold,
            air=air,
            sales_rep=sales_rep,
            technician=technician,
            amara=person("Amara Osei", brixham, position=sales_rep),
            dafydd=person("Dafydd Pryce", cardiff, position=technician),
            ruth=person(
                "Ruth Calloway", brixham, Role.PARTNER_ADMIN, Scope(organisation_roots=frozenset({brixham}))
            ),
            nils=person(
                "Nils Aaberg", northway, Role.PARTNER_ADMIN, Scope(organisation_roots=frozenset({northway}))
            ),
            tomas=person("Tomas Lindqvist", halden, Role.TRAINER),
            jonas=person(
                "Jonas Weidmann", halden, Role.CHANNEL_MANAGER, Scope(region_roots=frozenset({isles}))
            ),
            petra=person("Petra Novak", halden, Role.PROGRAMME_MANAGER),
            ada=person("Ada Holm", halden, Role.ADMINISTRATOR),
            odd=person("Odd Berg", halden, Role.AUDITOR),
        )


class Visitor:
    """Somebody at a browser: sends Origin and the form token as our pages do."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.client: FlaskClient = portal.test_client()
        self.person_id: PersonId | None = None

    def sign_in(self, person_id: PersonId) -> "Visitor":
        """Sign in as a person without their password."""
        with unit_of_work(), acting_as(SYSTEM):
            token = identity_service.open_sign_in(
                person_id=person_id, address="127.0.0.1", user_agent="test", now=clock.now()
            )
        self.person_id = person_id
        with self.client.session_transaction(base_url=ORIGIN) as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self._send(self.client.get, path, **options)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """Send a form of ours; `json=` instead of data sends what our scripts send, `method=` another verb."""
        sent = {"Origin": ORIGIN, "X-CSRFToken": self.token(), **(headers or {})}
        return self._send(self.client.open, path, data=data, headers=sent, **{"method": "POST", **options})

    @staticmethod
    def _send(send: Callable[..., TestResponse], path: str, **options: Any) -> TestResponse:
        # The test's own transaction ends, and the request runs in a context of its own, as on a server:
        # inside the test's it would share `g`, and with it who is signed in.
        db.session.remove()
        return Context().run(send, path, base_url=ORIGIN, **options)

    def token(self) -> str:
        """Return the form token of this visitor's session."""
        with self.client.session_transaction(base_url=ORIGIN) as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        key = self.portal.config["SECRET_KEY"]
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))


@pytest.fixture
def visit(request: pytest.FixtureRequest) -> Callable[..., Visitor]:
    """Return a way to send a visitor into the test's portal, signed in as `person_id` or not."""
    portal: Portal = request.getfixturevalue("app" if "app" in request.fixturenames else "sqlite_app")

    def send(person_id: PersonId | None = None) -> Visitor:
        visitor = Visitor(portal)
        return visitor.sign_in(person_id) if person_id is not None else visitor

    return send


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Yield the list that the statements of the block are written to, transaction words left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not re.match(r"\s*(PRAGMA|BEGIN|SAVEPOINT|RELEASE)", statement):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
