"""How an author writes it: fields in, body out."""

from lms.quizzes.kinds.amount_rows import fields_of_numbers, numbers_in
from lms.quizzes.kinds.amounts import ToleranceRule, UnitRule
from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.numeric.values import Numeric
from lms.quizzes.values import Question


class NumericEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return one spare answer, and no unit."""
        return {
            "answer-0-value": "",
            "unit-rule": UnitRule.NONE.value,
            "tolerance-rule": ToleranceRule.ABSOLUTE.value,
        }

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each answer and for each unit."""
        return fields_of_numbers(body_of(question, Numeric))

    def parse_body(self, fields: Fields) -> Numeric:
        """Read the rows."""
        draft = Draft(fields)
        return draft.finished(numbers_in(draft, Numeric))
