"""Importing people: a table is brought, its columns named, all of it tried, and then stored batch by batch."""

from lms.identity.service.imports.bringing import (
    IMPORTS_JOB,
    begin_import,
    cancel_import,
    confirm_import,
    forget_imports,
    forget_person,
    name_columns,
    open_upload,
)
from lms.identity.service.imports.checking import Check, check_batch, end_check, give_up, open_check
from lms.identity.service.imports.storing import invite_batch, store_batch

__all__ = [
    "IMPORTS_JOB",
    "Check",
    "begin_import",
    "cancel_import",
    "check_batch",
    "confirm_import",
    "end_check",
    "forget_imports",
    "forget_person",
    "give_up",
    "invite_batch",
    "name_columns",
    "open_check",
    "open_upload",
    "store_batch",
]
