"""Pictures of PDFs, as PDFium paints them; loaded at first use."""

import importlib
import io
import threading
from typing import Any, Final

PNG: Final = "image/png"
_lock = threading.Lock()


def picture_of(document: bytes, *, width: int) -> bytes:
    """Return the first page of a PDF as a PNG so many pixels wide."""
    # PDFium is not for several threads at once.
    with _lock:
        pdfium: Any = importlib.import_module("pypdfium2")
        opened = pdfium.PdfDocument(document)
        try:
            page = opened[0]
            painted = page.render(scale=width / page.get_width()).to_pil()
        finally:
            opened.close()
    written = io.BytesIO()
    painted.save(written, "PNG", compress_level=3)
    return written.getvalue()
