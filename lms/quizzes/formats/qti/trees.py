"""Elements made, not read: what an item of QTI 1.2 becomes on its way to one of QTI 2."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Final

from lms.kernel.xmltree import Element

VOID: Final = frozenset(
    {"br", "hr", "img", "input", "source", "track", "wbr", "col", "embed", "link", "meta"}
)
UNSEEN: Final = frozenset({"script", "style", "head", "title"})
DEPTH: Final = 60


def element(name: str, line: int, /, *content: Element | str, **attributes: str) -> Element:
    """Return an element with its content and attributes."""
    made = Element(name, "", {("", key): value for key, value in attributes.items()}, line)
    fill(made, content)
    return made


def fill(made: Element, content: Iterable[Element | str]) -> None:
    """Append content to an element."""
    for one in content:
        made.mixed.append(one)
        if isinstance(one, str):
            made.text += one
        else:
            made.children.append(one)


class HtmlTree(HTMLParser):
    """HTML of other systems as elements; what is left open is closed, and scripts are left out."""

    def __init__(self, line: int) -> None:
        super().__init__(convert_charrefs=True)
        self._line = line
        self._open = [element("div", line)]
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in UNSEEN:
            self._unseen += 1
            return
        made = Element(tag, "", {("", name): value or "" for name, value in attrs}, self._line)
        fill(self._open[-1], [made])
        if tag not in VOID and len(self._open) < DEPTH:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that were left open."""
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
            return
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].name == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        """Take words."""
        if not self._unseen:
            fill(self._open[-1], [data])

    @property
    def content(self) -> list[Element | str]:
        """What was read."""
        return self._open[0].mixed


def html_content(html: str, line: int) -> list[Element | str]:
    """Return HTML as elements and words."""
    tree = HtmlTree(line)
    tree.feed(html)
    tree.close()
    return tree.content
