"""What has happened to packages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lms.courses.values import ActivityId, EnrolmentId
from lms.kernel.events import Event
from lms.packages.values import PackageId, RevisionId
from lms.packages.values.cmi5 import RegistrationId


@dataclass(frozen=True, kw_only=True)
class PackageStored(Event):
    """A package was uploaded, anew or as a further revision."""

    SUBJECT: ClassVar[str] = "package_id"
    package_id: PackageId
    revision_id: RevisionId
    number: int


@dataclass(frozen=True, kw_only=True)
class ItemsMapped(Event):
    """Somebody said what became of the items that a revision no longer has; None for those that were removed."""

    SUBJECT: ClassVar[str] = "package_id"
    package_id: PackageId
    revision_id: RevisionId
    mapped: Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True)
class TrackingCommitted(Event):
    """A SCO saved its state; the state itself is what is kept."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    AUDITED: ClassVar[bool] = False
    enrolment_id: EnrolmentId
    activity_id: ActivityId
    item: str


@dataclass(frozen=True, kw_only=True)
class UnitWaived(Event):
    """Somebody said that a person need not do a unit of a cmi5 course."""

    SUBJECT: ClassVar[str] = "registration_id"
    registration_id: RegistrationId
    unit: str
    reason: str
