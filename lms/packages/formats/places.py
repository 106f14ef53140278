"""Where a package lies in its archive, and what an address in its manifest leads to."""

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from lms.kernel.messages import Message
from lms.packages.values.findings import Noted

ADDRESS: Final = re.compile(r"[^\x00-\x20<>\"{}|\\^`\x7f]+")
IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+")
SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
QUERY_CHARACTERS: Final = "?&=#%/:;,+@!$'()*~-._[]"
# What computers put beside what people pack.
LITTER: Final = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")
FOLDERS_AT_MOST: Final = 5
"""How many folders around a package are looked through, each of which holds nothing else."""


def without_litter(names: Collection[str]) -> Sequence[str]:
    """Return the names that somebody packed on purpose."""
    return [name for name in names if not LITTER.search(name)]


def root_of(names: Collection[str]) -> str:
    """Return the folder that holds everything, as a prefix: empty, or one or more folders that hold nothing else."""
    packed = without_litter(names)
    root = ""
    for _depth in range(FOLDERS_AT_MOST):
        tops = {name[len(root) :].partition("/")[::2] for name in packed}
        folders = {top for top, _rest in tops}
        if len(folders) != 1 or not all(rest for _top, rest in tops):
            break
        root += f"{folders.pop()}/"
    return root


def in_folder(root: str) -> Noted:
    """Return the note that a package does not lie at the top of its archive, which works."""
    return Noted.at(Message("The package lies in a folder of the archive: %(folder)s.", folder=root), None)


def at_top(names: Collection[str], wanted: str) -> str | None:
    """Return the file of this name, in any case, at the top or within folders that hold everything; None without."""
    packed = without_litter(names)
    places = [""]
    for folder in root_of(packed).split("/")[:-1]:
        places.append(f"{places[-1]}{folder}/")
    by_lower = {name.lower(): name for name in packed}
    return next((found for place in places if (found := by_lower.get((place + wanted).lower()))), None)


@dataclass(frozen=True, slots=True)
class Place:
    """A file that an address leads to: as it is spelled in the archive, and what follows it in the address."""

    file: str
    rest: str
    is_respelled: bool

    @property
    def url(self) -> str:
        """Return the address from the root of the package, percent-encoded."""
        return quote(self.file, safe="/") + quote(self.rest, safe=QUERY_CHARACTERS)


class Files:
    """The files of a package, found by what an address calls them."""

    def __init__(self, names: Collection[str], root: str = "") -> None:
        self.names = frozenset(name.removeprefix(root) for name in names if name.startswith(root))
        folded = Counter(name.lower() for name in self.names)
        self._by_lower = {name.lower(): name for name in self.names if folded[name.lower()] == 1}

    def find(self, path: str) -> str | None:
        """Return a file as it is spelled here; another case of the letters is forgiven where only one can be meant."""
        return path if path in self.names else self._by_lower.get(path.lower())


def path_of(written: str) -> tuple[str, str] | None:
    """Return the path of a relative address and what follows it; None if it leads out of the package or nowhere."""
    at = min((found for sign in "?#" if (found := written.find(sign)) >= 0), default=len(written))
    path = posixpath.normpath(unquote(written[:at])) if at else ""
    if not path or path in {".", ".."} or path.startswith(("/", "../")) or "\0" in path:
        return None
    return path, written[at:]


def place_of(path: str, rest: str, files: Files) -> Place | None:
    """Return where a path leads; None if there is no such file."""
    spelled = files.find(path)
    return None if spelled is None else Place(spelled, rest, spelled != path)
