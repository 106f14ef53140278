"""Writing GIFT: every question as one block, each of its texts in its own format."""

import re

from lms.quizzes.kinds import kind_of
from lms.quizzes.syntax.gift import ESCAPE, GiftWriter
from lms.quizzes.values import Question


def written(question: Question) -> str | None:
    """Return the block of a question, with its comments and its last line end; None if GIFT has no such question."""
    form = kind_of(question).gift
    if form is None:
        return None
    marks = [f"[id:{_commented(question.external_id)}]"] if question.external_id else []
    marks += [f"[tag:{_commented(tag)}]" for tag in question.tags]
    comment = f"// {' '.join(marks)}\n" if marks else ""
    title = " ".join(question.title.split()).translate(ESCAPE)
    writer = GiftWriter(question, pairs_by_arrows=form.pairs_by_arrows)
    lines = [*form.lines(question, writer)]
    if question.general_feedback:
        lines.append(f"####{writer.part(question.general_feedback)}")
    answers = "".join(f"\t{line}\n" for line in lines)
    return f"{comment}::{title}::{writer.stem(question.stem)}{{{form.opening(question)}\n{answers}}}\n"


def _commented(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", " ".join(text.split()))
