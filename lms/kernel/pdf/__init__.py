"""PDF: WeasyPrint with one shared fetcher, font configuration and style sheet cache; loaded at first use."""

import contextlib
import importlib
import io
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import structlog

from lms.kernel.errors import Unavailable
from lms.kernel.pdf.values import Attachment, CannotBeSet, Missed, MissingSigns, SignatureField, named

__all__ = [
    "Attachment",
    "CannotBeSet",
    "Missed",
    "MissingSigns",
    "SignatureField",
    "is_available",
    "named",
    "render",
]

log = structlog.get_logger(__name__)
NO_PANGO: Final = (
    "PDFs need the system library Pango, which this machine lacks. `lms doctor` says how to install it."
)
NOTHING: Final[Mapping[str, bytes]] = {}
# Pango and fontconfig are not made for threads; a worker has one anyway.
_lock = threading.Lock()
_told: list[str] = []


def _load() -> Any:
    """Return the module that holds WeasyPrint; Unavailable on a machine that cannot load it."""
    try:
        # Two seconds and a system library (Pango): paid by the first PDF, not by every process's start.
        # What it prints about its own installation is said by `lms doctor` for this product.
        with contextlib.redirect_stdout(io.StringIO()):
            return importlib.import_module("lms.kernel.pdf.press")
    except OSError as error:
        # Said once a process, not once a certificate; tried again each time, for Pango may come while we run.
        if not _told:
            _told.append(NO_PANGO)
            log.warning("pdf.no_pango", reason=NO_PANGO, error=str(error).splitlines()[0])
        raise Unavailable(NO_PANGO) from error


def render(
    html: str,
    *,
    styles: tuple[Path, ...],
    folder: Path | None = None,
    assets: Mapping[str, bytes] = NOTHING,
    fonts: Path | None = None,
    attachments: Sequence[Attachment] = (),
    signature: SignatureField | None = None,
) -> bytes:
    """Return `html` as a tagged PDF (PDF/UA-1) set in `styles`; Unavailable if this machine has no Pango.

    Nothing is fetched from a network. Without `fonts` the HTML may name data URLs and any file, files of `folder` by
    their names, and letters fall back on the fonts of the machine.

    With `fonts` (a folder with faces.css, coverage.json and what they name) it is set exactly: from `assets` by their
    names, data URLs and the fonts of that folder, and from nothing else of the machine, so that the same inputs give
    the same bytes everywhere, and with an empty field if there is to be a signature. A sign that no font has
    is a MissingSigns, a picture that cannot be read a CannotBeSet.
    """
    with _lock:
        press = _load()
        if fonts is None:
            return bytes(press.print_freely(html, styles=styles, folder=folder, attachments=attachments))
        return bytes(
            press.print_exactly(
                html,
                styles=styles,
                assets=assets,
                fonts=fonts,
                attachments=attachments,
                signature=signature,
            )
        )


def is_available() -> bool:
    """Return whether this machine can make PDFs."""
    try:
        with _lock:
            _load()
    except Unavailable:
        return False
    return True
