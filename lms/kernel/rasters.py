"""Pictures of PDFs, as PDFium paints them; loaded at first use."""

import importlib
import io
import threading
from typing import Any, Final

PNG: Final = "image/png"
_lock = threading.Lock()


def picture_of(document: bytes, *, width: int, words: str = "") -> bytes:
    """Return the first page of a PDF as a PNG so many pixels wide, which carries `words` that say what it shows."""
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
    # Its text alternative goes where the picture goes (PNG §11.3.3.2, keyword Description).
    said: Any = importlib.import_module("PIL.PngImagePlugin").PngInfo()
    if words:
        said.add_itxt("Description", words)
    painted.save(written, "PNG", compress_level=3, pnginfo=said)
    return written.getvalue()
