"""Knowledge checks in a lesson: what they show comes from the feature that has the questions."""

from collections.abc import Collection, Mapping, Sequence

from flask import Flask, current_app

from lms.courses.values import CheckSource


def install(app: Flask, source: CheckSource) -> None:
    """Give the application its knowledge checks."""
    app.extensions["lms.courses.checks"] = source


def _source() -> CheckSource:
    found: CheckSource = current_app.extensions["lms.courses.checks"]
    return found


def choices() -> Sequence[tuple[str, str]]:
    """Return what an author may ask in a lesson, as names and titles."""
    return _source().choices()


def missing(names: Collection[str]) -> Sequence[str]:
    """Return the names for which there is no question."""
    return _source().missing(names)


def show(names: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return each check as safe HTML: a form that asks, and after it what was said to an answer of the address."""
    return _source().show(names, answers)
