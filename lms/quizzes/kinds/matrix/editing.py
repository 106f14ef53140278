"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields, ticked
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.matrix.values import Matrix, MatrixColumn, MatrixGrading, MatrixRow
from lms.quizzes.values import Question


class MatrixEditing(Editing):
    """The fields of its form: columns, lines, and in each line a box for every column."""

    def blank_fields(self) -> Fields:
        """Return two spare columns and three spare lines."""
        return {
            **{f"column-{row}-text": "" for row in range(2)},
            **{f"line-{row}-text": "" for row in range(3)},
            "grading": MatrixGrading.LINES.value,
            **ticked("shuffle", holds=True),
        }

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each column and each line."""
        body = body_of(question, Matrix)
        fields = {
            "grading": body.grading.value,
            **ticked("several", holds=body.takes_several),
            **ticked("shuffle", holds=body.shuffle),
        }
        for at, column in enumerate(body.columns):
            fields |= {f"column-{at}-key": column.key, f"column-{at}-text": column.text}
        for at, row in enumerate(body.rows):
            fields |= {
                f"line-{at}-key": row.key,
                **text_fields(f"line-{at}-text", row.text),
                **text_fields(f"line-{at}-feedback", row.feedback),
            }
            for place, column in enumerate(body.columns):
                fields |= ticked(f"line-{at}-right-{place}", holds=column.key in row.column_keys)
        return fields

    def parse_body(self, fields: Fields) -> Matrix:
        """Read the rows; a box stands for the column of its number."""
        draft = Draft(fields)
        places = draft.rows("column", "text")
        column_keys = draft.keys("column", places)
        columns = tuple(MatrixColumn(column_keys[at], draft.word(f"column-{at}-text")) for at in places)
        lines = draft.rows("line", "text", "feedback")
        keys = draft.keys("line", lines)
        several = draft.is_ticked("several")
        rows = tuple(
            MatrixRow(
                keys[at],
                draft.text(f"line-{at}-text", required=Message("Write the line, or remove it.")),
                tuple(column_keys[place] for place in places if draft.is_ticked(f"line-{at}-right-{place}")),
                draft.text(f"line-{at}-feedback"),
            )
            for at in lines
        )
        for at, row in zip(lines, rows, strict=True):
            if not several and len(row.column_keys) != 1:
                draft.refuse(f"line-{at}-right", Message("Tick the one column that is right in this line."))
        if len(columns) < 2:  # noqa: PLR2004  as the body asks
            draft.refuse("columns", Message("Name two columns at least."))
        if not rows:
            draft.refuse("lines", Message("Write the lines, and tick what is right in each."))
        grading = MatrixGrading.WHOLE if draft.word("grading") == "whole" else MatrixGrading.LINES
        return draft.whole(
            "lines", lambda: Matrix(rows, columns, several, grading, draft.is_ticked("shuffle"))
        )
