"""Courses that are one archive, which a kind of activity plays: what features above offer for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from lms.courses.values import ImportIssue
from lms.kernel.actor import Actor
from lms.kernel.archives import FileTree
from lms.kernel.files import Laid


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip that something may be imported from, whole.

    ``laid`` is the hash and size of each file of it whose bytes are kept already, by its name in the zip.
    """

    file: BinaryIO
    filename: str
    sha256: str
    laid: Laid = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedCourse:
    """What an archive that is one activity says of itself; it cannot come if any issue is an error.

    ``file`` is the one in it that says so.
    """

    title: str
    file: str
    issues: tuple[ImportIssue, ...] = ()


class Packing(Protocol):
    """A way to pack a course as one archive that a kind of activity plays; upper features offer theirs."""

    kind: str
    """The key of the kind of activity that it becomes."""

    def opened(self, file: BinaryIO) -> FileTree | None:
        """Return the files of an upload that is no archive, if it is one of these all the same; None if not."""

    def recognises(self, tree: FileTree) -> bool:
        """Return whether the files are packed this way, be they whole or broken."""

    def read(self, tree: FileTree) -> PackedCourse:
        """Return what the archive is, and everything that speaks against it."""

    def holds(self, config: Mapping[str, Any], archive: Archive) -> bool:
        """Return whether an activity of this configuration plays these very bytes."""

    def lay(self, tree: FileTree) -> Laid:
        """Keep the bytes of what it consists of ahead of the transaction that stores it, for ``Archive.laid``.

        Raises Invalid for bytes that are broken.
        """

    def store(
        self, archive: Archive, *, before: Mapping[str, Any], actor: Actor, now: datetime
    ) -> Mapping[str, Any]:
        """Keep the archive and return the configuration of the activity that plays it.

        ``before`` is the activity's until now, empty for a new one. Raises Invalid for bytes that are broken.
        """
