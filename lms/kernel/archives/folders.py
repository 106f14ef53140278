"""A folder of this machine, read as if it were an archive."""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lms.kernel.archives import tree
from lms.kernel.archives.tree import ArchiveRefused, Limits, Refusal
from lms.kernel.messages import Message


class FolderSource:
    """A folder of this machine, read as if it were an archive: no link in it is followed."""

    notes: tuple[str, ...] = ()

    def __init__(self, root: Path, sizes: dict[str, int]) -> None:
        self._root = root
        self._sizes = sizes

    def names(self) -> tuple[str, ...]:
        """Return the name of every file, sorted."""
        return tuple(sorted(self._sizes))

    def size(self, name: str) -> int:
        """Return the bytes of a file, as it was listed."""
        return self._sizes[name]

    def open(self, name: str) -> BinaryIO:
        """Open a file to read forwards; refuses one that became a link or changed its size meanwhile."""
        size = self._sizes[name]
        path = self._root / name
        if path.parent.resolve() != path.parent:
            raise tree.link(name)
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            raise tree.broken(name) from error
        source = os.fdopen(handle, "rb", buffering=0)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            source.close()
            raise tree.special(name)
        return io.BufferedReader(tree.Measured(source, name, size), tree.PIECE_BYTES)


def folder_source(path: Path, limits: Limits | None = None) -> FolderSource:
    """List a folder under the rules of a zip; raises ArchiveRefused for links, special files, odd names."""
    limits = limits or Limits()
    root = path.resolve()
    if not root.is_dir():
        raise ArchiveRefused(Refusal.BROKEN, Message("%(path)s is not a folder.", path=path.name))
    names = tree.Names(limits)
    sizes: dict[str, int] = {}
    for name, entry in _walk(root, "", limits):
        mode = entry.stat(follow_symlinks=False).st_mode
        names.add(name, is_folder=stat.S_ISDIR(mode))
        if stat.S_ISLNK(mode):
            raise tree.link(name)
        if stat.S_ISREG(mode):
            size = entry.stat(follow_symlinks=False).st_size
            names.add_size(name, size)
            sizes[name] = size
        elif not stat.S_ISDIR(mode):
            raise tree.special(name)
    return FolderSource(root, sizes)


def _walk(root: Path, prefix: str, limits: Limits) -> Iterator[tuple[str, os.DirEntry[str]]]:
    if prefix.count("/") > limits.depth:
        raise ArchiveRefused(
            Refusal.NAME_TOO_LONG, Message("%(name)s is nested too deeply.", name=prefix), member=prefix
        )
    with os.scandir(root / prefix) as entries:
        for entry in entries:
            name = prefix + entry.name
            yield name, entry
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root, f"{name}/", limits)
