"""PDF: WeasyPrint with one shared fetcher, font configuration, style sheet cache; loaded at first use."""

import contextlib
import importlib
import io
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from lms.kernel.errors import Unavailable

log = structlog.get_logger(__name__)
NO_PANGO = (
    "PDFs need the system library Pango, which this machine lacks. `lms doctor` says how to install it."
)
_lock = threading.Lock()


@dataclass(slots=True)
class _Press:
    """WeasyPrint's parts that cost most to make and may be shared; used under the lock."""

    weasyprint: Any
    fonts: Any
    fetcher: Any
    styles: dict[tuple[Path, ...], list[Any]] = field(default_factory=dict)
    images: dict[str, Any] = field(default_factory=dict)


_press: list[_Press] = []
_told: list[str] = []


def _load() -> _Press:
    if not _press:
        try:
            # Two seconds and a system library (Pango): paid by the first PDF, not by every process's start.
            # What it prints about its own installation is said by `lms doctor` for this product.
            with contextlib.redirect_stdout(io.StringIO()):
                weasyprint = importlib.import_module("weasyprint")
            fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
        except OSError as error:
            # Said once a process, not once a certificate; tried again each time, for Pango may come while we run.
            if not _told:
                _told.append(NO_PANGO)
                log.warning("pdf.no_pango", reason=NO_PANGO, error=str(error).splitlines()[0])
            raise Unavailable(NO_PANGO) from error
        fetcher = importlib.import_module("weasyprint.urls").URLFetcher(allowed_protocols={"file", "data"})
        _press.append(_Press(weasyprint, fonts, fetcher))
    return _press[0]


def render(html: str, *, styles: tuple[Path, ...], folder: Path | None = None) -> bytes:
    """Return `html` as a tagged PDF (PDF/UA-1) set in `styles`; Unavailable if this machine has no Pango.

    The HTML may name files and data URLs only, and files of `folder` by their names; nothing is fetched from a
    network. Pictures outside a folder are shared by many PDFs and stay in memory.
    """
    with _lock:
        press = _load()
        if styles not in press.styles:
            press.styles[styles] = [
                press.weasyprint.CSS(filename=str(path), font_config=press.fonts, url_fetcher=press.fetcher)
                for path in styles
            ]
        document = press.weasyprint.HTML(
            string=html, url_fetcher=press.fetcher, base_url=f"{folder}/" if folder else None
        )
        return bytes(
            document.write_pdf(
                stylesheets=press.styles[styles],
                font_config=press.fonts,
                cache=press.images if folder is None else {},
                pdf_variant="pdf/ua-1",
                pdf_tags=True,
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
