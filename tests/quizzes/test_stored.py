"""What banks and attempts hold since before kinds had folders is read, and written again to the letter."""

import json
from pathlib import Path
from typing import Any

import pytest

from lms.quizzes.bank.rules import digest
from lms.quizzes.kinds import KINDS, question_from_json, response_from_json
from lms.quizzes.values import ImportedQuestion, question_to_json, response_to_json

STORED = json.loads((Path(__file__).parent / "stored.json").read_text(encoding="utf-8"))
BEFORE = {"single_choice", "multiple_choice", "true_false", "short_text", "numeric", "matching"}


def written(document: dict[str, Any]) -> str:
    """Return a document as a column holds it, its fields in their order."""
    return json.dumps(document)


@pytest.mark.parametrize("stored", STORED["questions"], ids=lambda stored: stored["digest"][:8])
def test_a_stored_question_is_the_same_question_with_the_same_digest(stored: dict[str, Any]) -> None:
    question = question_from_json(stored["content"])
    assert written(question_to_json(question)) == written(stored["content"])
    assert digest(ImportedQuestion(question)) == stored["digest"]


@pytest.mark.parametrize("stored", STORED["responses"])
def test_a_stored_answer_is_the_same_answer(stored: dict[str, Any]) -> None:
    assert written(response_to_json(response_from_json(stored))) == written(stored)


def test_every_kind_there_was_has_both_in_store() -> None:
    assert {one["content"]["type"] for one in STORED["questions"]} == BEFORE <= KINDS.keys()
    assert {one["type"] for one in STORED["responses"]} == BEFORE


@pytest.mark.parametrize("type_", ["", "riddle", None])
def test_what_is_of_no_known_kind_is_refused_in_words(type_: str | None) -> None:
    with pytest.raises(ValueError, match="no known kind"):
        question_from_json({**STORED["questions"][0]["content"], "type": type_})
    with pytest.raises(ValueError, match="no known kind"):
        response_from_json({**STORED["responses"][0], "type": type_})
