"""Nothing that a page names is missing from what the front build wrote."""

import gzip
import json
import re
from pathlib import Path

import pytest

from lms.web.assets import UnknownAssetError, asset, icon_sprite_url, static_folder

ROOT = Path(__file__).parents[2]
ICON = re.compile(
    r'\b(?:icon|glyph)\("([\w-]+)"|\bicon="([\w-]+)"|icon_button\(_\("[^"]*"[^)]*\), "([\w-]+)"'
)


def test_every_built_file_is_there_and_nothing_else_is() -> None:
    dist = static_folder() / "dist"
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    assert {path.name for path in dist.iterdir()} == {*manifest.values(), "manifest.json"}
    assert asset("guildhall.css") == f"/static/dist/{manifest['guildhall.css']}"


def test_a_page_that_names_an_unbuilt_file_says_so_at_once() -> None:
    with pytest.raises(UnknownAssetError, match=r"no-such\.css"):
        asset("no-such.css")


def test_no_page_asks_for_a_glyph_the_sprite_lacks() -> None:
    sprite = (static_folder() / "dist" / Path(icon_sprite_url()).name).read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    sources = [*ROOT.glob("lms/**/*.html"), *ROOT.glob("lms/**/*.py")]
    asked = {
        (str(path.relative_to(ROOT)), name)
        for path in sources
        for match in ICON.finditer(path.read_text(encoding="utf-8"))
        for name in match.groups()
        if name
    }
    assert len(asked) > 10
    assert {(path, name) for path, name in asked if name not in known} == set()


def test_texts_come_compressed_to_browsers_that_take_it_and_say_that_they_differ(sqlite_app, visit):
    for name in ("guildhall.css", "guildhall.js", "icons.svg"):
        plain = visit().get(asset(name), buffered=True)
        sent = visit().get(asset(name), headers={"Accept-Encoding": "gzip, br"})
        assert (plain.headers.get("Content-Encoding"), sent.headers["Content-Encoding"]) == (None, "gzip")
        assert gzip.decompress(sent.data) == plain.data
        assert len(sent.data) * 2 < len(plain.data)
        assert plain.mimetype == sent.mimetype
        assert all("Accept-Encoding" in one.headers["Vary"] for one in (plain, sent))
        assert "immutable" in sent.headers["Cache-Control"]


def test_a_font_comes_as_it_is_and_nothing_outside_the_built_files_comes_at_all(sqlite_app, visit):
    taking = {"Accept-Encoding": "gzip"}
    font = visit().get(asset("inter-latin.woff2"), headers=taking, buffered=True)
    assert "Content-Encoding" not in font.headers
    for name in ("no-such.css", "../css/base.css", "%2e%2e/css/base.css"):
        assert visit().get(f"/static/dist/{name}", headers=taking).status_code == 404
