"""SELECTs of practice that was logged and of what was given by hand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from lms.certificates.cycles.models.deeds import (
    DeedWords,
    GivenRow,
    PracticeRow,
    PracticeVerdict,
    TakenBackRow,
)
from lms.certificates.cycles.rules.requirements import Done
from lms.certificates.cycles.values.deeds import Given, Practice, PracticeSheet, Said
from lms.certificates.values import CertificationId, DeedKey, HoursPractised, Leaf
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import files
from lms.kernel.actor import Scope
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 100

_APPROVED = (
    select(PracticeRow.person_id, PracticeRow.key, PracticeRow.id, PracticeRow.minutes, PracticeVerdict.at)
    .join(PracticeVerdict, PracticeVerdict.practice_id == PracticeRow.id)
    .where(
        among(PracticeRow.person_id, "people"),
        among(PracticeRow.key, "keys"),
        PracticeVerdict.is_approved.is_(True),
    )
)
_GIVEN = select(GivenRow.person_id, GivenRow.key, GivenRow.id, GivenRow.at).where(
    among(GivenRow.person_id, "people"),
    among(GivenRow.key, "keys"),
    ~exists().where(TakenBackRow.given_id == GivenRow.id),
)


def read_deeds(
    person_ids: Collection[PersonId], practised: Collection[DeedKey], given: Collection[DeedKey]
) -> Mapping[PersonId, Mapping[UUID, Sequence[Done]]]:
    """Return what was approved for and given to these people, by key; a query for each of the two that is asked."""
    found: dict[PersonId, dict[UUID, list[Done]]] = defaultdict(lambda: defaultdict(list))
    if practised and person_ids:
        asked = {"people": list(person_ids), "keys": list(practised)}
        for person_id, key, practice_id, minutes, at in fetch(_APPROVED, asked):
            found[person_id][key].append(Done(practice_id, at, Decimal(minutes) / 60))
    if given and person_ids:
        for person_id, key, given_id, at in fetch(_GIVEN, {"people": list(person_ids), "keys": list(given)}):
            found[person_id][key].append(Done(given_id, at))
    return found


def _practice() -> Any:
    said, verdict = aliased(DeedWords), aliased(DeedWords)
    return (
        select(
            PracticeRow, PracticeVerdict, said.words, said.file_id, files.StoredFile.filename, verdict.words
        )
        .outerjoin(PracticeVerdict, PracticeVerdict.practice_id == PracticeRow.id)
        .outerjoin(said, and_(said.deed_id == PracticeRow.id, said.said == Said.EVIDENCE))
        .outerjoin(files.StoredFile, files.StoredFile.id == said.file_id)
        .outerjoin(verdict, and_(verdict.deed_id == PracticeRow.id, verdict.said == Said.VERDICT))
    )


def _practice_of(row: Any) -> Practice:
    practice, verdict, words, file_id, filename, said = row[:6]
    return Practice(
        id=practice.id,
        certification_id=practice.certification_id,
        key=practice.key,
        title=practice.title,
        person_id=practice.person_id,
        person_name="",
        employer_name="",
        minutes=practice.minutes,
        done_on=practice.done_on,
        words=words or "",
        file_id=file_id,
        filename=filename or "",
        logged_at=practice.logged_at,
        logged_by=practice.logged_by,
        is_approved=verdict.is_approved if verdict else None,
        verdict=said or "",
        decided_at=verdict.at if verdict else None,
        decided_by=verdict.by if verdict else None,
    )


def list_sheets(
    person_id: PersonId, leaves: Iterable[Leaf], *, since: datetime | None = None
) -> Sequence[PracticeSheet]:
    """Return each thing that these leaves have practised, with what a person logged of it, the newest first.

    Of two leaves for one thing the first says how many hours; only what was approved at or after `since` counts.
    """
    asked: dict[DeedKey, HoursPractised] = {}
    for leaf in leaves:
        if isinstance(leaf, HoursPractised):
            asked.setdefault(leaf.key, leaf)
    if not asked:
        return ()
    rows = db.session.execute(
        _practice()
        .where(PracticeRow.person_id == person_id, PracticeRow.key.in_(asked))
        .order_by(PracticeRow.id.desc())
        .limit(AT_ONCE)
    )
    entries: dict[DeedKey, list[Practice]] = defaultdict(list)
    for row in rows:
        entries[row[0].key].append(_practice_of(row))
    done = read_deeds([person_id], asked, ()).get(person_id, {})
    return [
        PracticeSheet(
            key=key,
            title=leaf.title,
            hours=leaf.hours,
            approved=sum(
                (one.score or Decimal(0) for one in done.get(key, ()) if since is None or one.at >= since),
                Decimal(0),
            ),
            waiting=sum((one.hours for one in entries[key] if one.is_approved is None), Decimal(0)),
            entries=entries[key],
        )
        for key, leaf in asked.items()
    ]


def list_given(person_id: PersonId, certification_id: CertificationId) -> Sequence[Given]:
    """Return what a person was given by hand for a certification, the newest first."""
    verdict = aliased(DeedWords)
    rows: Any = db.session.execute(
        select(
            GivenRow,
            DeedWords.words,
            DeedWords.file_id,
            files.StoredFile.filename,
            TakenBackRow,
            verdict.words,
        )
        .outerjoin(DeedWords, and_(DeedWords.deed_id == GivenRow.id, DeedWords.said == Said.EVIDENCE))
        .outerjoin(TakenBackRow, TakenBackRow.given_id == GivenRow.id)
        .outerjoin(verdict, and_(verdict.deed_id == GivenRow.id, verdict.said == Said.VERDICT))
        .outerjoin(files.StoredFile, files.StoredFile.id == DeedWords.file_id)
        .where(GivenRow.person_id == person_id, GivenRow.certification_id == certification_id)
        .order_by(GivenRow.id.desc())
        .limit(AT_ONCE)
    )
    return [
        Given(
            id=row.id,
            certification_id=row.certification_id,
            key=row.key,
            title=row.title,
            person_id=row.person_id,
            words=words or "",
            file_id=file_id,
            filename=filename or "",
            at=row.at,
            by=row.by,
            taken_at=taken.at if taken else None,
            taken_by=taken.by if taken else None,
            verdict=verdict_words or "",
        )
        for row, words, file_id, filename, taken, verdict_words in rows
    ]


def get_given(given_id: UUID, scope: Scope) -> GivenRow:
    """Return what somebody whom `scope` reaches was given by hand, held; NotFound for any other."""
    row = db.session.scalars(
        select(GivenRow)
        .where(GivenRow.id == given_id, identity.person_in_scope(GivenRow.person_id, scope))
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound
    return row


def page_waiting(scope: Scope, wanted: PageRequest) -> Page[Practice]:
    """Return one page of the practice that waits for a word, within what `scope` reaches, the oldest first."""
    query = _practice().where(
        PracticeVerdict.practice_id.is_(None), identity.person_in_scope(PracticeRow.person_id, scope)
    )
    page = keyset(query, by=[PracticeRow.id], wanted=wanted, scalars=False).map(_practice_of)
    people = identity.list_people({one.person_id for one in page.items})
    return page.map(
        lambda one: replace(
            one,
            person_name=people[one.person_id].name if one.person_id in people else "",
            employer_name=people[one.person_id].employer_name if one.person_id in people else "",
        )
    )


def get_practice(practice_id: UUID, scope: Scope) -> Practice:
    """Return practice of somebody whom `scope` reaches; NotFound for any other."""
    row = db.session.execute(
        _practice().where(
            PracticeRow.id == practice_id, identity.person_in_scope(PracticeRow.person_id, scope)
        )
    ).first()
    if row is None:
        raise NotFound
    return _practice_of(row)


def find_evidence(file_id: UUID) -> tuple[PersonId, UUID] | None:
    """Return whose deed a file shows, and the deed; None for a file that shows none."""
    row = db.session.execute(
        select(DeedWords.person_id, DeedWords.deed_id).where(DeedWords.file_id == file_id)
    ).first()
    return (row[0], row[1]) if row else None


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return a person's practice and what they were given, as JSON values."""
    practice = [
        _practice_of(row)
        for row in db.session.execute(
            _practice().where(PracticeRow.person_id == person_id).order_by(PracticeRow.id)
        )
    ]
    given: Any = db.session.execute(
        select(GivenRow, DeedWords.words, TakenBackRow)
        .outerjoin(DeedWords, and_(DeedWords.deed_id == GivenRow.id, DeedWords.said == Said.EVIDENCE))
        .outerjoin(TakenBackRow, TakenBackRow.given_id == GivenRow.id)
        .where(GivenRow.person_id == person_id)
        .order_by(GivenRow.id)
    )
    return {
        "practice": [
            {
                "title": one.title,
                "minutes": one.minutes,
                "done_on": one.done_on.isoformat(),
                "words": one.words,
                "file": one.filename,
                "logged_at": one.logged_at.isoformat(),
                "is_approved": one.is_approved,
                "verdict": one.verdict,
            }
            for one in practice
        ],
        "given": [
            {
                "title": row.title,
                "at": row.at.isoformat(),
                "words": words or "",
                "taken_back_at": taken.at.isoformat() if taken else None,
            }
            for row, words, taken in given
        ],
    }
