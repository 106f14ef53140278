"""SELECTs of requests: exemptions and recognitions of prior learning, asked for and decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from lms.certificates.cycles.models import CertificationRow
from lms.certificates.cycles.models.requests import RequestRow
from lms.certificates.cycles.values.requests import Request
from lms.certificates.policy import ASK_EXEMPTION, REVOKE, VIEW_TEAM
from lms.certificates.values import CertificationId, RequestId, RequestState
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 50


def visible_to(actor: Actor) -> Any:
    """Return the filter for requests that the actor made, or of people whom their role reaches."""
    scope = actor.scope_of(ASK_EXEMPTION) | actor.scope_of(REVOKE) | actor.scope_of(VIEW_TEAM)
    return or_(
        RequestRow.asked_by == actor.person_id,
        identity.person_in_scope(RequestRow.person_id, scope),
    )


def _requests() -> Select[RequestRow, str, str, str]:
    return (
        select(RequestRow, CertificationRow.title, CertificationRow.glyph, StoredFile.filename)
        .join(CertificationRow, CertificationRow.id == RequestRow.certification_id)
        .outerjoin(StoredFile, StoredFile.id == RequestRow.file_id)
    )


def _collect(rows: Sequence[Any]) -> Sequence[Request]:
    people = identity.list_people(
        {
            one
            for row, *_rest in rows
            for one in (row.person_id, row.asked_by, row.decided_by)
            if one is not None
        }
    )

    def name_of(person_id: PersonId | None) -> str:
        return people[person_id].name if person_id is not None and person_id in people else ""

    return [
        Request(
            id=row.id,
            kind=row.kind,
            state=row.state,
            person_id=row.person_id,
            person_name=name_of(row.person_id),
            certification_id=row.certification_id,
            title=title,
            glyph=glyph,
            words=row.words,
            file_id=row.file_id,
            filename=filename or "",
            through=row.through,
            asked_at=row.asked_at,
            asked_by=row.asked_by,
            asker_name=name_of(row.asked_by),
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            decider_name=name_of(row.decided_by),
            answer=row.answer,
        )
        for row, title, glyph, filename in rows
    ]


def page_requests(actor: Actor, wanted: PageRequest, *, only_open: bool) -> Page[Request]:
    """Return a page of the requests that the actor may see, the newest first."""
    query = _requests().where(visible_to(actor))
    if only_open:
        query = query.where(RequestRow.state == RequestState.OPEN)
    found = keyset(query, by=(RequestRow.id,), wanted=wanted, descending=True, scalars=False)
    return Page(_collect(found.items) if found.items else (), found.next, found.previous)


def get_visible(request_id: RequestId, actor: Actor) -> Request:
    """Return a request that the actor may see; NotFound for any other."""
    rows = db.session.execute(_requests().where(RequestRow.id == request_id, visible_to(actor))).all()
    if not rows:
        raise NotFound
    return _collect(rows)[0]


def get_request(request_id: RequestId) -> Request:
    """Return a request, whoever asks: for jobs."""
    rows = db.session.execute(_requests().where(RequestRow.id == request_id)).all()
    if not rows:
        raise NotFound
    return _collect(rows)[0]


def list_of(person_id: PersonId, certification_id: CertificationId) -> Sequence[Request]:
    """Return what was asked for a person and a certification, oldest first."""
    rows = db.session.execute(
        _requests()
        .where(RequestRow.person_id == person_id, RequestRow.certification_id == certification_id)
        .order_by(RequestRow.id)
        .limit(AT_ONCE)
    ).all()
    return _collect(rows) if rows else ()


def list_of_person(person_id: PersonId) -> Sequence[Request]:
    """Return what was asked for a person, oldest first."""
    rows = db.session.execute(
        _requests().where(RequestRow.person_id == person_id).order_by(RequestRow.id).limit(AT_ONCE * 4)
    ).all()
    return _collect(rows) if rows else ()


def find_file(request_id: RequestId, actor: Actor) -> StoredFile:
    """Return the evidence of a request that the actor may see; NotFound without one."""
    found = db.session.scalars(
        select(StoredFile)
        .join(RequestRow, RequestRow.file_id == StoredFile.id)
        .where(RequestRow.id == request_id, visible_to(actor))
    ).first()
    if found is None:
        raise NotFound
    return found


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return what was asked for a person instead of a certification, as JSON values."""
    return {
        "exemptions": [
            {
                "certification": one.title,
                "kind": one.kind.value,
                "state": one.state.value,
                "words": one.words,
                "evidence": one.filename,
                "through": one.through.isoformat() if one.through else None,
                "asked_at": one.asked_at.isoformat(),
                "answer": one.answer,
            }
            for one in list_of_person(person_id)
        ]
    }
