"""The facets of the catalogue: its own, and those of the features that offer one."""

from collections.abc import Sequence

from flask import Flask, current_app

from lms.courses.values.catalogue import CatalogueFacet


def install(app: Flask, facets: Sequence[CatalogueFacet]) -> None:
    """Give the application its facets, in the order in which they are shown."""
    if len({one.key for one in facets}) != len(facets):
        raise ValueError("two facets of the catalogue have the same key")
    app.extensions["lms.courses.facets"] = tuple(facets)


def every() -> Sequence[CatalogueFacet]:
    """Return all facets."""
    found: tuple[CatalogueFacet, ...] = current_app.extensions["lms.courses.facets"]
    return found
