"""Short text: a word or phrase, compared to patterns as Moodle does, but for quotes and spaces that phones change."""

import re
import unicodedata
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, shown_share, text_fields, ticked
from lms.quizzes.kinds.kind import Form, SpeaksForItself, body_of, one_value, own
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    ShortText,
    ShortTextResponse,
    Text,
    TextAnswer,
    TextFormat,
)

STAR: Final = re.compile(r"(?<!\\)\*+")
# A phone writes curly quotes unasked, and text from a web page brings marks that nobody sees.
UNCURLED: Final = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"", "\u200b\ufeff\u00ad")


class ShortTextKind(SpeaksForItself):
    """Grades by the first pattern that matches."""

    type = QuestionType.SHORT_TEXT

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the weight of the first pattern that matches."""
        matched = self._matched(question, response)
        if matched is None:
            return Grade(ZERO)
        return Grade(matched.weight, (PartGrade(matched.key, matched.weight, matched.feedback),))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> ShortTextResponse:
        """Read the text as it was typed."""
        body_of(question, ShortText)
        return ShortTextResponse(one_value(form, name))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was typed."""
        body_of(question, ShortText)
        return bool(_spaced(own(response, ShortTextResponse).text))

    def correct_answer(self, question: Question) -> ShortTextResponse:
        """Return a text that the first possible pattern worth everything matches."""
        candidates = [ShortTextResponse(text) for text in self._right(question)]
        return next(
            (found for found in candidates if self.grade(question, found).fraction == ONE), candidates[0]
        )

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line."""
        given, matched = own(response, ShortTextResponse).text, self._matched(question, response)
        return (
            ReviewLine(
                NO_TEXT,
                Text(given, TextFormat.PLAIN) if given.strip() else NO_TEXT,
                Text(self.correct_answer(question).text, TextFormat.PLAIN),
                matched.weight if matched else ZERO,
                matched.feedback if matched else NO_TEXT,
            ),
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return what was typed."""
        body_of(question, ShortText)
        return Interaction("fill-in", own(response, ShortTextResponse).text)

    def blank_fields(self) -> Fields:
        """Return two spare answers."""
        return {f"answer-{row}-pattern": "" for row in range(2)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each answer that is accepted."""
        body = body_of(question, ShortText)
        fields = ticked("case", holds=body.case_sensitive)
        for row, answer in enumerate(body.answers):
            fields |= {
                f"answer-{row}-key": answer.key,
                f"answer-{row}-pattern": answer.pattern,
                f"answer-{row}-credit": shown_share(answer.weight, blank=ONE),
                **text_fields(f"answer-{row}-feedback", answer.feedback),
            }
        return fields

    def parse_body(self, fields: Fields) -> ShortText:
        """Read the rows; an answer without a credit is worth everything."""
        draft = Draft(fields)
        rows = draft.rows("answer", "pattern", "feedback", "credit")
        keys = draft.keys("answer", rows)
        for row in rows:
            if not draft.word(f"answer-{row}-pattern"):
                draft.refuse(f"answer-{row}-pattern", Message("Write the answer, or remove it."))
        answers = tuple(
            TextAnswer(
                keys[row],
                draft.fields[f"answer-{row}-pattern"],
                draft.share(f"answer-{row}-credit", blank=ONE),
                draft.text(f"answer-{row}-feedback"),
            )
            for row in rows
            if draft.word(f"answer-{row}-pattern")
        )
        if not rows:
            draft.refuse("answers", Message("Write the answer that is right."))
        return draft.whole("answers", lambda: ShortText(answers, draft.is_ticked("case")))

    def _matched(self, question: Question, response: Response) -> TextAnswer | None:
        body, text = body_of(question, ShortText), own(response, ShortTextResponse).text
        if not _spaced(text):
            return None
        return next(
            (
                answer
                for answer in body.answers
                if matches(answer.pattern, text, case_sensitive=body.case_sensitive)
            ),
            None,
        )

    def _right(self, question: Question) -> list[str]:
        patterns = [answer.pattern for answer in body_of(question, ShortText).answers if answer.weight == ONE]
        # A pattern of stars alone takes anything, such as a star.
        return [_spaced(STAR.sub(" ", pattern).replace("\\*", "*")) or "*" for pattern in patterns]


def matches(pattern: str, text: str, *, case_sensitive: bool = False) -> bool:
    r"""Return whether the text is what the pattern says; ``*`` is any run of characters, ``\*`` a star.

    Spelling variants of Unicode, runs of white space and (unless it counts) case are the same. It takes time
    proportional to the text for any number of stars.
    """
    pieces = [
        _alike(piece.replace("\\*", "*"), case_sensitive=case_sensitive)
        for piece in STAR.split(_spaced(pattern))
    ]
    rest = _alike(_spaced(text), case_sensitive=case_sensitive)
    if len(pieces) == 1:
        return rest == pieces[0]
    first, *middle, last = pieces
    if not rest.startswith(first) or not rest.endswith(last) or len(rest) < len(first) + len(last):
        return False
    rest = rest[len(first) : len(rest) - len(last)]
    for piece in middle:
        _, found, rest = rest.partition(piece) if piece else ("", "-", rest)
        if not found:
            return False
    return True


def _spaced(text: str) -> str:
    return " ".join(text.translate(UNCURLED).split())


def _alike(text: str, *, case_sensitive: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    return text if case_sensitive else unicodedata.normalize("NFC", text.casefold())
