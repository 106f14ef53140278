"""The rows of an author's form by which a question is drawn by chance, and the numbers of it that are formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.chance import (
    SAMPLE,
    DrawingFault,
    check,
    check_formulas,
    draw,
    samples,
)
from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.syntax.arithmetic import Computing, FormulaFault, Value, figured, read
from lms.quizzes.values import NOTHING_DRAWN, Computed, Drawing, Question, Variable

FORMULA: Final = "="
"""What a number begins with that is a formula."""
STAND_IN: Final = "1"
SHOWN: Final = 4
"""How many draws an author sees beside the form."""

Addresses = Mapping[str, str]
"""Where in the body the number of a field stands, by the field's name."""


@dataclass(slots=True)
class DrawnFields:
    """What a form says of chance: the drawing, the fields with a number for each formula, and where parts stand."""

    drawing: Drawing
    fields: Fields
    places: dict[str, str] = field(default_factory=dict)

    def refuse(self, draft: Draft, fault: DrawingFault) -> None:
        """Put what is wrong beside the field that it is about."""
        draft.refuse(self.places.get(fault.part, "variables"), fault.args[0])


def fields_of_drawing(drawing: Drawing, fields: Fields, addresses: Addresses) -> Fields:
    """Return the fields of a form with the rows of a drawing, and its formulas where a number stands."""
    if not drawing:
        return {**fields, "variable-0-name": "", "variable-0-formula": ""}
    names = {at: name for name, at in addresses.items()}
    filled = dict(fields)
    for row, one in enumerate(drawing.variables):
        filled |= {f"variable-{row}-name": one.name, f"variable-{row}-formula": one.formula}
    for row, condition in enumerate(drawing.conditions):
        filled[f"condition-{row}-formula"] = condition
    row = 0
    for computed in drawing.computed:
        if computed.at in names:
            filled[names[computed.at]] = f"{FORMULA}{computed.formula}"
            continue
        filled |= {f"computed-{row}-at": computed.at, f"computed-{row}-formula": computed.formula}
        row += 1
    return filled


def drawing_in(draft: Draft, addresses: Addresses) -> DrawnFields:
    """Return what the rows draw; what is wrong stands in the draft, beside the fields.

    Without a variable nothing is drawn, whatever else the rows say.
    """
    variables = draft.rows("variable", "name", "formula")
    if not variables:
        return DrawnFields(NOTHING_DRAWN, draft.fields)
    conditions = draft.rows("condition", "formula")
    others = draft.rows("computed", "formula")
    formulas = {
        name: word.removeprefix(FORMULA).strip()
        for name in addresses
        if (word := draft.word(name)).startswith(FORMULA)
    }
    computed = [Computed(addresses[name], formula) for name, formula in formulas.items()]
    computed += [
        Computed(draft.word(f"computed-{row}-at"), draft.word(f"computed-{row}-formula")) for row in others
    ]
    drawing = Drawing(
        tuple(
            Variable(draft.word(f"variable-{row}-name"), draft.word(f"variable-{row}-formula"))
            for row in variables
        ),
        tuple(draft.word(f"condition-{row}-formula") for row in conditions),
        tuple(computed),
    )
    places = {addresses[name]: name for name in formulas}
    places |= {draft.word(f"computed-{row}-at"): f"computed-{row}-formula" for row in others}
    for at, row in enumerate(variables):
        places |= {f"variable-{at}-{part}": f"variable-{row}-{part}" for part in ("name", "formula")}
    for at, row in enumerate(conditions):
        places[f"condition-{at}-formula"] = f"condition-{row}-formula"
    found = DrawnFields(drawing, {**draft.fields, **dict.fromkeys(formulas, STAND_IN)}, places)
    try:
        check_formulas(drawing)
        values = draw(drawing, SAMPLE)
    except DrawingFault as fault:
        found.refuse(draft, fault)
        return found
    found.fields = {**draft.fields, **_numbers(draft, formulas, values)}
    return found


def _numbers(draft: Draft, formulas: Mapping[str, str], values: Mapping[str, Value]) -> Mapping[str, str]:
    """Return a number for each formula: what it comes to in the sample."""
    numbers = {}
    for name, formula in formulas.items():
        numbers[name] = STAND_IN
        try:
            value = Computing(values).value(read(formula))
        except FormulaFault as fault:
            draft.refuse(name, fault.args[0])
            continue
        if isinstance(value, Decimal):
            numbers[name] = f"{figured(value):f}"
        else:
            draft.refuse(name, Message("A number is expected."))
    return numbers


def try_out(draft: Draft, drawn: DrawnFields, question: Question) -> Question | None:
    """Return a question that can be drawn, None with what is wrong beside a field where it cannot."""
    if not question.drawing:
        return question
    try:
        check(question)
    except DrawingFault as fault:
        drawn.refuse(draft, fault)
        return None
    return question


def draws_of(question: Question | None) -> Sequence[Mapping[str, str]]:
    """Return some draws of a question, for its author to look at."""
    return samples(question.drawing, SHOWN) if question is not None and question.drawing else ()
