"""Finding by which formulas what is right in an item follows from what it draws: from many draws of the item itself."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

import msgspec

from lms.kernel.xmltree import Element
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.chance import check, settled
from lms.quizzes.syntax.arithmetic import Computing, FormulaFault, Scalar, Value, is_by_chance, quoted, read
from lms.quizzes.syntax.qti.chance import RIGHT, NotTranslated, Translation, right_of
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.values import Value as Held
from lms.quizzes.values import Body, Computed, Drawing, Question, Variable

DRAWS: Final = 80
"""How often an item is drawn to find its formulas, which must hold in every one of these draws."""
CASES_AT_MOST: Final = 12
NEARLY: Final = Decimal("1e-12")


def translated(item: Element) -> Translation | None:
    """Return what an item draws as formulas; None where it draws nothing or what no formula says."""
    if not item.first("templateProcessing"):
        return None
    try:
        return Translation(item)
    except (ValueError, IndexError):
        return None


def with_drawing(question: Question, body: Body, item: QtiItem, translation: Translation) -> Question:
    """Return a question that draws as its item does; NotTranslated where that cannot be said, or does not hold.

    `body` is the question's as it was read; it is read again from other draws of the item.
    """
    form = kind_of(question).qti
    bodies, drawn = [body], [_drawn(item)]
    for number in range(1, DRAWS):
        other = item.another()
        try:
            other.open(number, translation)
            if form is None or not form.claims(other):
                raise NotTranslated
            bodies.append(form.read(other))
        except ValueError as error:
            raise NotTranslated from error
        if other.best != item.best:
            raise NotTranslated
        drawn.append(_drawn(other))
    try:
        _verify(translation.variables, drawn)
        computed = tuple(_computed(bodies, drawn))
        used = " ".join(one.formula for one in computed)
        variables = [
            one for one in translation.variables if not one.name.startswith(RIGHT) or one.name in used
        ]
        made = Question(
            **{one.name: getattr(question, one.name) for one in fields(question) if one.name != "drawing"},
            drawing=Drawing(tuple(variables), tuple(translation.conditions), computed),
        )
        check(made)
        return settled(made)
    except FormulaFault as fault:
        raise NotTranslated from fault


def _drawn(item: QtiItem) -> Mapping[str, Value]:
    """Return what a draw of an item came to, its right answers beside its variables."""
    held = {**item.machine.drawn, **right_of(item.machine.responses)}
    return {name: _value(value) for name, value in held.items() if value is not None}


def _value(value: Held) -> Value:
    return tuple(_scalar(one) for one in value) if isinstance(value, tuple) else _scalar(cast("Any", value))


def _scalar(value: Any) -> Scalar:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _verify(variables: Sequence[Variable], drawn: Sequence[Mapping[str, Value]]) -> None:
    """Raise NotTranslated where a formula does not come to what the item itself computes."""
    for values in drawn:
        computing = Computing({})
        for one in variables:
            node = read(one.formula)
            if is_by_chance(node):
                if one.name not in values:
                    raise NotTranslated
                computing.values[one.name] = values[one.name]
                continue
            found = computing.value(node)
            if one.name in values and not _is_same(found, values[one.name]):
                raise NotTranslated
            computing.values[one.name] = found


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= NEARLY * max(abs(one), Decimal(1))
    return one == other


def _computed(bodies: Sequence[Body], drawn: Sequence[Mapping[str, Value]]) -> Iterator[Computed]:
    """Yield a formula for each value of the body that differs between the draws."""
    leaves = [dict(_leaves(msgspec.to_builtins(body))) for body in bodies]
    if any(one.keys() != leaves[0].keys() for one in leaves):
        raise NotTranslated
    names = sorted(drawn[0], key=lambda name: not name.startswith(RIGHT))
    for at in leaves[0]:
        values = [one[at] for one in leaves]
        if any(value != values[0] for value in values):
            yield Computed(at, _formula(values, [name for name in names if _in_all(name, drawn)], drawn))


def _in_all(name: str, drawn: Sequence[Mapping[str, Value]]) -> bool:
    return all(name in one and not isinstance(one[name], tuple) for one in drawn)


def _formula(values: Sequence[str], names: Sequence[str], drawn: Sequence[Mapping[str, Value]]) -> str:
    """Return the formula that comes to these values: a variable, or one value or another by what a variable is."""
    numbers = [_number(value) for value in values]
    for name in names:
        held = [one[name] for one in drawn]
        if all(
            isinstance(value, Decimal) and number is not None and _is_same(value, number)
            for value, number in zip(held, numbers, strict=True)
        ):
            return name
    for name in names:
        cases: dict[Value, str] = {}
        for one, value in zip(drawn, values, strict=True):
            cases.setdefault(one[name], value)
        if len(cases) > CASES_AT_MOST or any(
            cases[one[name]] != value for one, value in zip(drawn, values, strict=True)
        ):
            continue
        most, _times = Counter(cases.values()).most_common(1)[0]
        formula = _said(most)
        for case, value in sorted(cases.items(), key=str):
            if value == most:
                continue
            formula = f"if({name} = {quoted(case)}, {_said(value)}, {formula})"
        return formula
    raise NotTranslated


def _number(word: str) -> Decimal | None:
    try:
        return Decimal(word)
    except InvalidOperation:
        return None


def _said(value: str) -> str:
    number = _number(value)
    return quoted(value if number is None else number)


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value of a body by where it stands, by the keys of what lists hold; what has no key counts whole."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{at}.{name}" if at else name)
    elif (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(one, dict) and "key" in one for one in value)
    ):
        for one in value:
            yield from _leaves(one, f"{at}.{one['key']}" if at else one["key"])
    else:
        yield at, value if isinstance(value, str) else repr(value)
