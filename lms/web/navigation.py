"""Navigation: the links a person's roles give them, offered by features, drawn by the shell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from lms.kernel.actor import Permission, current


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link a feature offers. `group` is one of `GROUPS`; `permission` None shows it to everyone signed in.

    It is where the reader is on every page below its own address, and below those in `also`.
    """

    group: str
    order: int
    label: Any
    endpoint: str
    icon: str
    permission: Permission | None = None
    also: tuple[str, ...] = ()


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
    here = _longest_match([(at, link) for link, url in urls for at in (url, *link.also)], request.path)
    return [
        Group(
            str(title) if title else None,
            [Link(str(link.label), url, link.icon, link is here) for link, url in urls if link.group == key],
        )
        for key, title in groups
        if any(link.group == key for link in shown)
    ]


def _longest_match(places: Sequence[tuple[str, NavLink]], path: str) -> NavLink | None:
    under = [
        (len(url), link)
        for url, link in places
        if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
    ]
    return max(under, key=lambda found: found[0])[1] if under else None
