"""AICC: recognised, so that it can be refused with a clear word."""

from collections.abc import Collection, Sequence
from typing import Final, NoReturn

from lms.kernel.archives import FileTree
from lms.kernel.messages import Message
from lms.packages.errors import PackageRefused
from lms.packages.formats.places import without_litter
from lms.packages.values import PackageManifest, PackageStandard
from lms.packages.values.findings import PackageItem

ENDINGS: Final = (".crs", ".au", ".des", ".cst")


class Aicc:
    """Knows an AICC course by the files that describe it, two kinds at least: .au alone may be a sound."""

    standard = PackageStandard.AICC
    edition = "AICC"
    manifests = ()
    shape = PackageManifest

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether the files of an AICC course are there."""
        return len({name[name.rfind(".") :].lower() for name in _described(names)}) > 1

    def read(self, tree: FileTree) -> NoReturn:
        """Refuse it."""
        raise PackageRefused(
            Message(
                "This is an AICC course (%(files)s). AICC is not played: its maker’s tool publishes it as "
                "SCORM 1.2 or cmi5, too.",
                files=", ".join(_described(tree.names())[:4]),
            )
        )

    def items(self, package: PackageManifest) -> Sequence[PackageItem]:
        """Return none."""
        del package
        return ()

    def languages(self, package: PackageManifest) -> frozenset[str]:
        """Return none."""
        del package
        return frozenset()


def _described(names: Collection[str]) -> Sequence[str]:
    return sorted(name for name in without_litter(names) if name.lower().endswith(ENDINGS))
