"""xAPI (Tin Can) packages: what a tincan.xml says, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass

from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import AssignableUnit, CourseStructure, MoveOn, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class TinCanActivity:
    """An activity that the package describes; what it says of itself in statements may say more."""

    identifier: str
    type: str
    name: Texts
    description: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class TinCanPackage:
    """A tincan.xml that keeps every rule.

    ``identifier`` is the id of the activity that is launched: what is said of it is said of the package. ``launches``
    has where it begins by language tag (empty for none): percent-encoded from the root of the package with its query,
    or absolute if ``is_elsewhere``.
    """

    standard: PackageStandard
    identifier: str
    title: str
    titles: Texts
    description: Texts
    launches: Mapping[str, str]
    is_elsewhere: bool
    activities: tuple[TinCanActivity, ...]
    warnings: tuple[str, ...] = ()
    root: str = ""


def as_course(package: TinCanPackage) -> CourseStructure:
    """Return the package as a course of one unit, which is done once it says that it is completed or passed."""
    unit = AssignableUnit(
        identifier=package.identifier,
        title=package.titles,
        description=package.description,
        url=next(iter(package.launches.values())),
        is_elsewhere=package.is_elsewhere,
        move_on=MoveOn.COMPLETED_OR_PASSED,
    )
    return CourseStructure(
        standard=package.standard,
        identifier=package.identifier,
        title=package.title,
        titles=package.titles,
        description=package.description,
        units=(unit,),
    )
