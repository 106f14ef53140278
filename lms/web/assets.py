"""Knows where the built front end lies and under which hashed name each part of it is served."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup

import lms

_PACKAGE = Path(lms.__file__).parent


class UnknownAssetError(LookupError):
    """Raised for a name that static/build.mjs did not write into the manifest."""


def static_folder() -> Path:
    """Return the folder served under /static: in an installed wheel, else beside the package."""
    installed = _PACKAGE / "static"
    return installed if installed.is_dir() else _PACKAGE.parent / "static"


def asset(name: str) -> str:
    """Return the URL of a built file by its plain name, as in ``asset("guildhall.css")``.

    The name holds a hash of the content, so the answer may be cached for ever.
    """
    try:
        return f"/static/dist/{_manifest()[name]}"
    except KeyError:
        message = f"static/dist/manifest.json has no {name!r}; it is built by `node static/build.mjs`"
        raise UnknownAssetError(message) from None


def is_built(name: str) -> bool:
    """Return whether static/build.mjs wrote a file of this hashed name."""
    return name in _manifest().values()


def icon_sprite_url() -> str:
    """Return the URL of the sprite whose symbols are named in static/img/icons.mjs."""
    return asset("icons.svg")


def icon_shapes(name: str) -> str:
    """Return the shapes of one glyph of the sprite as SVG, on its 24 × 24 field; those of `award` for one unknown."""
    return _sprite().get(name) or _sprite()["award"]


@cache
def _sprite() -> dict[str, str]:
    text = (static_folder() / icon_sprite_url().removeprefix("/static/")).read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', text, re.DOTALL))


DIRECTIONAL = frozenset(
    {"left", "right", "back", "arrow", "return", "undo", "logout", "login", "indent", "outdent", "send"}
)
"""The glyphs that point the way one reads."""


@lru_cache(maxsize=2048)
def icon(name: str, label: str | None = None, large: bool = False) -> Markup:  # noqa: FBT001, FBT002  as macros are called
    """Return a glyph of static/img/icons.mjs, hidden from readers unless it alone carries a meaning (`label`).

    Pages have dozens, so each is written once per process.
    """
    classes = f"icon{' icon-lg' if large else ''}{' icon-flip' if name in DIRECTIONAL else ''}"
    meaning = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {}><use href="{}#{}"/></svg>').format(
        classes, meaning, asset("icons.svg"), name
    )


@cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads(
        (static_folder() / "dist" / "manifest.json").read_text(encoding="utf-8")
    )
    return manifest
