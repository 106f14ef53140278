"""What was found in an upload before anything of it is kept: items, languages, and what speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from lms.kernel.messages import Message
from lms.packages.values import PackageStandard


class Warned(Message):
    """A sentence about what was tolerated in a manifest, with the line where it stands; None if nowhere."""

    __slots__ = ("line",)

    line: int | None

    @classmethod
    def at(cls, message: Message, line: int | None) -> Self:
        """Return the message with its line."""
        warned = cls(message.template, **message.params)
        warned.line = line
        return warned


class Noted(Warned):
    """A sentence about what is unusual in a package and does no harm."""

    __slots__ = ()


class Weight(StrEnum):
    """What a finding means for whoever brings the package."""

    REFUSED = "refused"
    """It cannot come."""
    WARNING = "warning"
    """It comes, and something of it will not work."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: what, and where if that makes sense; ``line`` counts from 1."""

    weight: Weight
    message: Message
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class PackageItem:
    """Something in a package that is opened and tracked by itself: ``href`` is where it begins."""

    identifier: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many files of an upload are kept so far, and how many there are; none before it begins."""

    done: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an upload holds. ``standard`` is None, and there are no items, if it cannot come."""

    standard: PackageStandard | None
    edition: str
    title: str
    items: Sequence[PackageItem]
    files: int
    size_bytes: int
    languages: Sequence[str]
    findings: Sequence[Finding]

    def of(self, weight: Weight) -> Sequence[Finding]:
        """Return the findings of one weight."""
        return [one for one in self.findings if one.weight is weight]

    @property
    def is_refused(self) -> bool:
        """Return whether it cannot come."""
        return bool(self.of(Weight.REFUSED))


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in an upload, and the hash and size of its bytes, kept ahead, if it can come."""

    report: Report
    laid: tuple[str, int] | None = None


def to_json(report: Report) -> Mapping[str, Any]:
    """Return a report as JSON values; its sentences stay translatable."""
    return {
        "standard": report.standard.value if report.standard else None,
        "edition": report.edition,
        "title": report.title,
        "items": [[one.identifier, one.title, one.href] for one in report.items],
        "files": report.files,
        "size_bytes": report.size_bytes,
        "languages": list(report.languages),
        "findings": [
            [one.weight.value, _written(one.message), one.file, one.line] for one in report.findings
        ],
    }


def from_json(kept: Mapping[str, Any]) -> Report:
    """Return the report that `to_json` wrote."""
    return Report(
        standard=PackageStandard(kept["standard"]) if kept["standard"] else None,
        edition=kept["edition"],
        title=kept["title"],
        items=[PackageItem(*one) for one in kept["items"]],
        files=kept["files"],
        size_bytes=kept["size_bytes"],
        languages=kept["languages"],
        findings=[
            Finding(Weight(weight), _read(message), file, line)
            for weight, message, file, line in kept["findings"]
        ],
    )


def _written(message: Message) -> Mapping[str, Any]:
    params = {
        name: _written(value)
        if isinstance(value, Message)
        else value
        if isinstance(value, int)
        else str(value)
        for name, value in message.params.items()
    }
    return {"says": message.template, "of": params}


def _read(kept: Mapping[str, Any]) -> Message:
    params = {name: _read(value) if isinstance(value, dict) else value for name, value in kept["of"].items()}
    return Message(kept["says"], **params)
