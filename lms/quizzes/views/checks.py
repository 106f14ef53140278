"""Knowledge checks: questions of the bank asked within a lesson, answered at once, with nothing stored."""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask import render_template

from lms.quizzes.bank import queries
from lms.quizzes.bank.service import as_asked
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.values import QuestionId, StoredQuestion
from lms.quizzes.views.paper import answered_slot, asking_of, not_marked_at_once, review_of


class KnowledgeChecks:
    """What lessons may ask. A check is named by its question, and asks the question's present version."""

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return the questions in use, by bank and title; none to which a lesson could not say what it earns."""
        left_out = not_marked_at_once()
        return [
            (str(one.id), f"{bank}: {one.title}")
            for one, bank in queries.list_in_use()
            if one.type not in left_out
        ]

    def missing(self, names: Collection[str]) -> Sequence[str]:
        """Return the names that are no question's."""
        found = _present(names)
        return [name for name in names if name not in found]

    def show(self, names: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
        """Return each check as HTML; an answer that the address gives to one is marked beneath it. One query."""
        found = _present(names)
        tried = next(iter(answers.get("check", ())), "")
        return {
            name: _shown(number, name, found.get(name), answers if name == tried else {})
            for number, name in enumerate(dict.fromkeys(names), 1)
        }


def _shown(
    number: int, name: str, stored: StoredQuestion | None, answers: Mapping[str, Sequence[str]]
) -> str:
    if stored is None:
        return render_template("quizzes/knowledge_check.html", name=name, asking=None, reviewed=None)
    stored = as_asked(stored, None)
    question = question_from_json(stored.content)
    form = {key: list(values) for key, values in answers.items()}
    given = kind_of(question).parse_response(question, form, f"q{number}") if answers else None
    slot = answered_slot(stored, given=given, number=number)
    return render_template(
        "quizzes/knowledge_check.html",
        name=name,
        asking=asking_of(stored, number=number, given=given),
        reviewed=review_of(slot, stored) if answers else None,
    )


def _present(names: Collection[str]) -> Mapping[str, StoredQuestion]:
    """Return the questions that names are the ids of, by name; a name that is no id is nobody's."""
    ids: dict[str, QuestionId] = {}
    for name in names:
        with contextlib.suppress(ValueError):
            ids[name] = QuestionId(UUID(name))
    found = queries.list_present(set(ids.values())) if ids else {}
    # What a person marks nobody would mark here: to a lesson it is no question.
    asked = {one for one in found if not kind_of(question_from_json(found[one].content)).is_graded_by_person}
    return {name: found[one] for name, one in ids.items() if one in asked}
