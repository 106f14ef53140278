"""Slots: places in a lower feature's page where upper features put a fragment of their own."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

Fragment = Callable[..., Markup | str | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """One fragment for a slot. `render` gets the slot's arguments and returns markup made by a template, or None."""

    slot: str
    order: int
    render: Fragment


def install(app: Flask, offers: tuple[Offer, ...]) -> None:
    """Give the application its fragments and templates the function `slot`."""
    by_name: dict[str, list[Offer]] = defaultdict(list)
    for offer in sorted(offers, key=lambda one: one.order):
        by_name[offer.slot].append(offer)
    app.extensions["lms.slots"] = by_name
    app.add_template_global(slot, "slot")


def slot(name: str, **arguments: Any) -> Markup:
    """Return what every feature offered for `name`, in order."""
    parts = [offer.render(**arguments) for offer in current_app.extensions["lms.slots"].get(name, ())]
    return Markup("").join(Markup(part) for part in parts if part)  # noqa: S704  rendered by templates above
