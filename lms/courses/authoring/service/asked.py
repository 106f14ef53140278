"""What imported files ask of each lesson: rules and locks, found among the course's activities first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from lms.courses import kinds
from lms.courses.authoring.models import ActivityRow
from lms.courses.authoring.rules.locking import find_cycle
from lms.courses.authoring.service.locking import circle, waits_for
from lms.courses.kinds import locks
from lms.courses.kinds.completing import rule_of
from lms.courses.values import (
    ActivityKey,
    CompletionRule,
    ImportedActivity,
    ImportedCourse,
    ImportIssue,
    IssueLevel,
    Lock,
)
from lms.kernel.messages import Message
from lms.web.context import oem_zone

Asked = Mapping[str, tuple[CompletionRule, tuple[Lock, ...]]]
"""For each lesson's file what completes it and what keeps it shut."""


def lessons_of(course: ImportedCourse) -> Sequence[ImportedActivity]:
    """Return the lessons of a course in order."""
    return [lesson for section in course.sections for lesson in section.activities]


def resolve(
    course: ImportedCourse,
    keys: Mapping[str, ActivityKey],
    staying: Collection[ActivityRow],
    leaving: Collection[ActivityRow],
) -> tuple[Asked, Sequence[ImportIssue]]:
    """Return what each lesson asks, and what of it cannot be.

    `keys` are the lessons' by file; `staying` are activities that no file stands for and that remain, `leaving` those
    that the import takes away.
    """
    issues: list[ImportIssue] = []
    titled = {one.title: one.key for one in reversed(list(staying))}
    asked = {
        lesson.file: (
            lesson.rule or kinds.kind_of(lesson.kind).rules[0],
            tuple(_locks(lesson, keys, titled, issues)),
        )
        for lesson in lessons_of(course)
    }
    gone = {one.key: one.title for one in leaving}
    for one in staying:
        for key in waits_for(one):
            if key in gone:
                message = Message(
                    "“%(title)s” will no longer wait for “%(first)s”, which leaves.",
                    title=one.title,
                    first=gone[key],
                )
                issues.append(ImportIssue(IssueLevel.WARNING, "", None, message))
    issues += _cycles(course, keys, staying, asked)
    return asked, issues


def _locks(
    lesson: ImportedActivity,
    keys: Mapping[str, ActivityKey],
    titled: Mapping[str, ActivityKey],
    issues: list[ImportIssue],
) -> Sequence[Lock]:
    found = []
    for first in lesson.after:
        key = keys.get(first) or titled.get(first)
        if key is None:
            message = Message(
                "There is no activity “%(title)s” here: it is not waited for.", title=first[:200]
            )
            issues.append(ImportIssue(IssueLevel.WARNING, lesson.file, None, message))
        else:
            found.append(Lock(locks.AFTER, str(key)))
    if lesson.opens:
        found.append(Lock(locks.FROM, locks.value_of(_instant(lesson.opens))))
    for name, written in lesson.locks:
        kind = locks.find_kind(name)
        value = kind.read(written) if kind is not None and name not in {locks.AFTER, locks.FROM} else None
        if value is None:
            message = Message(
                "There is no “%(kind)s %(name)s” here: the lesson comes without this lock.",
                kind=name[:40],
                name=written[:200],
            )
            issues.append(ImportIssue(IssueLevel.WARNING, lesson.file, None, message))
        else:
            found.append(Lock(name, value))
    return found


def _instant(written: str) -> datetime:
    instant = datetime.fromisoformat(written)
    if instant.tzinfo is None:
        return instant.replace(tzinfo=oem_zone())
    return instant


def _cycles(
    course: ImportedCourse, keys: Mapping[str, ActivityKey], staying: Collection[ActivityRow], asked: Asked
) -> Sequence[ImportIssue]:
    graph = {one.key: list(waits_for(one)) for one in staying}
    names = {one.key: one.title for one in staying}
    for lesson in lessons_of(course):
        key = keys[lesson.file]
        names[key] = lesson.title
        graph[key] = [
            ActivityKey(UUID(lock.value)) for lock in asked[lesson.file][1] if lock.kind == locks.AFTER
        ]
    cycle = find_cycle(graph)
    if not cycle:
        return []
    return [ImportIssue(IssueLevel.ERROR, course.file, None, circle([names[key] for key in cycle]))]


def is_asked(row: ActivityRow, asked: tuple[CompletionRule, tuple[Lock, ...]]) -> bool:
    """Return whether an activity asks just this already."""
    rule, held = asked
    return rule_of(row.kind, row.rule, row.least) == rule and row.locks == locks.to_json(held)


def put(row: ActivityRow, asked: tuple[CompletionRule, tuple[Lock, ...]]) -> None:
    """Let an activity ask this."""
    rule, held = asked
    row.rule, row.least, row.locks = rule.kind.value, rule.least, locks.to_json(held)
