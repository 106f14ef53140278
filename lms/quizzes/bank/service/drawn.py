"""A version of a question as one attempt asks it: with the values drawn for it in its texts and in its key."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lms.quizzes.bank.service.questions import html_of
from lms.quizzes.kinds import question_from_json
from lms.quizzes.kinds.chance import content_drawn
from lms.quizzes.values import StoredQuestion


def as_asked(
    stored: StoredQuestion, drawn: Mapping[str, Any] | None, *, anew: bool = False
) -> StoredQuestion:
    """Return a version with the values kept with a slot, those of the sample for None; itself if it draws nothing.

    Its HTML is made anew of the texts with the values in them, and cleaned as ever: what is drawn passes no filter by.
    `anew` is for another version than the one that was drawn.
    """
    content = content_drawn(stored.content, drawn, anew=anew)
    if content is stored.content:
        return stored
    html = html_of(question_from_json(content), stored.pictures)
    return replace(stored, content=content, stem=html["stem"], is_plain=html["is_plain"], parts=html["parts"])
