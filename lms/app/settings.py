"""Settings: everything the environment may say, read here and nowhere else."""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redis.connection import parse_url

from lms.kernel.smtp import Smtp

IN_DATA_DIR = ("LMS_SECRET_KEY", "LMS_DATABASE_URL", "LMS_REDIS_URL", "LMS_STORAGE_URL")
"""What lies in the data folder unless it is named."""
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. URLs have no trailing slash; see docs/reference/settings.md."""

    data_dir: Path
    host: str
    port: int
    database_url: str
    redis_url: str
    embedded_broker: bool
    secret_key: str
    public_url: str | None
    content_url: str | None
    content_port: int
    mail_url: str | None
    storage_url: str
    time_zone: str
    trusted_proxies: int
    demo: bool
    log_level: str
    clock_file: Path | None
    workers: int
    threads: int
    quiet_hours: tuple[int, int] | None
    """From when to when no letter goes out to who chose nothing else, in minutes after midnight where they are."""
    reminder_days: tuple[int, ...]
    """How many days after a due day (before, if negative) people are reminded, in order."""
    renewal_days: tuple[int, ...]
    """How many days after a certificate's last valid day (before, if negative) its holder is reminded, in order."""
    renewal_escalation_days: int | None
    """How many days after that day the channel manager hears of it, None for never."""
    signing_certificate: Path | None
    """A PEM file: the certificate that signs documents, then those above it. None: an authority of our own."""
    signing_key: Path | None
    signing_key_password: str | None
    course_quota: int
    """Bytes that the files of one course may have together."""

    @property
    def portal_origins(self) -> tuple[str, ...]:
        """Return the origins this portal answers under, the one it names to others first."""
        own = [f"http://{name}:{self.port}" for name in (*LOOPBACK_NAMES, "guildhall.localhost")]
        if self.public_url is None:
            return tuple(own)
        # Health checks and the machine's own administrator may still come by loopback.
        return (self.public_url, *[origin for origin in own if origin != self.public_url])

    @property
    def ports(self) -> tuple[int, ...]:
        """Return the ports we listen on: the portal's, and the content origin's where its port tells it apart."""
        if self.content_url is None:
            return (self.port, self.content_port)
        named = urlsplit(self.content_url.replace("{package}", "package"))
        is_ours = _is_loopback(named.hostname) and named.port not in {None, self.port}
        return (self.port, named.port) if is_ours and named.port else (self.port,)


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that `environ` (else the process's) gives; SettingsError names what is wrong."""
    given = os.environ if environ is None else environ
    data_dir = _data_dir(given)
    public_url = _url(given, "LMS_PUBLIC_URL")
    port = _port(given, "LMS_PORT", 8000)
    content_url = _url(given, "LMS_CONTENT_URL")
    content_port = _port(given, "LMS_CONTENT_PORT", port + 1)
    _check_content_url(public_url, content_url)
    redis_url = _checked(given, "LMS_REDIS_URL", parse_url) or f"unix://{_socket(data_dir)}"
    time_zone = given.get("LMS_TIME_ZONE", "UTC")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"LMS_TIME_ZONE: {time_zone!r} is no IANA time zone") from error
    clock_file = given.get("LMS_CLOCK_FILE")
    signing = _signing(given)
    return Settings(
        data_dir=data_dir,
        host=given.get("LMS_HOST", "127.0.0.1"),
        port=port,
        database_url=_database_url(given.get("LMS_DATABASE_URL"), data_dir),
        redis_url=redis_url,
        embedded_broker=not given.get("LMS_REDIS_URL"),
        secret_key=given.get("LMS_SECRET_KEY") or _kept_secret(data_dir),
        public_url=public_url,
        content_url=content_url,
        content_port=content_port,
        mail_url=_checked(given, "LMS_MAIL_URL", Smtp.from_url),
        storage_url=_checked(given, "LMS_STORAGE_URL", _check_storage_url) or (data_dir / "files").as_uri(),
        time_zone=time_zone,
        trusted_proxies=_whole(given, "LMS_TRUSTED_PROXIES", 0),
        demo=_one_of(given, "LMS_DEMO", "1", ("0", "1")) == "1",
        log_level=_one_of(given, "LMS_LOG_LEVEL", "INFO", LEVELS),
        clock_file=Path(clock_file) if clock_file else None,
        workers=_whole(given, "LMS_WEB_WORKERS", 2, least=1),
        threads=_whole(given, "LMS_WEB_THREADS", 4, least=1),
        quiet_hours=_quiet_hours(given),
        reminder_days=_days(given, "LMS_REMINDER_DAYS", "-14,-3,-1,1,7,14,21,28"),
        renewal_days=_days(given, "LMS_RENEWAL_DAYS", "-90,-30,-7,-1,1"),
        renewal_escalation_days=_escalation_days(given),
        signing_certificate=signing[0],
        signing_key=signing[1],
        signing_key_password=given.get("LMS_SIGNING_KEY_PASSWORD") or None,
        course_quota=_whole(given, "LMS_COURSE_QUOTA_MB", 5000, least=1) * 1_000_000,
    )


def _signing(given: Mapping[str, str]) -> tuple[Path, Path] | tuple[None, None]:
    """Return the files of the signing certificate and its key. Whether they can sign is asked when they sign."""
    certificate, key = given.get("LMS_SIGNING_CERTIFICATE"), given.get("LMS_SIGNING_KEY")
    if not certificate and not key:
        return None, None
    if not certificate or not key:
        missing = "LMS_SIGNING_KEY" if certificate else "LMS_SIGNING_CERTIFICATE"
        raise SettingsError(f"{missing} must be set too: a certificate signs with its key")
    return Path(certificate), Path(key)


def _socket(data_dir: Path) -> Path:
    """Return the broker's socket; a socket's path may have about 100 bytes, so a deep folder gets a short one."""
    near = data_dir / "broker" / "broker.sock"
    if len(os.fsencode(near)) < 100:  # noqa: PLR2004  sun_path is 108 bytes on Linux, 104 on macOS
        return near
    return (
        Path(tempfile.gettempdir())
        / f"guildhall-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
        / "broker.sock"
    )


def _data_dir(given: Mapping[str, str]) -> Path:
    """Return the data folder, made if it is missing and something is to lie in it."""
    folder = Path(given.get("LMS_DATA_DIR") or "var").resolve()
    if all(given.get(name) for name in IN_DATA_DIR):
        return folder
    try:
        # People's data lies in it: other accounts of the machine have no business there.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"LMS_DATA_DIR: {folder} cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(f"LMS_DATA_DIR: {folder} cannot be written to")
    return folder


def _checked(given: Mapping[str, str], name: str, read_as: Callable[[str], object]) -> str | None:
    """Return a setting that another part reads, asked of that part now: later it would stop in the middle."""
    text = given.get(name)
    if not text:
        return None
    try:
        read_as(text)
    except ValueError as error:
        # Not the address itself, which may hold a password.
        why = str(error).removeprefix(name).lstrip(": ").splitlines()[0]
        raise SettingsError(f"{name}: {why}") from error
    return text


def _check_storage_url(text: str) -> None:
    parts = urlsplit(text)
    if not ((parts.scheme == "file" and parts.path) or (parts.scheme == "s3" and parts.hostname)):
        raise ValueError("it must be file:///folder or s3://bucket/prefix")


def _one_of(given: Mapping[str, str], name: str, default: str, known: Sequence[str]) -> str:
    text = (given.get(name) or default).upper()
    if text not in known:
        raise SettingsError(f"{name}: {given[name]!r} is none of {', '.join(known)}")
    return text


def _whole(given: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    text = given.get(name) or str(default)
    if not text.isdecimal():
        raise SettingsError(f"{name}: {text!r} is no whole number")
    if int(text) < least:
        raise SettingsError(f"{name}: {text} is too few")
    return int(text)


def _quiet_hours(given: Mapping[str, str]) -> tuple[int, int] | None:
    text = given.get("LMS_QUIET_HOURS") or "20:00-07:00"
    if text == "off":
        return None
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text, re.ASCII)
    if found is None:
        raise SettingsError(f"LMS_QUIET_HOURS: {text!r} must be such as 20:00-07:00, or off")
    from_hour, from_minute, until_hour, until_minute = map(int, found.groups())
    return from_hour * 60 + from_minute, until_hour * 60 + until_minute


def _days(given: Mapping[str, str], name: str, usual: str) -> tuple[int, ...]:
    text = given.get(name) or usual
    if text == "off":
        return ()
    days = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"-?\d{1,3}", day, re.ASCII) for day in days):
        raise SettingsError(f"{name}: {text!r} must be days such as {usual}, or off")
    return tuple(sorted({int(day) for day in days}))


def _escalation_days(given: Mapping[str, str]) -> int | None:
    text = given.get("LMS_RENEWAL_ESCALATION_DAYS") or "7"
    if text == "off":
        return None
    if not re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII):
        raise SettingsError(f"LMS_RENEWAL_ESCALATION_DAYS: {text!r} must be a number of days from 1, or off")
    return int(text)


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    number = _whole(given, name, default)
    if not 0 < number < 65536:  # noqa: PLR2004  TCP
        raise SettingsError(f"{name}: {number} is no port")
    return number


def _url(given: Mapping[str, str], name: str) -> str | None:
    text = (given.get(name) or "").rstrip("/")
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
        raise SettingsError(f"{name}: {text!r} must be scheme://host or scheme://host:port")
    return text


def _check_content_url(public_url: str | None, content_url: str | None) -> None:
    """Refuse to serve packages where their scripts could reach the portal."""
    if public_url is None:
        return
    portal = urlsplit(public_url)
    if content_url is None:
        if not _is_loopback(portal.hostname):
            raise SettingsError(
                "LMS_CONTENT_URL must be set when LMS_PUBLIC_URL is: packages are other people's scripts and need a "
                f"subdomain of their own, such as {portal.scheme}://content.{portal.netloc}"
            )
        return
    content = urlsplit(content_url.replace("{package}", "package"))
    if content.hostname == portal.hostname:
        if not _is_loopback(portal.hostname):
            raise SettingsError(
                "LMS_CONTENT_URL: the portal's own host is accepted on loopback only; use a subdomain"
            )
        if content.port == portal.port:
            raise SettingsError("LMS_CONTENT_URL is the portal's own address")
    elif not (content.hostname or "").endswith(f".{portal.hostname}"):
        raise SettingsError(f"LMS_CONTENT_URL must be a subdomain of {portal.hostname}")


def _is_loopback(host: str | None) -> bool:
    return host in {"127.0.0.1", "localhost", "::1"} or (host or "").endswith(".localhost")


def _database_url(text: str | None, data_dir: Path) -> str:
    if not text:
        return f"sqlite:///{data_dir / 'guildhall.db'}"
    for scheme in ("postgres://", "postgresql://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("LMS_DATABASE_URL must begin with postgresql:// or sqlite:///")
    return text


def _kept_secret(data_dir: Path) -> str:
    """Return the key kept in the data folder, making it the first time, readable by its owner alone."""
    path = data_dir / "secret-key"
    try:
        with os.fdopen(
            os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii"
        ) as new:
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
