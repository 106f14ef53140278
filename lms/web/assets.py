"""Knows where the built front end lies and under which hashed name each part of it is served."""

import json
from functools import cache
from pathlib import Path

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


def icon_sprite_url() -> str:
    """Return the URL of the sprite whose symbols are named in static/img/icons.mjs."""
    return asset("icons.svg")


@cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads(
        (static_folder() / "dist" / "manifest.json").read_text(encoding="utf-8")
    )
    return manifest
