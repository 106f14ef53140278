"""Names that stand where others rely on them: their owner no longer changes them alone."""

from collections.abc import Sequence

from flask import Flask, current_app

from lms.identity.values import NameHold, PersonId


def install_name_holds(app: Flask, holds: Sequence[NameHold]) -> None:
    """Give the application what holds names."""
    app.extensions["lms.name_holds"] = tuple(holds)


def is_name_held(person_id: PersonId) -> bool:
    """Return whether a person's name proves something to others."""
    holds: Sequence[NameHold] = current_app.extensions["lms.name_holds"]
    return any(holds_it(person_id) for holds_it in holds)
