"""What courses are read from: Markdown here, and the ways of packing that features above offer."""

from collections.abc import Sequence
from typing import BinaryIO

from flask import Flask, current_app

from lms.courses.values.packing import Packing
from lms.kernel.archives import FileTree


def install(app: Flask, offered: Sequence[Packing]) -> None:
    """Give the application its ways of packing a course."""
    app.extensions["lms.courses.packings"] = tuple(offered)


def opened(file: BinaryIO) -> FileTree | None:
    """Return the files of an upload that is no archive, if some way of packing knows it; None if none does."""
    known: Sequence[Packing] = current_app.extensions["lms.courses.packings"]
    return next((tree for packing in known if (tree := packing.opened(file)) is not None), None)


def packing_of(tree: FileTree) -> Packing | None:
    """Return the way these files are packed, or None: then they are Markdown, or nothing we know."""
    known: Sequence[Packing] = current_app.extensions["lms.courses.packings"]
    return next((packing for packing in known if packing.recognises(tree)), None)
