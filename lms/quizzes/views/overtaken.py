"""An exam that somebody else saved while its author wrote: who that was and when, before either is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import request

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import audit
from lms.quizzes.events import QuizChanged, QuizDefined, SittingChanged
from lms.quizzes.values import QuizId

SAVES: Final = frozenset(one.fact_name() for one in (QuizChanged, QuizDefined, SittingChanged))
LOOKED_AT: Final = 50
"""Among how many of an exam's newest facts its last save is looked for."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What was saved meanwhile; `name` is "" for somebody who is no more, `at` None where nothing tells."""

    name: str
    at: datetime | None


def overtaken(quiz_id: QuizId) -> Overtaken:
    """Return who saved an exam or its conditions last, and when."""
    facts: Sequence[audit.AuditEntry] = audit.list_entries(
        audit.AuditFilter(subject_id=quiz_id), before=None, limit=LOOKED_AT
    )
    last = next((one for one in facts if one.action in SAVES), None)
    if last is None:
        return Overtaken("", None)
    person = identity.find_person(PersonId(last.actor_id)) if last.actor_id else None
    return Overtaken(person.name if person else "", last.at)


def is_told() -> bool:
    """Return whether the page that was sent had said that somebody else saved meanwhile."""
    return request.form.get("overtaken") == "yes"
