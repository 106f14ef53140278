"""The standards that packages are made by: one module each behind one Protocol."""

from typing import Final, Protocol

from lms.kernel.archives import FileTree
from lms.kernel.messages import Message
from lms.packages.errors import PackageRefused
from lms.packages.formats.cmi5 import Cmi5
from lms.packages.formats.scorm12 import Scorm12
from lms.packages.formats.scorm2004 import Scorm2004
from lms.packages.values import PackageManifest, PackageStandard
from lms.packages.values.cmi5 import CourseStructure
from lms.packages.values.scorm2004 import SequencedManifest

Package = PackageManifest | SequencedManifest | CourseStructure


class Format(Protocol):
    """A standard: whether an archive follows it, and what the package then is."""

    @property
    def standard(self) -> PackageStandard:
        """The standard it knows."""

    def recognises(self, tree: FileTree) -> bool:
        """Return whether the archive claims to be made by it."""

    def read(self, tree: FileTree) -> Package:
        """Return the package; raises PackageRefused, which says what is missing or broken."""


FORMATS: Final[tuple[Format, ...]] = (Scorm2004(), Scorm12(), Cmi5())


MANIFESTS: Final = ("imsmanifest.xml", "cmi5.xml")


def manifest_in(tree: FileTree) -> str | None:
    """Return the manifest that makes an archive a package, the one nearest to the top, or None."""
    named = [name for name in tree.names() if name.rpartition("/")[2].lower() in MANIFESTS]
    return min(named, key=lambda name: (name.count("/"), name), default=None)


def read_package(tree: FileTree) -> Package:
    """Return the package in an archive, by the first standard that knows it; raises PackageRefused."""
    for form in FORMATS:
        if form.recognises(tree):
            return form.read(tree)
    found = manifest_in(tree)
    if found is not None:
        raise PackageRefused(
            Message(
                "The manifest lies at %(name)s. Pack the folder that holds it, so that it comes first.",
                name=found,
            )
        )
    raise PackageRefused(
        Message(
            "There is no imsmanifest.xml and no cmi5.xml in the archive: it is no package of SCORM or cmi5, "
            "or was packed without it."
        )
    )
