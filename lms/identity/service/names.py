"""Names that stand where others rely on them: their owner no longer changes them alone."""

from collections.abc import Collection, Sequence

from flask import Flask, current_app

from lms.identity.values import NameHold, PersonId


def install_name_holds(app: Flask, holds: Sequence[NameHold]) -> None:
    """Give the application what holds names."""
    app.extensions["lms.name_holds"] = tuple(holds)


def list_names_held(people: Collection[PersonId]) -> set[PersonId]:
    """Return those of these people whose names prove something to others."""
    holds: Sequence[NameHold] = current_app.extensions["lms.name_holds"]
    return {one for listed in holds for one in listed(people)} if people else set()


def is_name_held(person_id: PersonId) -> bool:
    """Return whether a person's name proves something to others."""
    return person_id in list_names_held([person_id])
