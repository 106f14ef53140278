"""What a rule may ask for, as it is called now: found by words, and looked up for the lines of a tree."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lms.certificates.cycles.queries import certifications
from lms.certificates.cycles.rules import drafting
from lms.certificates.cycles.rules.drafting import Known
from lms.certificates.cycles.values.defining import Exchange, Line, Piece
from lms.certificates.values import (
    CertificationHeld,
    CertificationId,
    CourseDone,
    Leaf,
    LiveAttended,
    ScoreReached,
    subject_of,
)
from lms.courses import facade as courses
from lms.courses.values import Activity, ActivityKey, CourseId

FOUND_AT_MOST = 8
"""How many of each kind a search shows: more words find the rest."""
PERCENT = 80
"""The least score that a new line begins with."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `note` is the course that an exam or a session is of."""

    words: str
    lines: Sequence[tuple[Line, str]]


def find_called(words: str) -> Found:
    """Return courses, exams, live sessions and active certifications whose titles have these words."""
    lines: list[tuple[Line, str]] = [
        (Line(0, Piece.COURSE, str(course_id), title), "")
        for course_id, title in courses.find_courses_called(words, limit=FOUND_AT_MOST)
    ]
    lines += [
        (Line(0, Piece.SCORE, str(one.key), one.title, PERCENT), course)
        for course, one in courses.find_graded_called(words, limit=FOUND_AT_MOST)
    ]
    lines += [
        (Line(0, Piece.ATTENDANCE, str(one.key), one.title), course)
        for course, one in courses.find_live_called(words, limit=FOUND_AT_MOST)
    ]
    wanted = words.casefold().split()
    held = [
        (Line(0, Piece.CERTIFICATION, str(one.id), one.title), one.code)
        for one in certifications.list_certifications(only_active=True)
        if all(word in f"{one.title} {one.code}".casefold() for word in wanted)
    ]
    return Found(words, [*lines, *held[:FOUND_AT_MOST]])


def find_line(piece: Piece, subject: str) -> Line | None:
    """Return the line that asks for a thing, None if there is no such thing."""
    try:
        leaf = known_to([Line(0, piece, str(UUID(subject)))])(piece, subject)
    except ValueError:
        return None
    number = PERCENT if piece is Piece.SCORE else None
    return Line(0, piece, subject, leaf.title, number) if leaf else None


def list_exchanges(leaves: Iterable[Leaf]) -> Mapping[str, Exchange]:
    """Return of each exam that is asked for, by its key as text, what else could be asked for in its place."""
    exams = {leaf.activity_key: leaf.course_id for leaf in leaves if isinstance(leaf, ScoreReached)}
    found = courses.list_exams_of(set(exams.values())) if exams else ()
    published = {one.key for one, is_published in found if is_published}
    drafted = {one.key for one, is_published in found if not is_published}
    return {
        str(key): Exchange(
            key in published,
            key in drafted,
            [
                (str(one.key), one.title)
                for one, _is in found
                if one.course_id == course_id and one.key != key
            ],
        )
        for key, course_id in exams.items()
    }


def known_to(lines: Collection[Line], kept: Iterable[Leaf] = ()) -> Known:
    """Return what says what these lines ask for, in a query for each kind of them.

    `kept` are leaves of the rule in force: what is published no longer stays as it is until somebody takes it out.
    """

    def ids(*pieces: Piece) -> set[UUID]:
        return {UUID(line.subject) for line in lines if line.piece in pieces}

    found: dict[tuple[Piece, UUID], Leaf] = {(drafting.piece_of(one), subject_of(one)): one for one in kept}
    if wanted := ids(Piece.COURSE):
        for course_id, course in courses.list_courses({CourseId(one) for one in wanted}).items():
            found[Piece.COURSE, course_id] = CourseDone(course_id, course.title)
    if wanted := ids(Piece.SCORE, Piece.ATTENDANCE):
        for _course, one in courses.list_asked({ActivityKey(each) for each in wanted}):
            found[_activity(one)] = _leaf_of(one)
    missing = {line.subject for line in lines if line.piece is Piece.SCORE} - {
        str(key) for _piece, key in found
    }
    if missing:
        # An exam that takes another's place may be named before it is published.
        for one in courses.list_drafted({ActivityKey(UUID(each)) for each in missing}):
            found[_activity(one)] = _leaf_of(one)
    if wanted := ids(Piece.CERTIFICATION):
        for held in certifications.list_certifications({CertificationId(one) for one in wanted}):
            found[Piece.CERTIFICATION, held.id] = CertificationHeld(held.id, held.title)
    return lambda piece, subject: found.get((piece, UUID(subject)))


def _activity(one: Activity) -> tuple[Piece, UUID]:
    return (Piece.ATTENDANCE if courses.is_live(one) else Piece.SCORE, one.key)


def _leaf_of(one: Activity) -> Leaf:
    if courses.is_live(one):
        return LiveAttended(one.key, one.course_id, one.title, one.minutes)
    return ScoreReached(one.key, one.course_id, one.title, Decimal(0), one.minutes)
