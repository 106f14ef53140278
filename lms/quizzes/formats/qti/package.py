"""A QTI or Common Cartridge package: a zip whose manifest says which of its files are items, tests and banks."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Self
from urllib.parse import unquote

from lms.kernel.archives import ArchiveRefused, Limits, open_zip
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element, XmlRefused, parse_xml
from lms.quizzes.syntax.qti.content import Files

LIMITS: Final = Limits(files=60_000, file_bytes=100 << 20, total_bytes=500 << 20)
XML_BYTES: Final = 20 << 20
FILE_BYTES: Final = 10 << 20
"""As much as a picture may have."""
MANIFEST: Final = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that the manifest lists: what it is, and what is said of it."""

    href: str
    type: str
    identifier: str = ""
    tags: tuple[str, ...] = ()


class Package(Files):
    """The files of a package, read one by one; close it, or use it in ``with``. Raises ArchiveRefused."""

    def __init__(self, content: bytes) -> None:
        self._zip = open_zip(BytesIO(content), LIMITS)
        self._names = frozenset(self._zip.names())
        self.root = self._root()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Let go of the zip."""
        self._zip.close()

    def _root(self) -> str:
        """Return the folder that the manifest lies in: some tools pack the folder, not what is in it."""
        places = sorted(
            (posixpath.dirname(name) for name in self._names if posixpath.basename(name) == MANIFEST), key=len
        )
        return places[0] if places else ""

    def names(self) -> list[str]:
        """Return the names of all files, as the manifest would name them."""
        start = f"{self.root}/" if self.root else ""
        return sorted(name.removeprefix(start) for name in self._names if name.startswith(start))

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None if there is none of that name or it is far too large."""
        path = posixpath.join(self.root, name)
        if path not in self._names or self._zip.size(path) > FILE_BYTES:
            return None
        with self._zip.open(path) as file:
            return file.read(FILE_BYTES + 1)

    def parsed(self, name: str) -> Element:
        """Return an XML file as a tree; raises ValueError with what is wrong."""
        path = posixpath.join(self.root, name)
        if path not in self._names:
            raise ValueError(Message("The file %(name)s is not in the package.", name=name))
        if self._zip.size(path) > XML_BYTES:
            raise ValueError(Message("The file %(name)s is too large.", name=name))
        try:
            with self._zip.open(path) as file:
                return parse_xml(file.read(XML_BYTES), mixed=True)
        except (XmlRefused, ArchiveRefused) as error:
            raise ValueError(error.message) from error

    def resources(self) -> list[Resource]:
        """Return what the manifest lists; of a package without one, its XML files. Raises ValueError."""
        if MANIFEST not in self.names():
            return [Resource(name, "") for name in self.names() if name.endswith(".xml")]
        manifest = self.parsed(MANIFEST)
        return [
            Resource(_path(one), one.attribute("type"), one.attribute("identifier"), tuple(_keywords(one)))
            for one in manifest.walk()
            if one.name == "resource"
        ]


def _path(resource: Element) -> str:
    href = resource.attribute("href")
    if not href:
        file = resource.first("file")
        href = file.attribute("href") if file else ""
    return posixpath.normpath(unquote(href)) if href else ""


def _keywords(resource: Element) -> Iterator[str]:
    for keyword in (one for one in resource.walk() if one.name == "keyword"):
        for word in (one for one in keyword.walk() if one.name in {"langstring", "string"}):
            if words := cleaned(word.text):
                yield words
