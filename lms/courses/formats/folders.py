"""How the files of a course are named: what lies around them, their order, and what they are called without title."""

import posixpath
import re
from typing import Final

NUMBERED: Final = re.compile(r"(\d{1,6})[-_. ]+(.*)")


def root_of(files: list[str]) -> str:
    """Return the folders around everything, empty if there are none or the first already holds a lesson."""
    root = ""
    while files and not any("/" not in file[len(root) :] for file in files):
        tops = {file[len(root) :].partition("/")[0] for file in files}
        # A single section is no wrapping: it is named with a number.
        if len(tops) > 1 or NUMBERED.match(next(iter(tops))):
            break
        root += f"{tops.pop()}/"
    return root


def order(path: str) -> tuple[int, int, str]:
    """Return by what a folder or lesson is ordered: the course's own first, then by number, then by name."""
    name = posixpath.basename(path)
    numbered = NUMBERED.match(name)
    return (1, int(numbered[1]), name) if numbered else (0 if not path else 2, 0, name)


def unnumbered(name: str) -> str:
    """Return a name without the number it begins with."""
    found = NUMBERED.match(name)
    return found[2] if found else name


def titled(name: str) -> str:
    """Return the name of a file or folder as a title."""
    words = " ".join(unnumbered(posixpath.basename(name)).replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:]
