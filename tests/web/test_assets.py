"""Nothing that a page names is missing from what the front build wrote."""

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
