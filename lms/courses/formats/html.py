"""Turns an author's Markdown into HTML that is safe to show."""

from collections.abc import Mapping
from typing import cast

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(body: str, *, pictures: Mapping[str, str]) -> str:
    """Return sanitised HTML; `pictures` maps each address in the Markdown to where it is served, others vanish."""
    tokens = _PARSER.parse(body)
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "image":
                _point(inner, pictures)
    return nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}), url_schemes={"http", "https", "mailto"}
    )


def _point(image: Token, pictures: Mapping[str, str]) -> None:
    image.attrs["src"] = pictures.get(cast("str", image.attrs.get("src", "")), "")
    image.attrs["loading"] = "lazy"
