"""The standards that packages are made by: one module each behind one Protocol, and one ordered list of them."""

from collections.abc import Collection, Sequence
from typing import Any, Final, Protocol

from lms.kernel.archives import FileTree
from lms.kernel.messages import Message
from lms.packages.errors import OtherEdition, PackageRefused
from lms.packages.formats.aicc import Aicc
from lms.packages.formats.cmi5 import Cmi5
from lms.packages.formats.html import Html
from lms.packages.formats.places import root_of, without_litter
from lms.packages.formats.scorm12 import Scorm12
from lms.packages.formats.scorm2004 import Scorm2004
from lms.packages.formats.tincan import TinCan
from lms.packages.values import PackageManifest, PackageStandard
from lms.packages.values.cmi5 import CourseStructure
from lms.packages.values.findings import PackageItem
from lms.packages.values.scorm2004 import SequencedManifest
from lms.packages.values.tincan import TinCanPackage

Package = PackageManifest | SequencedManifest | CourseStructure | TinCanPackage
SHOWN_AT_MOST: Final = 5


class Format(Protocol):
    """A standard: whether an archive follows it, and what the package then is."""

    @property
    def standard(self) -> PackageStandard:
        """The standard it knows."""

    @property
    def edition(self) -> str:
        """What people call it."""

    @property
    def manifests(self) -> Sequence[str]:
        """The names of the file that makes an archive one of its packages, in small letters; none if none does."""

    @property
    def shape(self) -> type[Any]:
        """The value that `read` returns, as a revision keeps it."""

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether the names of an archive's files claim that it is made by it."""

    def read(self, tree: FileTree) -> Any:
        """Return the package.

        Raises PackageRefused, which says what is missing or broken, or OtherEdition if another format may know it.
        """

    def items(self, package: Any) -> Sequence[PackageItem]:
        """Return what is opened and tracked by itself, in reading order."""

    def languages(self, package: Any) -> frozenset[str]:
        """Return the languages that its manifest names."""


# In this order: what has a manifest comes before what is known by its looks.
FORMATS: Final[tuple[Format, ...]] = (Scorm12(), Scorm2004(), Cmi5(), TinCan(), Aicc(), Html())
MANIFESTS: Final = frozenset(name for form in FORMATS for name in form.manifests)


def format_of(standard: PackageStandard) -> Format:
    """Return the format of a standard."""
    return next(form for form in FORMATS if form.standard is standard)


def manifest_in(names: Collection[str]) -> str | None:
    """Return the manifest that makes an archive a package, the one nearest to the top, or None."""
    named = [name for name in without_litter(names) if name.rpartition("/")[2].lower() in MANIFESTS]
    return min(named, key=lambda name: (name.count("/"), name), default=None)


def read_package(tree: FileTree) -> Any:
    """Return the package in an archive, by the first format that knows it; raises PackageRefused."""
    return recognised(tree)[1]


def recognised(tree: FileTree) -> tuple[Format, Any]:
    """Return an archive's format and the package it is; raises PackageRefused, which says what was looked for."""
    names = tree.names()
    other: OtherEdition | None = None
    buried = _buried(names)
    for form in FORMATS:
        if not form.recognises(names) or ((buried or other) and not form.manifests):
            continue
        try:
            return form, form.read(tree)
        except OtherEdition as refusal:
            other = refusal
    raise other or _unknown(names)


def is_known(names: Collection[str]) -> bool:
    """Return whether some format recognises an archive by the names of its files."""
    return any(form.recognises(names) for form in FORMATS)


def _buried(names: Collection[str]) -> bool:
    """Return whether there is a manifest, but deeper than any format looks: then it is no website."""
    return manifest_in(names) is not None and not any(
        form.recognises(names) for form in FORMATS if form.manifests
    )


def _unknown(names: Collection[str]) -> PackageRefused:
    found = manifest_in(names)
    if found is not None:
        return PackageRefused(
            Message(
                "The manifest lies at %(name)s. Pack the folder that holds it, so that it comes first.",
                name=found,
            )
        )
    packed = without_litter(names)
    root = root_of(packed)
    return PackageRefused(
        Message(
            "There is no imsmanifest.xml (SCORM), no cmi5.xml, no tincan.xml and no index.html at the top of the "
            "archive. Looked in: %(where)s. Found there: %(found)s.",
            where=root or "/",
            found=", ".join(_top(packed, root)) or "–",
        )
    )


def _top(names: Sequence[str], root: str) -> Sequence[str]:
    """Return what lies at the top, folders with a slash: some of it, if it is much."""
    tops = {name[len(root) :].partition("/")[:2] for name in names}
    shown = sorted(top + slash for top, slash in tops)
    return [*shown[:SHOWN_AT_MOST], *(["…"] if len(shown) > SHOWN_AT_MOST else [])]
