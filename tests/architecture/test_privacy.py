"""Every feature that keeps something of a person hands it out and lets go of it."""

from lms.app import wiring
from lms.kernel.db import Base
from tests.architecture.test_modules import ROOMS

OF_A_PERSON = "person_id"
# The kernel's rows are identity's to hand out and erase: the audit trail, letters, what waits in the outbox.
BELOW_FEATURES = {"kernel"}


def feature_of(model):
    parts = [part for part in model.__module__.split(".")[1:] if part not in ROOMS]
    return parts[1] if parts[0] == "portal" else parts[0]


def personal_tables():
    """Return the models that hold rows of persons: by their own column, or hanging from a row that has it."""
    models = {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}
    found = {name for name, model in models.items() if OF_A_PERSON in model.__table__.columns}
    found |= {"people"}
    while True:
        hanging = {
            name
            for name, model in models.items()
            for key in model.__table__.foreign_keys
            if key.column.table.name in found - {"people"} and not key.parent.nullable
        }
        if hanging <= found:
            return {name: models[name] for name in found}
        found |= hanging


def test_every_feature_that_keeps_rows_of_a_person_exports_and_erases_them():
    keeping = {feature_of(model) for model in personal_tables().values()} - BELOW_FEATURES
    registered = {holder.name for holder in wiring.PERSONAL_DATA}
    assert {"identity", "courses", "packages", "quizzes", "certificates"} <= keeping
    assert keeping - registered == set(), "these keep rows of people and are not in wiring.PERSONAL_DATA"
