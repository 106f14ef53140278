"""Which kinds of activity this installation has; a kind stands behind one Protocol and knows no database."""

from collections.abc import Mapping, Sequence

from flask import Flask, current_app

from lms.courses.kinds.media import Media
from lms.courses.kinds.page import Page
from lms.courses.kinds.unknown import Unknown
from lms.courses.values import ActivityKind
from lms.courses.values.written import WrittenForm


def install(app: Flask, offered: Sequence[ActivityKind]) -> None:
    """Give the application its kinds: the page, the film, and what the features above offer."""
    every: tuple[ActivityKind, ...] = (Page(), Media(), *offered)
    known = {kind.key: kind for kind in every}
    if len(known) != len(every):
        raise ValueError("two kinds of activity have the same key")
    app.extensions["lms.courses.kinds"] = known


def kind_of(key: str) -> ActivityKind:
    """Return the kind of this key; one that was uninstalled stands in for itself and cannot be published."""
    known: dict[str, ActivityKind] = current_app.extensions["lms.courses.kinds"]
    return known.get(key) or Unknown(key)


def every() -> Sequence[ActivityKind]:
    """Return all kinds, the page first."""
    known: dict[str, ActivityKind] = current_app.extensions["lms.courses.kinds"]
    return tuple(known.values())


def forms() -> Mapping[str, WrittenForm]:
    """Return how activities of other kinds than pages and films are written as files, by kind."""
    return {kind.key: kind.written for kind in every() if kind.written is not None}
