"""WeasyPrint at work: loaded by `lms.kernel.pdf` at first use, and called under its lock alone."""

import contextlib
import io
import logging
import mimetypes
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pydyf
import weasyprint
import weasyprint.pdf as generating
from fontTools.ttLib import woff2
from PIL import ImageFile
from weasyprint.draw import text as draw
from weasyprint.text.ffi import ffi, fontconfig, gobject, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from lms.kernel.pdf.coverage import read_coverage, texts_of
from lms.kernel.pdf.finishing import finish
from lms.kernel.pdf.values import Attachment, CannotBeSet, Missed, MissingSigns, SignatureField

ASSETS: Final = "http://assets.invalid/"
"""Where a document's assets seem to lie: a name that leads nowhere (RFC 2606), asked of nobody."""
FAMILY: Final = "Guildhall Fallback"
RULE: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<match target="scan"><test name="file" compare="eq"><string>{path}</string></test>
<edit name="family" mode="prepend"><string>{family}</string></edit>
<edit name="family" mode="prepend"><string>{name}</string></edit></match>
</fontconfig>
"""
WITHOUT_LETTER: Final = "\u034f"
NOTDEF: Final = ".notdef glyph rendered"

STACKED: Final = re.compile("[\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
"""Letters of scripts that draw some letters before, above or below others."""

# WeasyPrint lets half a picture pass, in this whole process; whoever brings one is told instead.
ImageFile.LOAD_TRUNCATED_IMAGES = False
ffi.cdef("FcConfig * FcConfigCreate (void);")
_draw_line = draw.draw_first_line
_build_fonts_dictionary = generating.build_fonts_dictionary


def _draw_said_line(stream: Any, textbox: Any, *rest: Any) -> Any:
    """Draw a line; say in so many letters what glyphs say that stand in another order than the letters they are for."""
    if not STACKED.search(textbox.text):
        return _draw_line(stream, textbox, *rest)
    said = pydyf.Dictionary({"ActualText": pydyf.String(textbox.text)})
    stream.begin_marked_content("Span", said)
    drawn = _draw_line(stream, textbox, *rest)
    stream.end_marked_content()
    return drawn


def _build_fonts(pdf: Any, fonts: Mapping[str, Any], *rest: Any) -> Any:
    """Map glyphs that are a part of what others say to a sign without width: PDF/UA-1 wants a letter for every one."""
    for font in fonts.values():
        font.to_unicode = {glyph: said or WITHOUT_LETTER for glyph, said in font.to_unicode.items()}
    return _build_fonts_dictionary(pdf, fonts, *rest)


# WeasyPrint maps each glyph to letters once a document, which loses those of Khmer and Indic clusters.
draw.draw_first_line = _draw_said_line
generating.build_fonts_dictionary = _build_fonts


class _OwnFonts(FontConfiguration):  # type: ignore[misc]  # WeasyPrint carries no types
    """The fonts that are given to it and none of the machine: what a document looks like is ours to say."""

    def __init__(self) -> None:
        super().__init__()
        self._config = fontconfig.FcConfigCreate()
        self.font_map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        pangoft2.pango_fc_font_map_set_config(ffi.cast("PangoFcFontMap *", self.font_map), self._config)
        fontconfig.FcConfigDestroy(self._config)
        self._own = tempfile.TemporaryDirectory(prefix="guildhall-fonts-")
        self._known = set[Path]()

    def add(self, path: Path, family: str = FAMILY) -> None:
        """Read a font of ours, once. Styles know it by its family, WeasyPrint by a name that no other file has."""
        if path in self._known:
            return
        self._known.add(path)
        own = Path(self._own.name) / f"{path.stem}.ttf"
        with own.open("wb") as unpacked:
            woff2.decompress(io.BytesIO(path.read_bytes()), unpacked)
        rule = RULE.format(path=own, family=family, name=f"Guildhall {path.stem}")
        fontconfig.FcConfigParseAndLoadFromMemory(self._config, rule.encode(), True)  # noqa: FBT003  C
        fontconfig.FcConfigAppFontAddFile(self._config, str(own).encode())
        pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", self.font_map))


class _Assets(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
    """What a document set exactly may read: data URLs and its assets. No file and no network."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols={"data"})
        self._assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Return what an address names; ValueError if that is none of the document's own."""
        if not url.startswith(ASSETS):
            return super().fetch(url, headers)
        name = unquote(urlsplit(url).path.removeprefix("/"))
        if name not in self._assets:
            raise ValueError(f"the document has no asset {name!r}")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, self._assets[name], {"Content-Type": kind})


@dataclass(slots=True)
class _Type:
    """Fonts and the style sheets that are set in them, which cost most to make and are shared by many documents."""

    fonts: Any
    styles: Sequence[Any]
    images: dict[str, Any] = field(default_factory=dict)


_files = URLFetcher(allowed_protocols={"file", "data"})
_free = FontConfiguration()
_freely: dict[tuple[Path, ...], _Type] = {}
_exactly: dict[tuple[Path, ...], _Type] = {}
_free_images: dict[str, Any] = {}


def print_freely(
    html: str, *, styles: tuple[Path, ...], folder: Path | None, attachments: Sequence[Attachment]
) -> bytes:
    """Return a PDF of `html` in the fonts of its styles and, where these lack a letter, of the machine."""
    if styles not in _freely:
        _freely[styles] = _Type(_free, _read(styles, _free), _free_images)
    document = weasyprint.HTML(string=html, url_fetcher=_files, base_url=f"{folder}/" if folder else None)
    # Pictures outside a folder are shared by many PDFs and stay in memory.
    return _write(document, _freely[styles], _free_images if folder is None else {}, attachments)


def print_exactly(
    html: str,
    *,
    styles: tuple[Path, ...],
    assets: Mapping[str, bytes],
    fonts: Path,
    attachments: Sequence[Attachment],
    signature: SignatureField | None,
) -> bytes:
    """Return a PDF of `html` in the fonts of a folder alone; MissingSigns, CannotBeSet."""
    coverage = read_coverage(fonts)
    # Fonts of its own for each set of styles: no document may depend on what others were set before it.
    if styles not in _exactly:
        own = _OwnFonts()
        for name, family in coverage.families.items():
            own.add(fonts / name, family)
        _exactly[styles] = _Type(own, _read(styles, own))
    kind = _exactly[styles]
    for name in coverage.files_for(set(html)):
        kind.fonts.add(fonts / name)
    document = weasyprint.HTML(string=html, url_fetcher=_Assets(assets), base_url=ASSETS)
    with _listening() as heard:
        # Its pictures are not shared: two documents may call two pictures by one name.
        made = _write(document, kind, {}, attachments, signature)
    if heard.signs:
        raise MissingSigns(_places(html, heard.signs))
    if heard.errors:
        raise CannotBeSet("; ".join(heard.errors))
    return made


def _read(styles: tuple[Path, ...], fonts: Any) -> Sequence[Any]:
    return [weasyprint.CSS(filename=str(path), font_config=fonts, url_fetcher=_files) for path in styles]


def _write(
    document: Any,
    kind: _Type,
    images: dict[str, Any],
    attachments: Sequence[Attachment],
    signature: SignatureField | None = None,
) -> bytes:
    return bytes(
        document.write_pdf(
            stylesheets=kind.styles,
            font_config=kind.fonts,
            cache=images,
            pdf_variant="pdf/ua-1",
            pdf_tags=True,
            finisher=partial(finish, attachments=attachments, signature=signature),
        )
    )


class _Heard(logging.Handler):
    """What WeasyPrint says of signs without a glyph and of things it cannot read: it says so nowhere but in its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.signs = set[str]()
        self.errors = list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        if str(record.msg).startswith(NOTDEF) and isinstance(record.args, tuple):
            self.signs.add(str(record.args[0]))
        elif record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())


@contextlib.contextmanager
def _listening() -> Iterator[_Heard]:
    heard, logger = _Heard(), logging.getLogger("weasyprint")
    # Whatever somebody made of this log (LMS_LOG_LEVEL, another library): nothing may go unheard, or a box is printed.
    before = logger.disabled, logger.level, logger.propagate, logging.root.manager.disable
    is_told = logger.isEnabledFor(logging.WARNING)
    logger.disabled, logging.root.manager.disable = False, logging.NOTSET
    logger.setLevel(logging.WARNING)  # which forgets what it knew of levels
    logger.propagate = is_told and logger.propagate
    logger.addHandler(heard)
    try:
        yield heard
    finally:
        logger.removeHandler(heard)
        logger.disabled, level, logger.propagate, logging.root.manager.disable = before
        logger.setLevel(level)


def _places(html: str, signs: Collection[str]) -> Sequence[Missed]:
    """Return in which texts of a page signs stand; signs that the styles brought stand in none."""
    found, left = list[Missed](), set(signs)
    for text in texts_of(html):
        of_it = tuple(sign for sign in dict.fromkeys(text) if sign in signs)
        if of_it:
            found.append(Missed(text, of_it))
            left -= set(of_it)
    return [*found, Missed("", tuple(sorted(left)))] if left else found
