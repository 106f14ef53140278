"""What the search knows of questions: their words, in whichever text of them they stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.kernel import search
from lms.kernel.richtext import plain_text_of
from lms.quizzes.bank import queries
from lms.quizzes.bank.queries.listing import KIND
from lms.quizzes.kinds import question_from_json
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import Question, QuestionId

AT_ONCE = 500


def words_of(question: Question, html: Mapping[str, Any]) -> str:
    """Return what a question is found by beside its title: all that its pages show of it, and its author's number."""
    shown = [html["stem"], *html["parts"].values()]
    told = [
        text_to_html(text)
        for text in (
            question.general_feedback,
            question.feedback_correct,
            question.feedback_partial,
            question.feedback_incorrect,
        )
        if text
    ]
    plain = [plain_text_of(one) for one in (*shown, *told)]
    return " ".join(one for one in (*plain, question.objective, question.external_id) if one)


def make_findable(found: Sequence[tuple[QuestionId, str, str]]) -> None:
    """Index questions, each with its title and its words; a few statements for all. Tags and objective have filters."""
    search.put_all(
        [
            search.Entry(
                kind=KIND,
                subject_id=question_id,
                title=title,
                detail="",
                body=words,
                url=f"/author/questions/items/{question_id}",
            )
            for question_id, title, words in found
        ]
    )


def make_missing_findable() -> int:
    """Index some questions that the search does not know yet; return how many, 0 once there are none."""
    missing = queries.list_unfindable(at_most=AT_ONCE)
    make_findable(
        [
            (
                question_id,
                (question := question_from_json(stored.content)).title,
                words_of(question, {"stem": stored.stem, "parts": stored.parts}),
            )
            for question_id, stored in missing
        ]
    )
    return len(missing)
