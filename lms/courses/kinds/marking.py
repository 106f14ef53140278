"""Which features put work into the marking queue; each stands behind one Protocol."""

from collections.abc import Sequence

from flask import Flask, current_app

from lms.courses.values.marking import MarkingSource


def install(app: Flask, sources: Sequence[MarkingSource]) -> None:
    """Give the application its sources of work to mark."""
    known = {source.key: source for source in sources}
    if len(known) != len(sources):
        raise ValueError("two sources of work to mark have the same key")
    app.extensions["lms.courses.marking"] = known


def source_of(key: str) -> MarkingSource | None:
    """Return the source of this key, None if it was uninstalled: its work can be read about, and not marked."""
    known: dict[str, MarkingSource] = current_app.extensions["lms.courses.marking"]
    return known.get(key)
