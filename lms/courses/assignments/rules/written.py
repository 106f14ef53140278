"""An assignment as a file of a course: its task is the text, what it asks for stands in the front matter.

Who marks it is no part of the file: people are others where it is read.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from lms.courses.assignments import rules
from lms.courses.assignments.values import Assignment, Takes
from lms.courses.values.marking import (
    CRITERIA_AT_MOST,
    LEVELS_AT_MOST,
    POINTS_AT_MOST,
    Criterion,
    FileKind,
    Level,
    Rubric,
)
from lms.courses.values.written import Entries, Fault
from lms.kernel.messages import Message

MB: Final = 1_000_000
TITLE_LENGTH: Final = 200
TASK_LENGTH: Final = 50_000
FILES_AT_MOST: Final = 20
AGAIN_AT_MOST: Final = 20
DAYS_AT_MOST: Final = 3650
ALWAYS: Final = "always"
_TOKEN: Final = re.compile(r"\\.|\\|\||[^\\|]+", re.DOTALL)
_LEVEL: Final = re.compile(r"(\d{1,4})\s*:\s*(\S.*)")
_DUE: Final = re.compile(r"(\d{1,4})\s+days?")


KEYS: Final = ("takes", "files", "most_files", "most_mb", "rubric", "pass", "again", "due")


def write(config: Mapping[str, Any]) -> tuple[Entries, str]:
    """Return what a file says of an assignment: the entries of its front matter, and the task."""
    one = rules.assignment_of(config)
    return {
        "takes": one.takes.value,
        "files": tuple(kind.value for kind in one.kinds),
        "most_files": str(one.most_files),
        "most_mb": str(-(-one.most_bytes // MB)),
        "rubric": tuple(_criterion_line(criterion) for criterion in one.rubric.criteria),
        "pass": str(one.rubric.pass_percent),
        "again": ALWAYS if one.again is None else str(one.again),
        "due": _due_words(one),
    }, one.task


def read(entries: Entries, body: str) -> tuple[Mapping[str, Any], Sequence[Fault]]:
    """Return what entries and task say, and each entry that says nothing; what is missing is as in a new one."""
    return _Reading(entries).read(body)


class _Reading:
    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._faults: list[Fault] = []

    def read(self, body: str) -> tuple[Mapping[str, Any], Sequence[Fault]]:
        """Return the configuration and the faults."""
        new = rules.assignment_of({})
        due_days, due_on = self._due()
        if len(body) > TASK_LENGTH:
            self._fail("", Message("The task has more than %(most)s characters.", most=TASK_LENGTH))
        read = Assignment(
            task=body,
            task_html="",
            takes=self._takes(new.takes),
            kinds=self._kinds(new.kinds),
            most_files=self._number("most_files", new.most_files, 1, FILES_AT_MOST),
            most_bytes=MB * self._number("most_mb", new.most_bytes // MB, 1, rules.FILE_BYTES // MB),
            rubric=Rubric(self._criteria(), self._number("pass", rules.PASS_PERCENT, 1, 100)),
            again=None if self._text("again") == ALWAYS else self._number("again", 2, 0, AGAIN_AT_MOST),
            due_days=due_days,
            due_on=due_on,
            markers=(),
        )
        return rules.config_of(read), self._faults

    def _fail(self, key: str, message: Message) -> None:
        self._faults.append((key, message))

    def _text(self, key: str) -> str:
        value = self._entries.get(key, "")
        if isinstance(value, str):
            return value
        self._fail(key, Message("%(key)s is a list, but should be text.", key=key))
        return ""

    def _list(self, key: str) -> Sequence[str]:
        value = self._entries.get(key, ())
        if isinstance(value, str):
            self._fail(key, Message("%(key)s is text, but should be a list.", key=key))
            return ()
        return value

    def _number(self, key: str, usual: int, least: int, most: int) -> int:
        text = self._text(key).removesuffix("%").strip()
        if not text:
            return usual
        if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
            self._fail(
                key,
                Message(
                    "%(key)s is a number from %(least)s to %(most)s, not %(text)s.",
                    key=key,
                    least=least,
                    most=most,
                    text=text[:40],
                ),
            )
            return usual
        return int(text)

    def _takes(self, usual: Takes) -> Takes:
        text = self._text("takes")
        if text and text not in set(Takes):
            self._refuse("takes", text, Takes)
            return usual
        return Takes(text) if text else usual

    def _kinds(self, usual: Sequence[FileKind]) -> tuple[FileKind, ...]:
        if "files" not in self._entries:
            return tuple(usual)
        said = self._list("files")
        for one in said:
            if one not in set(FileKind):
                self._refuse("files", one, FileKind)
        return tuple(kind for kind in FileKind if kind in said)

    def _refuse(self, key: str, text: str, choices: Sequence[str] | type[Takes] | type[FileKind]) -> None:
        self._fail(
            key,
            Message(
                "%(text)s is not one of %(choices)s.",
                text=text[:40],
                choices=", ".join(str(one) for one in choices),
            ),
        )

    def _criteria(self) -> tuple[Criterion, ...]:
        lines = self._list("rubric")
        if len(lines) > CRITERIA_AT_MOST:
            self._fail(
                "rubric",
                Message("A rubric has at most %(most)s criteria.", most=CRITERIA_AT_MOST),
            )
        found = [(line, _criterion_of(line)) for line in lines[:CRITERIA_AT_MOST]]
        for line, criterion in found:
            if criterion is None:
                self._fail(
                    "rubric",
                    Message(
                        "“%(line)s” is no criterion: write Title | 0: Missing | 3: Complete.", line=line[:80]
                    ),
                )
        return tuple(criterion for _line, criterion in found if criterion is not None)

    def _due(self) -> tuple[int | None, date | None]:
        text = self._text("due")
        if not text:
            return None, None
        days = _DUE.fullmatch(text)
        if days and 1 <= int(days[1]) <= DAYS_AT_MOST:
            return int(days[1]), None
        try:
            return None, date.fromisoformat(text)
        except ValueError:
            self._fail("due", Message("%(text)s is no due day: write 14 days or 2027-01-31.", text=text[:40]))
            return None, None


def _due_words(one: Assignment) -> str:
    if one.due_days is not None:
        return f"{one.due_days} days"
    return one.due_on.isoformat() if one.due_on else ""


def _criterion_line(criterion: Criterion) -> str:
    return " | ".join(
        [_escaped(criterion.title), *(f"{one.points}: {_escaped(one.words)}" for one in criterion.levels)]
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _criterion_of(line: str) -> Criterion | None:
    """Return the criterion that a line says; None if it has no title, no level, or none with points."""
    parts = _parts(line)
    if parts is None or not parts[0] or len(parts[0]) > TITLE_LENGTH:
        return None
    found = [_LEVEL.fullmatch(part) for part in parts[1:]]
    levels = tuple(Level(int(one[1]), one[2]) for one in found if one is not None)
    if not 1 <= len(levels) == len(found) <= LEVELS_AT_MOST:
        return None
    most = max(level.points for level in levels)
    return Criterion(parts[0], levels) if 0 < most <= POINTS_AT_MOST else None


def _parts(line: str) -> Sequence[str] | None:
    """Return what stands between the bars of a line, None if it ends in an escape that escapes nothing."""
    found = [""]
    for piece in _TOKEN.findall(line):
        if piece == "\\":
            return None
        if piece == "|":
            found.append("")
        else:
            found[-1] += piece.removeprefix("\\") or piece
    return [part.strip() for part in found]
