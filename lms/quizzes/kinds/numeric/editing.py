"""How an author writes it: fields in, body out."""

from collections.abc import Mapping
from dataclasses import replace

from lms.quizzes.kinds.amount_rows import fields_of_numbers, number_addresses, numbers_in
from lms.quizzes.kinds.amounts import ToleranceRule, UnitRule
from lms.quizzes.kinds.drafts import Draft, Fields, shown_number
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.numeric.values import Numeric, Slider
from lms.quizzes.values import ONE, Question


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
        body = body_of(question, Numeric)
        fields = dict(fields_of_numbers(body))
        if body.slider:
            fields |= {
                "slider-least": shown_number(body.slider.least),
                "slider-most": shown_number(body.slider.most),
                "slider-step": "" if body.slider.step == ONE else shown_number(body.slider.step),
            }
        return fields

    def parse_body(self, fields: Fields) -> Numeric:
        """Read the rows."""
        draft = Draft(fields)
        body, slider = numbers_in(draft, Numeric), _slider_in(draft)
        return draft.whole("answers", lambda: replace(draft.finished(body), slider=slider))

    def addresses(self, fields: Fields) -> Mapping[str, str]:
        """Return the numbers and their tolerances."""
        return number_addresses(fields)


def _slider_in(draft: Draft) -> Slider | None:
    """Return the slider of a form; none where neither end is filled in."""
    if not draft.word("slider-least") and not draft.word("slider-most"):
        return None
    ends = draft.number("slider-least"), draft.number("slider-most")
    step = draft.number("slider-step", blank=ONE)
    if any(name.startswith("slider-") for name in draft.faults):
        return None
    return draft.part("slider-most", lambda: Slider(*ends, step))
