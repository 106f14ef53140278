"""What a database needs before anybody is served: this version's tables, and in a demo its data."""

from flask_migrate import upgrade

from lms.app.demo import load
from lms.app.factory import migrations_folder
from lms.app.portal import Portal
from lms.app.settings import Settings
from lms.courses.authoring import jobs as authoring_jobs
from lms.kernel import clock, signing
from lms.kernel.db import db


def prepare(app: Portal, chosen: Settings) -> None:
    """Migrate the database of `app` and fill an empty demo."""
    with app.app_context():
        try:
            upgrade_tables()
            if chosen.demo and load.is_empty():
                load.load_demo()
            signing.warn_if_refused(clock.now())
        finally:
            db.session.remove()
            db.engine.dispose()


def upgrade_tables() -> None:
    """Bring the tables to this version, and what is made from them: a catalogue of an earlier form is made anew."""
    upgrade(directory=str(migrations_folder()))
    db.session.remove()
    authoring_jobs.shelve()
