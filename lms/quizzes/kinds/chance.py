"""Drawing a question's variables by chance, and the question as it reads and counts once they are drawn."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from html import escape
from random import Random
from typing import Any, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.stored import question_from_json
from lms.quizzes.syntax.arithmetic import (
    NAME,
    Computing,
    FormulaFault,
    Scalar,
    Value,
    figured,
    is_by_chance,
    names_in,
    read,
    shown,
)
from lms.quizzes.values import NOTHING_DRAWN, Drawing, Question, question_to_json

VARIABLES_AT_MOST: Final = 40
CONDITIONS_AT_MOST: Final = 20
TRIES_AT_MOST: Final = 200
"""How often is drawn anew until the conditions hold."""
DRAWS_AT_MOST: Final = 10
TRIED_OUT: Final = 25
"""With how many draws a question is tried before it is saved."""
SAMPLE: Final = 1
"""The seed of the draw that is shown where nobody's own is: in lists, in the editor, in files."""
ADDRESS: Final = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,8}", re.ASCII)
"""Where in a body a value stands: names of fields, and keys of what a list holds."""
LEAST: Final = Decimal(1).scaleb(-30)
_MARK: Final = re.compile(r"\{([#^/])([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)
_NAMED: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)
TEXTS: Final = (
    "stem",
    "general_feedback",
    "feedback_correct",
    "feedback_partial",
    "feedback_incorrect",
    "hints",
)
"""What of a question, beside its body, its variables are shown in."""


class DrawingFault(FormulaFault):
    """What is wrong with a drawing, and by which part: ``variable-0-formula``, ``condition-1-formula``, an address."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


def check(question: Question) -> None:
    """Raise DrawingFault where something of a question cannot be drawn, or makes no question once it is."""
    if not question.drawing:
        return
    check_formulas(question.drawing)
    for seed in range(SAMPLE, SAMPLE + TRIED_OUT):
        _try_out(question, draw(question.drawing, seed))


def check_formulas(drawing: Drawing) -> None:
    """Raise DrawingFault where a name or a formula cannot be read, or needs what does not stand before it."""
    if len(drawing.variables) > VARIABLES_AT_MOST or len(drawing.conditions) > CONDITIONS_AT_MOST:
        raise DrawingFault(
            "variables",
            Message("A question draws at most %(most)s variables.", most=VARIABLES_AT_MOST),
        )
    known: set[str] = set()
    for at, one in enumerate(drawing.variables):
        if not NAME.fullmatch(one.name):
            raise DrawingFault(
                f"variable-{at}-name",
                Message("A name has letters without accents, digits and _, and begins with a letter."),
            )
        if one.name in known:
            raise DrawingFault(f"variable-{at}-name", Message("Two variables have this name."))
        _check_names(f"variable-{at}-formula", one.formula, known)
        known.add(one.name)
    for at, condition in enumerate(drawing.conditions):
        _check_names(f"condition-{at}-formula", condition, known)
    for computed in drawing.computed:
        if not ADDRESS.fullmatch(computed.at):
            raise DrawingFault(computed.at, Message("The formula belongs nowhere."))
        _check_names(computed.at, computed.formula, known)


def _try_out(question: Question, values: Mapping[str, Value]) -> None:
    try:
        as_drawn(question, values)
    except DrawingFault:
        raise
    except ValueError as error:
        raise DrawingFault(
            "variables",
            Message(
                "With %(values)s it is no question: %(fault)s",
                values=", ".join(f"{name} = {shown(value)[:40]}" for name, value in values.items()),
                fault=error.args[0],
            ),
        ) from error


def _check_names(part: str, formula: str, known: set[str]) -> None:
    try:
        unknown = names_in(read(formula)) - known
    except FormulaFault as fault:
        raise DrawingFault(part, fault.args[0]) from fault
    if unknown:
        raise DrawingFault(part, Message("There is no “%(name)s” before this.", name=min(unknown)))


def draw(drawing: Drawing, seed: int | str) -> dict[str, Value]:
    """Return the values that a seed draws: the same ones for ever. DrawingFault where none meet the conditions."""
    random = Random(seed)  # noqa: S311  it decides what is asked, and is kept
    computing = Computing({}, random)
    for _try in range(TRIES_AT_MOST):
        computing.values = {}
        for at, one in enumerate(drawing.variables):
            computing.values[one.name] = _value(computing, f"variable-{at}-formula", one.formula)
        if all(_is_met(computing, at, condition) for at, condition in enumerate(drawing.conditions)):
            return computing.values
    raise DrawingFault(
        "condition-0-formula", Message("The conditions hold too rarely: nothing can be drawn.")
    )


def drawn_for(question: Question, seed: str) -> tuple[dict[str, Value], Question]:
    """Return the values that a seed draws for an attempt, and the question with them.

    A draw that makes no question, which its author was not shown, is drawn again; FormulaFault where all are such.
    """
    for time in range(DRAWS_AT_MOST):
        values = draw(question.drawing, f"{seed} {time}")
        try:
            return values, as_drawn(question, values)
        except ValueError:
            continue
    raise FormulaFault(Message("It cannot be computed for these values."))


def _value(computing: Computing, part: str, formula: str) -> Value:
    try:
        return computing.value(read(formula))
    except FormulaFault as fault:
        raise DrawingFault(part, fault.args[0]) from fault


def _is_met(computing: Computing, at: int, condition: str) -> bool:
    value = _value(computing, f"condition-{at}-formula", condition)
    if not isinstance(value, bool):
        raise DrawingFault(f"condition-{at}-formula", Message("A condition is expected, such as a > 3."))
    return value


def as_drawn(question: Question, values: Mapping[str, Value], *, anew: bool = False) -> Question:
    """Return a question with these values in its texts and in what is right; one that draws nothing is itself.

    `anew` computes what follows from the values that were drawn by chance once more: by another version of the
    question, whose formulas may be other ones. ValueError where the values make no question.
    """
    if not question.drawing:
        return question
    computing = Computing(values)
    if anew:
        for at, one in enumerate(question.drawing.variables):
            if not is_by_chance(read(one.formula)) or one.name not in values:
                computing.values[one.name] = _value(computing, f"variable-{at}-formula", one.formula)
    document = question_to_json(replace(question, drawing=NOTHING_DRAWN))
    for computed in question.drawing.computed:
        _put(document["body"], computed.at, _value(computing, computed.at, computed.formula))
    words = {name: shown(value) for name, value in computing.values.items()}
    holding = {name for name, value in computing.values.items() if value is True}
    for name in (*TEXTS, "body"):
        document[name] = _filled(document[name], words, holding)
    return question_from_json(document)


def settled(question: Question) -> Question:
    """Return a question whose body stands as the sample has it, its texts as they are written."""
    values = draw(question.drawing, SAMPLE)
    document = question_to_json(question)
    for computed in question.drawing.computed:
        _put(document["body"], computed.at, _value(Computing(values), computed.at, computed.formula))
    return question_from_json(document)


def _put(body: Any, at: str, value: Value) -> None:
    """Put a value where the address says; DrawingFault where nothing stands there."""
    *path, last = at.split(".")
    try:
        for step in path:
            body = (
                next(one for one in body if one["key"] == step)
                if isinstance(body, list | tuple)
                else body[step]
            )
        is_there = isinstance(body[last], str | bool)
    except (KeyError, StopIteration, TypeError) as error:
        raise DrawingFault(at, Message("The formula belongs nowhere.")) from error
    if not is_there:
        raise DrawingFault(at, Message("The formula belongs nowhere."))
    if isinstance(value, tuple):
        raise DrawingFault(at, Message("A number is expected."))
    body[last] = f"{_within(value):f}" if isinstance(value, Decimal) else value


def _within(number: Decimal) -> Decimal:
    """Return a number as an answer may have it."""
    short = figured(number)
    return Decimal(0) if abs(short) < LEAST else short


def _filled(value: Any, words: Mapping[str, str], holding: set[str], *, is_html: bool = False) -> Any:
    match value:
        case str():
            return _said(value, words, holding, is_html=is_html)
        case list() | tuple():
            return [_filled(one, words, holding) for one in value]
        case dict():
            in_html = value.get("format") == "html"
            return {name: _filled(one, words, holding, is_html=in_html) for name, one in value.items()}
        case _:
            return value


def _said(source: str, words: Mapping[str, str], holding: set[str], *, is_html: bool) -> str:
    """Return a text with the values in it; what is in braces and names none stays as it is."""
    if "{" not in source:
        return source
    if _MARK.search(source):
        source = "".join(_left(source, words, holding))

    def value(found: re.Match[str]) -> str:
        word = words.get(found[1], found[0])
        return escape(word) if is_html and found[1] in words else word

    return _NAMED.sub(value, source)


def _left(source: str, words: Mapping[str, str], holding: set[str]) -> Iterator[str]:
    """Yield what is left of a text: without its marks, and without the parts that are not there for these values.

    A mark without its other half stays as it is. Once through, however many marks there are.
    """
    marks = [one for one in _MARK.finditer(source) if one[2] in words]
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for at, mark in enumerate(marks):
        if mark[1] != "/":
            waiting.append(at)
        elif waiting and marks[waiting[-1]][2] == mark[2]:
            ends[waiting.pop()] = at
    paired = {*ends, *ends.values()}
    place, skipped_to = 0, -1
    for at, mark in enumerate(marks):
        if at not in paired:
            continue
        if at > skipped_to:
            yield source[place : mark.start()]
        place = mark.end()
        is_there = mark[1] == "/" or (mark[2] in holding) is (mark[1] == "#")
        if not is_there and at > skipped_to:
            skipped_to = ends[at]
    yield source[place:]


def kept(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return drawn values as JSON: a number stands in an object of its own, since words are words."""
    return {name: _to_json(value) for name, value in values.items()}


def kept_from_json(document: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values that `kept` gave."""
    return {name: _from_json(value) for name, value in document.items()}


def _to_json(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_to_json(one) for one in value]
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _from_json(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(_scalar(one) for one in value)
    return _scalar(value)


def _scalar(value: Any) -> Scalar:
    if isinstance(value, dict):
        return Decimal(value["number"])
    return value if isinstance(value, bool) else str(value)


def content_drawn(
    content: Mapping[str, Any], drawn: Mapping[str, Any] | None, *, anew: bool = False
) -> Mapping[str, Any]:
    """Return a stored question as it was asked, by the values kept with its slot; None are the sample's.

    What draws nothing is returned as it is, unread.
    """
    if "drawing" not in content:
        return content
    question = question_from_json(content)
    values = draw(question.drawing, SAMPLE) if drawn is None else kept_from_json(drawn)
    return question_to_json(as_drawn(question, values, anew=anew))


def samples(drawing: Drawing, count: int) -> Sequence[Mapping[str, str]]:
    """Return some draws as an author reads them."""
    return [
        {name: shown(value) for name, value in draw(drawing, seed).items()}
        for seed in range(SAMPLE, SAMPLE + count)
    ]


def sampled(question: Question) -> Question:
    """Return a question as the sample draws it, for what knows of no chance."""
    return as_drawn(question, draw(question.drawing, SAMPLE)) if question.drawing else question


def chances_of(question: Question) -> frozenset[str]:
    """Return the names of the variables that are drawn by chance, and not computed from others."""
    return frozenset(one.name for one in question.drawing.variables if is_by_chance(read(one.formula)))
