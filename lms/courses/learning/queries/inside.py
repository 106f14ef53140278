"""Where words stand within a course: in the lessons of one version that its reader may open."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from lms.courses.authoring.models import ActivityRow
from lms.courses.learning.rules.highlighting import Needle, marked, needles_of
from lms.courses.learning.rules.inside import look_into
from lms.courses.learning.rules.shelf import COMPOUNDING
from lms.courses.learning.values import CourseView, OutlineItem
from lms.courses.learning.values.catalogue import FoundInside, FoundLesson
from lms.courses.values import TEXTS
from lms.kernel.db import fetch
from lms.kernel.folding import terms_of

TERMS_AT_MOST = 8
LESSONS_AT_MOST = 40
AT_ONCE = 100


@cache
def _texts() -> Any:
    activity = ActivityRow.__table__.c
    return (
        select(activity.id, activity.html)
        .where(activity.version_id == bindparam("version_id"), activity.kind.in_(TEXTS))
        .order_by(activity.position, activity.id)
    )


def find_inside(view: CourseView, items: Sequence[OutlineItem], words: str) -> FoundInside:
    """Return the lessons with all words, in order, and where; what is locked is named and not looked into."""
    compounds = view.course.language.partition("-")[0] in COMPOUNDING
    needles = needles_of(terms_of(words, most=TERMS_AT_MOST), compounds=compounds)
    lessons: list[FoundLesson] = []
    for found in _found(view, items, needles):
        if len(lessons) == LESSONS_AT_MOST:
            return FoundInside(lessons=lessons, locked=_locked(items), is_cut=True)
        lessons.append(found)
    return FoundInside(lessons=lessons, locked=_locked(items), is_cut=False)


def _locked(items: Sequence[OutlineItem]) -> Sequence[OutlineItem]:
    return [item for item in items if item.shut and item.kind in TEXTS]


def _found(
    view: CourseView, items: Sequence[OutlineItem], needles: Sequence[Needle]
) -> Iterator[FoundLesson]:
    if not needles:
        return
    rows = fetch(_texts(), {"version_id": view.version_id})
    texts: Iterator[Any] = iter(rows.yield_per(AT_ONCE))
    row = next(texts, None)
    for item in items:
        html = ""
        if row is not None and row.id == item.id:
            html, row = row.html, next(texts, None)
        found = look_into(item.title, "" if item.shut else html, needles)
        if found is not None:
            yield FoundLesson(item=item, title=marked(item.title, needles), passages=found)
