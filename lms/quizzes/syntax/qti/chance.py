"""What an item draws by chance, as the variables and formulas of a question (QTI 2.2 information model, §5)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lms.kernel.xmltree import Element
from lms.quizzes.syntax.arithmetic import NAME, FormulaFault, is_by_chance, quoted, read
from lms.quizzes.syntax.qti.declarations import Declaration, declared_in
from lms.quizzes.syntax.qti.values import Value, parse_value, values_in
from lms.quizzes.values import Variable

NUMBERS: Final = frozenset({"integer", "float"})
CALLS: Final[Mapping[str, str]] = {
    "sum": "sum",
    "product": "product",
    "min": "min",
    "max": "max",
    "gcd": "gcd",
    "lcm": "lcm",
    "integerDivide": "div",
    "integerModulus": "mod",
    "random": "pick",
    "multiple": "list",
    "ordered": "list",
    "containerSize": "count",
    "not": "not",
    "integerToFloat": "",
}
SIGNS: Final[Mapping[str, str]] = {
    "subtract": "-",
    "divide": "/",
    "power": "^",
    "lt": "<",
    "gt": ">",
    "lte": "<=",
    "gte": ">=",
    "match": "=",
    "and": "and",
    "or": "or",
}
STATISTICS: Final[Mapping[str, str]] = {
    "mean": "mean",
    "popSD": "sd",
    "sampleSD": "sample_sd",
    "popVariance": "variance",
    "sampleVariance": "sample_variance",
}
FUNCTIONS: Final[Mapping[str, str]] = {
    **{name: name for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{name: name for name in ("ln", "exp", "abs", "floor", "ceil")},
    "log": "log10",
    "toDegrees": "degrees",
    "toRadians": "radians",
}
RIGHT: Final = "right_"
"""What the name of a variable begins with that is the right answer of a response."""


class NotTranslated(ValueError):
    """The item draws in a way that no formula here says."""


class Translation:
    """The variables and conditions of an item; raises NotTranslated where they cannot all be said."""

    def __init__(self, item: Element) -> None:
        self.variables: list[Variable] = []
        self.conditions: list[str] = []
        self.parts: dict[tuple[str, str], str] = {}
        """The variable by which a part of the text is shown, by the template variable and the identifier it names."""
        self._declared = declared_in(item, "templateDeclaration")
        self._responses = declared_in(item, "responseDeclaration")
        template = item.first("templateProcessing")
        if template is None or any(not NAME.fullmatch(one) for one in self._declared):
            raise NotTranslated
        now = {name: _literal(one.first) for name, one in self._declared.items() if one.first is not None}
        self._left = Counter(name for rule in template.children for name in _set_in(rule))
        self._times: Counter[str] = Counter()
        self._taken = {*self._declared}
        try:
            self._follow(template.children, now)
        except FormulaFault as fault:
            raise NotTranslated from fault
        for name, formula in now.items():
            if name in self._declared and not any(one.name == name for one in self.variables):
                self.variables.append(Variable(name, formula))
        self.names = {one.name for one in self.variables}

    def part(self, template: str, identifier: str) -> str:
        """Return the variable that is true where a part of the text is shown; NotTranslated where none says it."""
        declared = self._declared.get(template)
        if declared is None or template not in self.names or declared.cardinality != "single":
            raise NotTranslated
        key = (template, identifier)
        if key not in self.parts:
            name = f"shows_{len(self.parts) + 1}"
            if name in self.names:
                raise NotTranslated
            self.parts[key] = name
            self.variables.append(Variable(name, f"{template} = {quoted(identifier)}"))
            self.names.add(name)
        return self.parts[key]

    def _follow(self, rules: Iterable[Element], now: dict[str, str]) -> None:
        for rule in rules:
            match rule.name:
                case "templateConstraint":
                    self.conditions.append(_bare(self._said(rule.children[0], now)))
                case "setTemplateValue" | "setCorrectResponse":
                    self._keep(_name_of(rule), self._said(rule.children[0], now), now)
                case "templateCondition":
                    for name, formula in self._condition(rule, now).items():
                        self._keep(name, formula, now)
                case _:
                    raise NotTranslated

    def _keep(self, name: str, formula: str, now: dict[str, str]) -> None:
        """Give a variable a value: under its own name if it is its last one, else under one that only formulas use."""
        self._left[name] -= 1
        own = name
        if self._left[name]:
            self._times[name] += 1
            own = f"{name}_{self._times[name]}"
            if own in self._taken:
                raise NotTranslated
        self._taken.add(own)
        self.variables.append(Variable(own, _bare(formula)))
        now[name] = own

    def _condition(self, rule: Element, now: Mapping[str, str]) -> Mapping[str, str]:
        """Return what a condition gives each variable that one of its branches sets."""
        branches: list[tuple[str, Mapping[str, str]]] = []
        for branch in rule.children:
            rules = branch.children if branch.name.endswith("Else") else branch.children[1:]
            test = "true" if branch.name.endswith("Else") else self._said(branch.children[0], now)
            if is_by_chance(read(test)):
                raise NotTranslated
            branches.append((test, self._branch(rules, now)))
        names = dict.fromkeys(name for _test, given in branches for name in given)
        found = {}
        for name in names:
            formula = now.get(name) or self._nothing(name)
            for test, given in reversed(branches):
                value = given.get(name) or now.get(name) or self._nothing(name)
                formula = value if test == "true" else f"if({test}, {value}, {formula})"
            found[name] = formula
        return found

    def _branch(self, rules: Iterable[Element], now: Mapping[str, str]) -> Mapping[str, str]:
        """Return the formulas that a branch sets, each whole: what it draws it must not use again."""
        within, given = dict(now), dict[str, str]()
        for rule in rules:
            match rule.name:
                case "setTemplateValue" | "setCorrectResponse":
                    found = {_name_of(rule): self._said(rule.children[0], within)}
                case "templateCondition":
                    found = dict(self._condition(rule, within))
                case _:
                    raise NotTranslated
            for name, formula in found.items():
                given[name] = formula
                within[name] = f"({formula})"
                if is_by_chance(read(formula)):
                    # Used once more within the branch, it would be drawn once more.
                    del within[name]
        return given

    def _nothing(self, name: str) -> str:
        """Return what stands for a variable that no branch set."""
        declared = self._declared.get(name) or self._responses.get(name.removeprefix(RIGHT))
        return "0" if declared is not None and declared.base_type in NUMBERS else '""'

    def _said(self, element: Element, now: Mapping[str, str]) -> str:
        """Return an expression as a formula."""
        if special := _SPECIAL.get(element.name):
            return special(self, element, now)
        given = [self._said(child, now) for child in element.children]
        if element.name in CALLS:
            return f"{CALLS[element.name]}({', '.join(given)})"
        if element.name in SIGNS and len(given) >= 2:  # noqa: PLR2004  a sign stands between two
            return f"({f' {SIGNS[element.name]} '.join(given)})"
        raise NotTranslated

    def value_of(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a literal."""
        del now
        return _literal(parse_value(element.text, element.attribute("baseType")))

    def variable(self, element: Element, now: Mapping[str, str]) -> str:
        """Return the name that a variable has now."""
        name = element.attribute("identifier")
        if name not in now:
            raise NotTranslated
        return now[name]

    def whole(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a draw from a range."""
        words = [_attribute(element, name, now) for name in ("min", "max")]
        if element.name == "randomFloat":
            return f"number({', '.join(words)})"
        return f"whole({', '.join([*words, _attribute(element, 'step', now, '1')])})"

    def index(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a value of a list."""
        return f"item({self._said(element.children[0], now)}, {_attribute(element, 'n', now)})"

    def repeat(self, element: Element, now: Mapping[str, str]) -> str:
        """Return something drawn several times."""
        (child,) = element.children
        return f"several({_attribute(element, 'numberRepeats', now)}, {self._said(child, now)})"

    def equal(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a comparison without a tolerance."""
        if element.attribute("toleranceMode") not in {"", "exact"}:
            raise NotTranslated
        one, other = (self._said(child, now) for child in element.children)
        return f"({one} = {other})"

    def nearest(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a number rounded to a whole one, half a step upwards."""
        return f"floor({self._said(element.children[0], now)} + 0.5)"

    def round_to(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a number rounded to places or figures."""
        name = "round" if element.attribute("roundingMode") == "decimalPlaces" else "figures"
        return f"{name}({self._said(element.children[0], now)}, {_attribute(element, 'figures', now)})"

    def statistic(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a mean or the like."""
        return self._called(STATISTICS, element, now)

    def function(self, element: Element, now: Mapping[str, str]) -> str:
        """Return a function of one number."""
        return self._called(FUNCTIONS, element, now)

    def constant(self, element: Element, now: Mapping[str, str]) -> str:
        """Return pi or e."""
        del now
        return {"pi": "pi", "e": "exp(1)"}.get(element.attribute("name"), "") or _fail()

    def _called(self, names: Mapping[str, str], element: Element, now: Mapping[str, str]) -> str:
        name = names.get(element.attribute("name"))
        if name is None or len(element.children) != 1:
            raise NotTranslated
        return f"{name}({self._said(element.children[0], now)})"


_SPECIAL: Final[Mapping[str, Callable[[Translation, Element, Mapping[str, str]], str]]] = {
    "baseValue": Translation.value_of,
    "variable": Translation.variable,
    "randomInteger": Translation.whole,
    "randomFloat": Translation.whole,
    "index": Translation.index,
    "repeat": Translation.repeat,
    "equal": Translation.equal,
    "round": Translation.nearest,
    "roundTo": Translation.round_to,
    "statsOperator": Translation.statistic,
    "mathOperator": Translation.function,
    "mathConstant": Translation.constant,
}


def _fail() -> str:
    raise NotTranslated


def _name_of(rule: Element) -> str:
    name = rule.attribute("identifier")
    return f"{RIGHT}{name}" if rule.name == "setCorrectResponse" else name


def _set_in(rule: Element) -> Sequence[str]:
    """Return the names that a rule sets, each once however many branches do."""
    if rule.name in {"setTemplateValue", "setCorrectResponse"}:
        return (_name_of(rule),)
    if rule.name != "templateCondition":
        return ()
    return tuple(
        dict.fromkeys(
            name for branch in rule.children for inner in branch.children for name in _set_in(inner)
        )
    )


def _bare(formula: str) -> str:
    """Return a formula without brackets around all of it."""
    node = read(formula)
    if not formula.startswith("("):
        return formula
    try:
        return formula[1:-1] if read(formula[1:-1]) == node else formula
    except FormulaFault:
        return formula


def _literal(value: Value) -> str:
    held = tuple(
        Decimal(one) if isinstance(one, int) and not isinstance(one, bool) else one
        for one in values_in(value)
    )
    word = quoted(held if isinstance(value, tuple) else held[0])
    return f"({word})" if word.startswith("-") else word


def _attribute(element: Element, name: str, now: Mapping[str, str], default: str = "0") -> str:
    """Return a number that stands in an attribute, or the variable that it names."""
    word = element.attribute(name) or default
    return now[word] if word in now else _literal(parse_value(word, "float"))


def right_of(responses: Mapping[str, Declaration]) -> Mapping[str, Value]:
    """Return the right answer of each response, under the name that a translation gives it."""
    return {f"{RIGHT}{name}": one.correct for name, one in responses.items()}
