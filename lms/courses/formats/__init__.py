"""What courses are read from: Markdown here, and the ways of packing that features above offer."""

from collections.abc import Sequence

from flask import Flask, current_app

from lms.courses.values import Packing
from lms.kernel.archives import FileTree


def install(app: Flask, offered: Sequence[Packing]) -> None:
    """Give the application its ways of packing a course."""
    app.extensions["lms.courses.packings"] = tuple(offered)


def packing_of(tree: FileTree) -> Packing | None:
    """Return the way these files are packed, or None: then they are Markdown, or nothing we know."""
    known: Sequence[Packing] = current_app.extensions["lms.courses.packings"]
    return next((packing for packing in known if packing.recognises(tree)), None)
