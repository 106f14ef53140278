"""Audiences' tables: the rules, and who is meant by each today."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.audiences.values import AudienceId
from lms.identity.values import PersonId
from lms.kernel.db import Model, new_id


class AudienceRow(Model):
    """An audience. `rule` is its Rule as JSON; `name_key`, the name folded, is unique.

    While `to_fill` is set, its people follow the rule up to the person `filled_to`, `filled` of `to_fill` people.
    """

    __tablename__ = "audiences"
    __table_args__ = (Index("ix_audiences_name", "name", "id"),)

    id: Mapped[AudienceId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str]
    rule: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]
    changed_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    filled_to: Mapped[PersonId | None]
    filled: Mapped[int] = mapped_column(Integer, default=0)
    to_fill: Mapped[int | None] = mapped_column(Integer)


class AudienceMember(Model):
    """A person who is meant by an audience."""

    __tablename__ = "audience_members"
    __table_args__ = (Index("ix_audience_members_person", "person_id", "audience_id"),)

    audience_id: Mapped[AudienceId] = mapped_column(ForeignKey("audiences.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    since: Mapped[datetime]
