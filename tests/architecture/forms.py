"""The forms of a page as a browser sends them, filled in as somebody would who does only what is asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin

from lms.kernel import clock
from lms.kernel.db import new_id
from tests.courses.test_imports import FILES, zipped

GIFT = b"::Frost::Water freezes at 273 kelvin.{TRUE}\n"
Given = str | tuple[BytesIO, str]


def _future() -> str:
    return (clock.now() + timedelta(days=60)).date().isoformat()


# What a name or a type asks for; anything else that is required gets words.
BY_NAME: dict[str, Callable[[], str]] = {
    "amount": lambda: "36,000.00",
    "code": lambda: "NEW-1",
    "days-0-on": _future,
    "lines-0-quantity": lambda: "11",
    "new": lambda: "nine paper lanterns",
    "place": lambda: "Training hall 2",
    "reason": lambda: "Because it is tested.",
}
BY_TYPE: dict[str, Callable[[], str]] = {
    "date": _future,
    "email": lambda: f"{new_id()}@example.com",
    "number": lambda: "12",
    "password": lambda: "twelve small boats",
}


TICKED = {"courses", "person"}
"""Boxes of which one at least must be ticked."""
OTHER_BUTTONS = {"more"}
"""Buttons that only make the form larger."""


@dataclass
class Control:
    """One control of a form; `options` are a select's values."""

    name: str
    kind: str
    value: str = ""
    is_required: bool = False
    is_on: bool = False
    is_main: bool = False
    at: tuple[int, int] = (0, 0)
    options: list[str] = field(default_factory=list)
    chosen: str | None = None


@dataclass
class PageForm:
    """A form as it stands in a page."""

    action: str
    page: str
    is_once: bool
    controls: list[Control] = field(default_factory=list)

    def filled(self) -> dict[str, list[Given]]:
        """Return the fields that a browser sends when its main button is pressed, the first if none is main."""
        sent: dict[str, list[Given]] = {}
        sending = [one for one in self.buttons if one.name not in OTHER_BUTTONS]
        pressed = next((one for one in sending if one.is_main), next(iter(sending), None))
        radios = {one.name for one in self.controls if one.kind == "radio" and one.is_on}
        for one in self.controls:
            if not one.name or one.name == "csrf_token":
                continue
            if one.kind == "submit" and one is not pressed:
                continue
            if one.kind == "radio" and one.name not in radios:
                radios.add(one.name)
                one.is_on = True
            if one.kind in {"checkbox", "radio"} and not (one.is_on or one.is_required or one.name in TICKED):
                continue
            sent.setdefault(one.name, []).append(self._value(one))
        return sent

    @property
    def buttons(self) -> list[Control]:
        """Return what sends it, in the page's order: Enter in a field presses the first."""
        return sorted((one for one in self.controls if one.kind == "submit"), key=lambda one: one.at)

    def _value(self, one: Control) -> Given:
        if one.kind == "file":
            gift = "/author/questions/" in self.action
            return (BytesIO(GIFT), "frost.gift") if gift else (zipped(FILES), "cold-loops.zip")
        if one.kind == "select":
            first = next((value for value in one.options if value), "")
            needs = one.is_required or one.name.startswith("lines-0")
            return one.chosen or (first if needs else one.options[0] if one.options else "")
        if one.value or not (one.is_required or one.name in BY_NAME):
            return one.value
        return BY_NAME.get(one.name, BY_TYPE.get(one.kind, lambda: "Words of a test"))()


class Page(HTMLParser):
    """Finds the links and the POST forms of a page."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[PageForm] = []
        self._by_id: dict[str, PageForm] = {}
        self._elsewhere: list[tuple[str, Control]] = []
        self._inside: PageForm | None = None
        self._select: Control | None = None
        self._area: Control | None = None
        self.feed(text)
        self.close()
        for form_id, control in self._elsewhere:
            if form_id in self._by_id:
                self._by_id[form_id].controls.append(control)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a link, a form or a control."""
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.append(urljoin(self.address, said["href"]))
        elif tag == "form":
            self._begin(said)
        elif tag == "option" and self._select is not None:
            self._select.options.append(said.get("value", ""))
            if "selected" in said:
                self._select.chosen = said.get("value", "")
        elif tag in {"input", "select", "textarea", "button"} and "disabled" not in said:
            self._take(tag, said)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a control."""
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """Take what stands in a text area."""
        if self._area is not None:
            # A line's end right behind the tag is none of the text: browsers leave it out.
            self._area.value += data if self._area.value else re.sub(r"^\r?\n", "", data)

    def _begin(self, said: dict[str, str]) -> None:
        form = PageForm(urljoin(self.address, said.get("action", "")), self.address, "data-once" in said)
        if said.get("method", "get").lower() == "post":
            self.forms.append(form)
        if "id" in said:
            self._by_id[said["id"]] = form
        self._inside = form

    def _take(self, tag: str, said: dict[str, str]) -> None:
        kind = (
            said.get("type", "text")
            if tag == "input"
            else said.get("type", "submit")
            if tag == "button"
            else tag
        )
        if kind in {"button", "reset"} or (tag == "button" and "formaction" in said):
            return
        one = Control(
            said.get("name", ""),
            kind,
            said.get("value", "y" if kind == "checkbox" else ""),
            is_required="required" in said,
            is_on="checked" in said,
            is_main="button-main" in said.get("class", "").split(),
            at=self.getpos(),
        )
        if tag == "select":
            self._select = one
        if tag == "textarea":
            self._area = one
        if "form" in said:
            self._elsewhere.append((said["form"], one))
        elif self._inside is not None:
            self._inside.controls.append(one)
