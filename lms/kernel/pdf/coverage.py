"""Which of our fonts have which letters: the table that static/build.mjs writes beside them."""

import bisect
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

UNSEEN: Final = frozenset({"head", "script", "style", "title"})


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ranges of code points that fall back on a file: `firsts` in order, each with its last and its file."""

    firsts: Sequence[int]
    lasts: Sequence[int]
    files: Sequence[str]
    families: Mapping[str, str]
    """The files that style sheets name, each with its family."""

    def files_for(self, text: Collection[str]) -> Sequence[str]:
        """Return the files that letters of `text` fall back on, in the table's order."""
        found = set[str]()
        for point in {ord(sign) for sign in text}:
            at = bisect.bisect_right(self.firsts, point) - 1
            if at >= 0 and point <= self.lasts[at]:
                found.add(self.files[at])
        return sorted(found)


@cache
def read_coverage(folder: Path) -> Coverage:
    """Return the table of a folder of fonts."""
    told = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))
    ranges = sorted(
        (points[at], points[at + 1], file)
        for file, points in told["fallback"].items()
        for at in range(0, len(points), 2)
    )
    return Coverage(
        [one[0] for one in ranges], [one[1] for one in ranges], [one[2] for one in ranges], told["families"]
    )


class _Texts(HTMLParser):
    """The texts of a page that are seen, each whole."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen and data.strip():
            self.texts.append(" ".join(data.split()))


def texts_of(html: str) -> Sequence[str]:
    """Return the texts of a page that are seen, in order."""
    parser = _Texts()
    parser.feed(html)
    parser.close()
    return parser.texts
