"""The data that the figures are measured on: the demo, and a partnership of a given size around it.

The demo brings real courses, exams, certifications and gates through the real services; the people beside its sixty
come in bulk, coherent with what the services would have written. Built once for each content of what builds it.
"""

import gc
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import configure_mappers

from bench.crowd import Crowd
from bench.world import NOW, World
from lms.app import settings
from lms.app.demo.load import load_demo
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.courses.learning import facade as learning
from lms.kernel import clock
from lms.kernel.db import Base, db, tune_engine
from lms.kernel.uow import unit_of_work

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "a secret of the bench"  # noqa: S105  it signs nothing but cookies of people who do not exist


@contextmanager
def opened(size: int, data_dir: Path, database_url: str | None) -> Iterator[tuple[Portal, World]]:
    """Yield a portal on the data of `size` people, made now unless it lies there already; the clock stands at NOW."""
    folder = data_dir / "bench" / f"{fingerprint()}-{size}"
    name = f"guildhall_bench_{folder.name.replace('-', '_')}"
    url = database_url_of(folder, database_url, name=name)
    clock.set_source(lambda: NOW)
    try:
        if not (folder / _world_file(url)).exists():
            _build(size, folder, url)
        portal = created(folder, url.render_as_string(hide_password=False))
        yield portal, _read(folder / _world_file(url))
        with portal.app_context():
            db.session.remove()
            db.engine.dispose()
    finally:
        clock.set_source(None)


def created(folder: Path, url: str) -> Portal:
    """Return a portal whose loaded program is out of garbage collections, as `lms` and `lms serve` have it."""
    portal = create_app(settings_of(folder, url))
    configure_mappers()
    gc.collect()
    gc.freeze()
    return portal


def sources() -> list[Path]:
    """Return the files that the data follows from: once one of them changes, it is made anew."""
    made_by = [
        *[ROOT / "bench" / name for name in ("__init__.py", "data.py", "world.py")],
        *ROOT.glob("bench/crowd/**/*.py"),
        *ROOT.glob("lms/**/models.py"),
        *ROOT.glob("lms/app/demo/**/*"),
    ]
    # What Python compiles while others import is no part of it.
    return sorted(path for path in made_by if path.is_file() and "__pycache__" not in path.parts)


def fingerprint(*more: Path) -> str:
    """Return the hash of all that the data follows from, with what else some of it does."""
    digest = hashlib.sha256()
    for path in (*sources(), *more):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _world_file(url: URL) -> str:
    return f"world.{url.get_backend_name()}.json"


def database_url_of(folder: Path, named: str | None, *, name: str) -> URL:
    """Return where data lies: a file in `folder`, or the database `name` beside the named one."""
    if not named:
        return make_url(f"sqlite:///{folder / 'guildhall.db'}")
    url = make_url(settings.read({"LMS_DATABASE_URL": named, "LMS_SECRET_KEY": SECRET_KEY}).database_url)
    return url.set(database=name)


@contextmanager
def thrown_away(database_url: str | None, *, name: str) -> Iterator[Portal]:
    """Yield a portal, as the current one, on empty tables of its own at the bench's instant; nothing of it stays."""
    clock.set_source(lambda: NOW)
    try:
        with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as folder:
            url = database_url_of(Path(folder), database_url, name=name)
            make_empty(url)
            portal = create_app(settings_of(Path(folder), url.render_as_string(hide_password=False)))
            with portal.app_context():
                Base.metadata.create_all(db.engine)
                yield portal
                db.session.remove()
                db.engine.dispose()
            make_empty(url)
    finally:
        clock.set_source(None)


def settings_of(folder: Path, url: str) -> settings.Settings:
    """Return the settings of a portal that is measured."""
    return settings.read(
        {
            "LMS_DATA_DIR": str(folder),
            "LMS_DATABASE_URL": url,
            "LMS_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens: couriers are not what is measured
            "LMS_SECRET_KEY": SECRET_KEY,
            "LMS_TIME_ZONE": "Europe/Vienna",
            "LMS_LOG_LEVEL": "ERROR",
        }
    )


def _read(path: Path) -> World:
    return msgspec.json.decode(path.read_bytes(), type=World)


def _build(size: int, folder: Path, url: URL) -> None:
    """Make the data; whole or, when something fails, begun again the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    make_empty(url)
    portal = create_app(settings_of(folder, url.render_as_string(hide_password=False)))
    with portal.app_context():
        Base.metadata.create_all(db.engine)
        load_demo()
        db.session.remove()
        db.engine.dispose()
        world = _fill(size, url, portal)
        db.session.remove()
        db.engine.dispose()
    unfinished = folder / "world.unfinished"
    unfinished.write_bytes(msgspec.json.encode(world))
    unfinished.rename(folder / _world_file(url))


def make_empty(url: URL) -> None:
    """Take away what lies at `url`, and let an empty database be there."""
    if url.get_backend_name() == "sqlite":
        for stale in Path(str(url.database)).parent.glob("guildhall.db*"):
            stale.unlink()
        return
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{url.database}"'))
        connection.execute(text(f'CREATE DATABASE "{url.database}"'))
    server.dispose()


def _engine(url: URL) -> Engine:
    engine = create_engine(url)
    if url.get_backend_name() == "sqlite":
        tune_engine(engine)
    return engine


def _fill(size: int, url: URL, portal: Portal) -> World:
    engine = _engine(url)
    with engine.begin() as connection:
        crowd = Crowd(connection, size)
        crowd.write()
    if url.get_backend_name() == "postgresql":
        # What its own autovacuum does within a minute; SQLite has no such thing, nor do we for it.
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
    engine.dispose()
    with unit_of_work():
        learning.count_anew()
    return crowd.world(portal)


def remove(data_dir: Path) -> None:
    """Delete what other versions of the generator made."""
    for folder in (data_dir / "bench").glob("*-*"):
        if not folder.name.startswith(fingerprint()):
            shutil.rmtree(folder, ignore_errors=True)


def reopened(portal: Portal, url: str) -> Portal:
    """Return another portal like one of `opened`, on another database."""
    return created(Path(portal.config["LMS_DATA_DIR"]), url)


def derived_folder(portal: Portal) -> Path:
    """Return where a portal of `opened` keeps files that can be made again."""
    return Path(portal.config["LMS_DATA_DIR"]) / "files" / "derived"
