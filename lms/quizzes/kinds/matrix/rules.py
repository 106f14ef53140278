"""What a matrix earns: every line counts the same, and is right or not."""

from decimal import Decimal

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, own, refused, unknown_choice
from lms.quizzes.kinds.matrix.values import Matrix, MatrixGrading, MatrixResponse, MatrixRow
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
    TextFormat,
)


class MatrixRules(Rules):
    """Grades by the share of lines that are right."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 when all are right; a line that nothing belongs to is right if left empty.

        That holds once anything is ticked: what was not answered earns nothing.
        """
        body, ticks = body_of(question, Matrix), dict(own(response, MatrixResponse).ticks)
        if not ticks:
            return Grade(ZERO)
        right = [row for row in body.rows if _is_right(row, ticks)]
        if body.grading is MatrixGrading.WHOLE and len(right) < len(body.rows):
            right = []
        share = ONE / len(body.rows)
        parts = tuple(
            PartGrade(row.key, share if row in right else ZERO, row.feedback)
            for row in body.rows
            if row.key in ticks or not row.column_keys
        )
        return Grade(Decimal(len(right)) / len(body.rows), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> MatrixResponse:
        """Read one field per line, ``answer-LINE``, with the keys of columns or nothing."""
        body = body_of(question, Matrix)
        keys = [column.key for column in body.columns]
        ticks = []
        for row in body.rows:
            field = f"{name}-{row.key}"
            sent = {key for key in form.get(field, ()) if key}
            if not sent <= set(keys):
                raise refused(field, unknown_choice())
            if len(sent) > 1 and not body.takes_several:
                raise refused(field, Message("The answer was sent more than once."))
            if sent:
                ticks.append((row.key, tuple(key for key in keys if key in sent)))
        return MatrixResponse(tuple(ticks))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether every line is ticked; where several may be, whether any is: none may be right in a line."""
        body, ticks = body_of(question, Matrix), dict(own(response, MatrixResponse).ticks)
        return bool(ticks) and (body.takes_several or len(ticks) == len(body.rows))

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say how many lines are still open, once any is not."""
        body, ticks = body_of(question, Matrix), own(response, MatrixResponse).ticks
        left = len(body.rows) - len(ticks)
        if body.takes_several or not ticks or not left:
            return NO_REMARK
        return Message("Still open: %(left)s.", left=left)

    def correct_answer(self, question: Question) -> MatrixResponse:
        """Return every line with its columns."""
        rows = body_of(question, Matrix).rows
        return MatrixResponse(tuple((row.key, row.column_keys) for row in rows if row.column_keys))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per line."""
        body, ticks = body_of(question, Matrix), dict(own(response, MatrixResponse).ticks)
        graded = {part.key: part for part in self.grade(question, response).parts}
        words = {column.key: column.text for column in body.columns}

        def said(keys: tuple[str, ...]) -> Text:
            listed = ", ".join(words[key] for key in keys if key in words)
            return Text(listed, TextFormat.PLAIN) if listed else NO_TEXT

        return tuple(
            ReviewLine(
                row.text,
                said(ticks.get(row.key, ())),
                said(row.column_keys),
                graded[row.key].fraction if row.key in graded else ZERO,
                graded[row.key].feedback if row.key in graded else NO_TEXT,
            )
            for row in body.rows
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the pairs, among the lines and the columns."""
        body, ticks = body_of(question, Matrix), own(response, MatrixResponse).ticks
        return Interaction(
            "matching",
            "[,]".join(f"{row}[.]{column}" for row, columns in ticks for column in columns),
            {
                "source": tuple((row.key, row.text) for row in body.rows),
                "target": tuple((one.key, Text(one.text, TextFormat.PLAIN)) for one in body.columns),
            },
        )


def _is_right(row: MatrixRow, ticks: dict[str, tuple[str, ...]]) -> bool:
    return set(ticks.get(row.key, ())) == set(row.column_keys)
