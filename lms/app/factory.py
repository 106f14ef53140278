"""The portal's application: every floor put together for one set of settings."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, ValidationError

import lms
from lms.app import health, menu, style, wires, wiring
from lms.app.json import OrjsonProvider
from lms.app.portal import Portal
from lms.app.schedule import OUTBOX_JOB
from lms.app.settings import Settings
from lms.audiences import facade as audiences_facade
from lms.certificates import facade as certificates_facade
from lms.courses import facade as courses_facade
from lms.identity import facade as identity_facade
from lms.identity import plugs as identity_plugs
from lms.kernel import (
    clock,
    credentials,
    events,
    files,
    jobs,
    logs,
    mail,
    outbox,
    privacy,
    search,
    signing,
    sweep,
)
from lms.kernel.db import db, tune_engine
from lms.lrs import facade as lrs_facade
from lms.notifications import facade as notifications_facade
from lms.notifications import plugs as notifications_plugs
from lms.portal.partners import facade as partners_facade
from lms.portal.standing import facade as standing_facade
from lms.web import bodies, context, errors, leading, navigation, security, slots


def create_app(settings: Settings) -> Portal:
    """Return the portal for `settings`; nothing is connected to until the first request or job."""
    app = Portal(
        "lms", root_path=str(Path(lms.__file__).parent), static_folder=None, template_folder="web/templates"
    )
    app.json = OrjsonProvider(app)
    _configure(app, settings)
    logs.configure(level=settings.log_level)
    if settings.clock_file is not None:
        clock.set_source(clock.shifted_by_file(settings.clock_file))
    _open_database(app, settings)
    _install_kernel(app, settings)
    _install_web(app)
    for blueprint in (health.blueprint, style.blueprint, *wiring.BLUEPRINTS):
        app.register_blueprint(blueprint)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    is_https = (settings.public_url or "").startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-guildhall" if is_https else "guildhall",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=bodies.FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=4 << 20,
        MAX_FORM_PARTS=2000,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        LMS_PORTAL_ORIGINS=settings.portal_origins,
        LMS_CONTENT_URL=settings.content_url,
        LMS_CONTENT_PORT=settings.content_port,
        LMS_PUBLIC_URL=settings.public_url or settings.portal_origins[0],
        LMS_TIME_ZONE=settings.time_zone,
        LMS_QUIET_HOURS=settings.quiet_hours,
        LMS_REMINDER_DAYS=settings.reminder_days,
        LMS_RENEWAL_DAYS=settings.renewal_days,
        LMS_RENEWAL_ESCALATION_DAYS=settings.renewal_escalation_days,
        LMS_DATA_DIR=settings.data_dir,
        LMS_COURSE_QUOTA=settings.course_quota,
        LMS_DEMO_SIGN_IN=settings.demo,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(lms.__file__).parent / "translations"),
        TEMPLATES_AUTO_RELOAD=False,
    )


def _engine_options(settings: Settings) -> dict[str, object]:
    json: dict[str, object] = {"json_serializer": _write_json, "json_deserializer": msgspec.json.decode}
    if settings.database_url.startswith("sqlite"):
        return json | {"connect_args": {"timeout": 20, "check_same_thread": False}}
    return json | {"pool_size": settings.threads + 1, "pool_recycle": 1800}


def _write_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _open_database(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(migrations_folder()), render_as_batch=True)
    with app.app_context():
        tune_engine(db.engine)
    app.extensions["lms.settings"] = settings


def migrations_folder() -> Path:
    """Return where the migrations lie: inside the installed package, or beside it in a checkout."""
    installed = Path(lms.__file__).parent / "migrations"
    return installed if installed.is_dir() else Path(lms.__file__).parent.parent / "migrations"


def _install_kernel(app: Flask, settings: Settings) -> None:
    files.install(app, settings.storage_url)
    sweep.install(app, wiring.FILE_OWNERS)
    mail.install(app, settings.mail_url)
    events.install(app, wires.WIRES)
    privacy.install(app, wiring.PERSONAL_DATA)
    signing.install(
        app,
        settings.data_dir,
        certificate=settings.signing_certificate,
        key=settings.signing_key,
        password=settings.signing_key_password,
    )
    credentials.install(app, settings.data_dir)
    jobs.install(app, settings.redis_url, {OUTBOX_JOB: deliver_outbox, **wiring.JOBS})
    outbox.carry_with(jobs.courier(OUTBOX_JOB))
    app.extensions["lms.policy"] = wiring.policy()


def deliver_outbox() -> None:
    """Deliver what the outbox holds until nothing is due."""
    while outbox.deliver_due(events.apply, at_once=events.at_once) >= outbox.BATCH:
        pass


def _install_web(app: Flask) -> None:
    app.url_map.converters["uuid"] = _UuidConverter
    login = LoginManager(app)
    login.session_protection = None  # a changed address is no reason to lose an exam; tokens are 256 bits
    login.user_loader(identity_plugs.load_signed_in)
    security.install(app)
    errors.install(app)
    leading.install(app)
    context.install(app, reader=identity_plugs.reader, notices=notifications_plugs.read_bell)
    navigation.install(app, menu.NAVIGATION_GROUPS, menu.NAVIGATION)
    slots.install(app, wiring.SLOTS)
    certificates_facade.install_attaching(app, wiring.ATTACHING)
    identity_facade.install_name_holds(app, wiring.NAME_HOLDS)
    identity_facade.install_account_parts(app, wiring.ACCOUNT_PARTS)
    audiences_facade.install_facets(app, wiring.AUDIENCE_FACETS)
    audiences_facade.install_uses(app, wiring.AUDIENCE_USES)
    courses_facade.install_kinds(app, wiring.ACTIVITY_KINDS)
    courses_facade.install_packings(app, wiring.COURSE_PACKINGS)
    lrs_facade.install_launches(app, wiring.LAUNCHES)
    courses_facade.install_locks(app, wiring.LOCK_KINDS)
    courses_facade.install_gates(app, wiring.COURSE_GATES)
    courses_facade.install_needs(app, wiring.COURSE_NEEDS)
    courses_facade.install_checks(app, wiring.CHECKS)
    courses_facade.install_marking(app, wiring.MARKING_SOURCES)
    courses_facade.install_facets(app, wiring.CATALOGUE_FACETS)
    search.install_sights(app, wiring.SEARCH_SIGHTS)
    notifications_facade.install_kinds(app, wiring.NOTICE_KINDS)
    partners_facade.install_columns(app, wiring.PARTNER_COLUMNS)
    standing_facade.install_measures(app, wiring.STANDING_MEASURES)


class _UuidConverter(BaseConverter):
    """An id in an address: anything that is none is not found, whatever its length."""

    regex = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"

    def to_python(self, value: str) -> UUID:
        try:
            return UUID(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: object) -> str:
        return str(value)
