"""Navigation: the links a person's roles give them, offered by features, drawn by the shell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from lms.kernel.actor import Permission, current


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link a feature offers. `group` is one of `GROUPS`; `permission` None shows it to everyone signed in."""

    group: str
    order: int
    label: Any
    endpoint: str
    icon: str
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One link as the shell draws it."""

    label: str
    url: str
    icon: str
    current: bool
    tally: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Some links under a title, or none."""

    title: str | None
    links: Sequence[Link]


def install(app: Flask, groups: Sequence[tuple[str, Any]], links: Sequence[NavLink]) -> None:
    """Give the application its groups (key, lazy title or None) and links."""
    known = {key for key, _title in groups}
    for link in links:
        if link.group not in known:
            raise ValueError(f"{link.endpoint}: no navigation group {link.group!r}")
    app.extensions["lms.navigation"] = (tuple(groups), tuple(sorted(links, key=lambda one: one.order)))


def navigation() -> Sequence[Group]:
    """Return the groups the current actor sees, empty ones left out."""
    groups, links = current_app.extensions["lms.navigation"]
    actor = current()
    shown = [link for link in links if link.permission is None or actor.may(link.permission)]
    urls = [(link, url_for(link.endpoint)) for link in shown]
    here = _longest_match([url for _link, url in urls], request.path)
    return [
        Group(
            str(title) if title else None,
            [Link(str(link.label), url, link.icon, url == here) for link, url in urls if link.group == key],
        )
        for key, title in groups
        if any(link.group == key for link in shown)
    ]


def _longest_match(urls: Sequence[str], path: str) -> str | None:
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(under, key=len, default=None)
