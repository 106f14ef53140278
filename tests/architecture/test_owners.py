"""Every column that names a person is said to go over when accounts are joined, or to stay, with its reason."""

import importlib
import pkgutil

import lms
from lms.kernel.db import Base
from lms.kernel.handing import Owned

# Ids of people without a foreign key: what the audit trail, files and keys say of who did something.
LOOSE = {
    "audit_entries.actor_id",
    "package_revisions.stored_by",
    "role_grants.granted_by",
    "stored_files.stored_by",
    "xapi_credentials.made_by",
}

SETTLED_BEFORE = {"employments", "enrolments", "certification_cycles"}
"""Of two open ones the feature itself ends one, by a rule of its own."""


def declared():
    """Return what the features say of their columns: those that go over, and those that stay."""
    goes: list[Owned] = []
    stays: dict[str, str] = {}
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        found = (
            importlib.import_module(module.name)
            if ".service" in module.name or "handlers" in module.name
            else None
        )
        if found is None:
            continue
        for name, value in vars(found).items():
            if name == "ACCOUNT_ROWS":
                goes += value
            elif name == "ACCOUNT_LEFT":
                stays |= value
    return goes, stays


def test_every_column_that_names_a_person_goes_over_or_stays_with_its_reason():
    goes, stays = declared()
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "people.id" for key in column.foreign_keys)
    }
    moved = {f"{one.table}.{one.column}" for one in goes}
    assert len(moved) == len(goes), "each is said once"
    assert not moved & stays.keys(), "it goes over or it stays"
    assert named | LOOSE == moved | stays.keys()
    assert all(stays.values()), "what stays says why"


def test_of_what_there_is_one_for_each_person_it_is_said_what_becomes_of_a_second():
    goes, _stays = declared()
    said = {(one.table, one.column): one for one in goes}
    for table in Base.metadata.tables.values():
        keys = [
            *(
                set(each.columns.keys())
                for each in table.constraints
                if hasattr(each, "columns") and _is_unique(each)
            ),
            *({column.name for column in index.columns} for index in table.indexes if index.unique),
        ]
        for key in keys:
            for column in key:
                one = said.get((table.name, column))
                if one is not None and table.name not in SETTLED_BEFORE:
                    assert one.once_per is not None, f"{table.name}: one for each {sorted(key)}"


def _is_unique(constraint):
    return type(constraint).__name__ in {"UniqueConstraint", "PrimaryKeyConstraint"}
