"""What the catalogue answers: found and counted in memory, shown from the tables, for one reader."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from lms.audiences import facade as audiences
from lms.courses import policy
from lms.courses.authoring.models import CourseRow, PassageRow, ShelfRow
from lms.courses.kinds import facets as registry
from lms.courses.learning.models import EnrolmentRow
from lms.courses.learning.queries.feedback import rating_columns
from lms.courses.learning.queries.pages import reader_of, shows, view_of, views
from lms.courses.learning.queries.shelves import NUMBER, Kept, kept_at
from lms.courses.learning.rules.highlighting import Needle, best_passage, excerpt, marked, needles_of
from lms.courses.learning.rules.searching import Found, nearby, search
from lms.courses.learning.rules.shelf import Shelf, counted, narrowed, places_in
from lms.courses.learning.values import CourseView
from lms.courses.learning.values.catalogue import Card, FacetChoices, FacetOption, Offered, Part, Sort, Wanted
from lms.courses.learning.values.feedback import rating_of
from lms.courses.values import CourseId
from lms.courses.values.catalogue import CourseFormat
from lms.identity import facade as identity
from lms.kernel.actor import Actor
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.kernel.folding import terms_of
from lms.web.pages import Page, PageRequest, sliced

TERMS_AT_MOST = 8
NEW_DAYS = 30
TEAM_DAYS = 90
TEAM_AT_LEAST = 3
"""Of how many people at least a number is told: fewer would tell on somebody."""
ROW_AT_MOST = 4
TEAM_AT_ONCE = 40


class _Reader(NamedTuple):
    """Whom the catalogue is for: the courses they see, and those they are in the middle of or have completed."""

    kept: Kept
    seen: int
    begun: int
    completed: int
    team: Mapping[CourseId, int]
    """What colleagues take, most first, with how many; asked for where it is shown."""

    @property
    def shelf(self) -> Shelf:
        """Return the catalogue."""
        return self.kept.shelf


class _Told(IntEnum):
    NUMBER = 0
    AUDIENCE = 1
    BEGUN = 2
    COMPLETED = 3
    TEAM = 4


@cache
def _team() -> Any:
    """Return the query of the courses that at least `TEAM_AT_LEAST` people at :organisation_id took since :since.

    :person_id is the reader, who is no colleague of their own.
    """
    people = identity.employed(
        with_branches=False, in_position=False, in_region=False, one=False, able_to_act=False
    )
    count = func.count(EnrolmentRow.person_id.distinct())
    return (
        select(EnrolmentRow.course_id, count)
        .where(
            EnrolmentRow.person_id.in_(people),
            EnrolmentRow.person_id != bindparam("person_id", type_=Uuid()),
            or_(
                EnrolmentRow.enrolled_at >= bindparam("since", type_=EnrolmentRow.enrolled_at.type),
                EnrolmentRow.completed_at >= bindparam("since", type_=EnrolmentRow.enrolled_at.type),
            ),
            shows(EnrolmentRow),
        )
        .group_by(EnrolmentRow.course_id)
        .having(count >= TEAM_AT_LEAST)
        .order_by(count.desc(), EnrolmentRow.course_id)
        .limit(TEAM_AT_ONCE)
    )


@cache
def _about(*, with_team: bool) -> Any:
    """Return the query of all that decides what :person_id sees, and what their team takes: (what, id, number)."""
    person_id = bindparam("person_id", type_=Uuid())

    def rows(told: _Told, of: Any, *, id_: Any, number: Any = None) -> Any:
        what, none = literal_column(str(told.value), Integer), literal_column("0", BigInteger)
        return of.with_only_columns(what, id_, none if number is None else number)

    own = select(EnrolmentRow).where(EnrolmentRow.person_id == person_id)
    mine = audiences.audiences_with(person_id).subquery()
    team = _team().subquery()
    colleagues = [rows(_Told.TEAM, select(team), id_=team.c[0], number=team.c[1])] if with_team else []
    return union_all(
        *colleagues,
        rows(_Told.NUMBER, NUMBER, id_=cast(null(), Uuid()), number=NUMBER.selected_columns[0]),
        rows(_Told.AUDIENCE, select(mine), id_=mine.c[0]),
        rows(_Told.BEGUN, own.where(EnrolmentRow.ended_at.is_(None)), id_=EnrolmentRow.course_id),
        rows(_Told.COMPLETED, own.where(EnrolmentRow.completed_at.is_not(None)), id_=EnrolmentRow.course_id),
    )


def _reader(actor: Actor, now: datetime, *, with_team: bool) -> _Reader:
    told: dict[int, list[Any]] = {one: [] for one in _Told}
    given: dict[str, Any] = {"person_id": actor.person_id}
    if with_team:
        given |= {"organisation_id": actor.employer_id, "since": now - timedelta(days=TEAM_DAYS)}
    for what, id_, count in fetch(_about(with_team=with_team), given):
        told[what].append((id_, count) if what == _Told.TEAM else count if what == _Told.NUMBER else id_)
    kept = kept_at(max(told[_Told.NUMBER], default=0))
    shelf = kept.shelf
    begun, completed = shelf.bits_of(told[_Told.BEGUN]), shelf.bits_of(told[_Told.COMPLETED])
    if actor.may(policy.VIEW_AUTHORING):
        seen = shelf.all
    else:
        seen = shelf.seen_by(map(str, told[_Told.AUDIENCE])) | begun | completed
    most_first = sorted(told[_Told.TEAM], key=lambda one: (-one[1], str(one[0])))
    team = [one for one in most_first if shelf.bits_of([one[0]]) & seen][:ROW_AT_MOST]
    return _Reader(kept, seen, begun=begun, completed=completed & ~begun, team=dict(team))


def browse(actor: Actor, wanted: Wanted, at: PageRequest, *, now: datetime) -> Offered:
    """Return a page of the courses that fit, with the facets' counts; a constant number of queries.

    Who looks for nothing yet is also shown what is new and what their colleagues take.
    """
    first = at.after is None and at.before is None
    opens = wanted.is_untouched and first
    reader = _reader(actor, now, with_team=opens and actor.employer_id is not None)
    shelf = reader.shelf
    terms = terms_of(wanted.words, most=TERMS_AT_MOST)
    found = search(shelf, terms, reader.seen, exact=wanted.exact) if terms else None
    if found is None and wanted.words:
        found = Found(0, ())  # signs alone are no words: nothing has them
    among = found.courses if found else reader.seen
    fitting = narrowed(shelf, among, wanted.chosen)
    places = _ordered(reader, fitting, found, wanted.sort)
    # The first page needs no more than itself, and one to know that there is another.
    ordered = list(islice(places, at.size + 1) if first else places)
    page = sliced(ordered, key=lambda one: _key(shelf, *one), wanted=at)
    shown = [shelf.places[place].course_id for _group, place in page.items]
    new = _new(reader, now) if opens else ()
    used = [one.word for one in found.words] if found else []
    cards = _cards(reader, actor, [*shown, *new, *reader.team], used, now=now)
    near = nearby(shelf, terms, narrowed(shelf, reader.seen, wanted.chosen)) if terms and not fitting else ()
    return Offered(
        page=Page([cards[one] for one in shown if one in cards], page.next, page.previous),
        total=fitting.bit_count(),
        facets=_choices(reader, among, wanted),
        corrected=[shelf.written(word) for word in found.corrected] if found else [],
        new=[cards[one] for one in new if one in cards],
        team=[(cards[one], count) for one, count in reader.team.items() if one in cards],
        near=[(" ".join(map(shelf.written, words)), count) for words, count in near],
        unnarrowed=among.bit_count() if wanted.chosen and not fitting else 0,
    )


def _new(reader: _Reader, now: datetime) -> Sequence[CourseId]:
    """Return the newest of the new courses."""
    places = reader.shelf.places
    bits = reader.shelf.published_since(now - timedelta(days=NEW_DAYS)) & reader.seen
    newest = islice(_ordered(reader, bits, None, Sort.NEWEST), ROW_AT_MOST)
    return [places[place].course_id for _group, place in newest]


def _key(shelf: Shelf, group: int, place: int) -> tuple[int, str, str]:
    one = shelf.places[place]
    return group, one.title_key, str(one.course_id)


def _ordered(reader: _Reader, bits: int, found: Found | None, sort: Sort) -> Iterator[tuple[int, int]]:
    """Yield (group, place): by group, and within it by title."""
    shelf = reader.shelf
    if sort is Sort.NEWEST:
        yield from ((shelf.ages[one], one) for one in sorted(places_in(bits), key=shelf.by_age.__getitem__))
    elif sort is Sort.SHORTEST:
        ordered = sorted(places_in(bits), key=shelf.by_length.__getitem__)
        yield from ((shelf.lengths[one], one) for one in ordered)
    else:
        for group, courses in _groups(reader, bits, found, sort):
            yield from ((group, one) for one in sorted(places_in(courses), key=shelf.by_title.__getitem__))


def _groups(reader: _Reader, bits: int, found: Found | None, sort: Sort) -> Iterator[tuple[int, int]]:
    if sort is Sort.TITLE:
        yield 0, bits
    elif found is not None:
        yield from ((-points, courses) for points, courses in found.ranked(bits))
    else:
        yield 0, bits & reader.begun
        yield 1, bits & ~reader.begun & ~reader.completed
        yield 2, bits & reader.completed


def _choices(reader: _Reader, among: int, wanted: Wanted) -> Sequence[FacetChoices]:
    counts = counted(reader.shelf, among, wanted.chosen)
    found = []
    for facet in registry.every():
        values = counts.get(facet.key, {})
        chosen = wanted.chosen.get(facet.key, ())
        options = [
            FacetOption(value, label, values[value], value in chosen)
            for value, label in reader.kept.names_of(facet).items()
            if value in values
        ]
        found.append(FacetChoices(facet.key, str(facet.label), options))
    return found


@cache
def _shown() -> Any:
    return views().add_columns(*rating_columns()).where(among(CourseRow.id, "ids"))


def _cards(
    reader: _Reader, actor: Actor, ids: Sequence[CourseId], words: Sequence[str], *, now: datetime
) -> Mapping[CourseId, Card]:
    """Return these courses as this reader meets them, by id; the tables decide once more who sees them."""
    if not ids:
        return {}
    shelf = reader.shelf
    fresh = shelf.published_since(now - timedelta(days=NEW_DAYS))
    live = {
        value: shelf.facets.get("format", {}).get(value, 0)
        for value in (CourseFormat.LIVE, CourseFormat.BLENDED)
    }
    passages = _find_passages(ids, words, shelf) if words else {}
    found = {}
    for row in db.session.execute(_shown(), {**reader_of(actor), "ids": list(ids)}):
        view = replace(view_of(row), rating=rating_of(*row[4:6]))
        bit = 1 << shelf.place_of[view.course.id]
        needles = needles_of(words, compounds=bool(bit & shelf.compounding))
        passage = passages.get(view.course.id)
        found[view.course.id] = Card(
            view=view,
            is_new=bool(fresh & bit),
            format=next((value for value, bits in live.items() if bits & bit), ""),
            **_marks(view, needles),
            passage=excerpt(passage.text, needles) if passage else (),
            passage_title=passage.title if passage else "",
        )
    return found


def _marks(view: CourseView, needles: Sequence[Needle]) -> dict[str, Sequence[Part]]:
    return {
        "title": marked(view.course.title, needles),
        "summary": marked(view.course.summary, needles),
    }


_COMPARED = select(ShelfRow.course_id, ShelfRow.passages).where(among(ShelfRow.course_id, "ids"))


@cache
def _passages(count: int) -> Any:
    """Return the query of so many passages, :course0 at :place0 and so on: each by its key.

    As pairs in a list SQLite would look at every passage there is.
    """
    return select(PassageRow.course_id, PassageRow.title, PassageRow.text).where(
        or_(
            *(
                and_(
                    PassageRow.course_id == bindparam(f"course{at}"),
                    PassageRow.position == bindparam(f"place{at}"),
                )
                for at in range(count)
            )
        )
    )


class _Passage(NamedTuple):
    course_id: CourseId
    title: str
    text: str


def _find_passages(
    ids: Collection[CourseId], words: Sequence[str], shelf: Shelf
) -> Mapping[CourseId, _Passage]:
    """Return the passage of each of these courses in which most of the words stand: where first, and what then."""
    places: list[tuple[CourseId, int]] = []
    for row in fetch(_COMPARED, {"ids": list(ids)}):
        within = bool(shelf.compounding >> shelf.place_of[row.course_id] & 1)
        if (at := best_passage(row.passages, words, within=within)) is not None:
            places.append((row.course_id, at))
    if not places:
        return {}
    given: dict[str, Any] = {}
    for at, (course_id, place) in enumerate(places):
        given |= {f"course{at}": course_id, f"place{at}": place}
    return {row.course_id: _Passage(*row) for row in fetch(_passages(len(places)), given)}
