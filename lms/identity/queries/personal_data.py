"""Everything identity holds of one person, for the file that is theirs to have."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from lms.identity.models import Employment, PeopleImportLine, PersonRow, RoleGrant, SignIn
from lms.identity.queries.merging import former_ids, list_former
from lms.identity.queries.organisations import AT_ONCE
from lms.identity.values import PersonId
from lms.kernel import audit, mail
from lms.kernel.db import db


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return everything identity holds of a person, as JSON values."""
    person = db.session.get(PersonRow, person_id)
    if person is None:
        return {}
    ids, former = former_ids(person_id), list_former(person_id)
    employments = db.session.scalars(
        select(Employment).where(Employment.person_id.in_(ids)).order_by(Employment.started_at).limit(AT_ONCE)
    )
    sign_ins = db.session.scalars(
        select(SignIn).where(SignIn.person_id.in_(ids)).order_by(SignIn.started_at.desc()).limit(AT_ONCE)
    )
    grants = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id).limit(AT_ONCE))
    return {
        "person": {
            "id": str(person.id),
            "name": person.name,
            "email": person.email,
            "locale": person.locale,
            "time_zone": person.time_zone,
            "state": person.state.value,
            "created_at": person.created_at.isoformat(),
            "external_id": person.external_id,
        },
        "joined_accounts": [
            {"email": one.email, "name": one.name, "at": one.at.isoformat(), "reason": one.reason}
            for one in former
        ],
        "employments": [
            {
                "organisation_id": str(row.organisation_id),
                "started_at": row.started_at.isoformat(),
                "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            }
            for row in employments
        ],
        "roles": [{"role": row.role.value, "granted_at": row.granted_at.isoformat()} for row in grants],
        "sign_ins": [
            {"started_at": row.started_at.isoformat(), "address": row.address, "browser": row.user_agent}
            for row in sign_ins
        ],
        "imports": [
            {"row": row.number, "cells": row.cells, "stored": row.is_stored}
            for row in db.session.scalars(
                select(PeopleImportLine)
                .where(or_(PeopleImportLine.person_id == person_id, PeopleImportLine.email == person.email))
                .order_by(PeopleImportLine.import_id, PeopleImportLine.number)
                .limit(AT_ONCE)
            )
        ],
        "mails": [
            {"subject": row.subject, "written_at": row.written_at.isoformat()}
            for address in (person.email, *(one.email for one in former))
            for row in mail.list_mails_to(address, limit=AT_ONCE)
        ],
        "acts": [
            {"action": row.action, "at": row.at.isoformat(), "address": row.address}
            for one in ids
            for row in audit.list_entries(audit.AuditFilter(actor_id=one), before=None, limit=AT_ONCE)
        ],
    }
