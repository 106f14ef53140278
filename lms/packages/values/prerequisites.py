"""The expressions of adlcp:prerequisites (aicc_script; SCORM 1.2 CAM 2.3.2.5.1, AICC CMI001): parsed, and asked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

TOKEN: Final = re.compile(r'\s*(?:(<>|[&|~=(){}*,])|"([^"]+)"|([^\s&|~=<>(){}*,"]+))')
DEPTH_MAX: Final = 50
STATUSES: Final = ("passed", "completed", "failed", "incomplete", "browsed", "not attempted")
DONE: Final = frozenset({"passed", "completed"})


@dataclass(frozen=True, slots=True)
class IsDone:
    """An item is passed or completed."""

    item: str

    def holds(self, statuses: Mapping[str, str]) -> bool:
        """Return whether it is."""
        return statuses.get(self.item, "") in DONE


@dataclass(frozen=True, slots=True)
class HasStatus:
    """An item has a status."""

    item: str
    status: str

    def holds(self, statuses: Mapping[str, str]) -> bool:
        """Return whether it has; one that nobody tried is not attempted."""
        return statuses.get(self.item, "not attempted") == self.status


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    part: "Expression"

    def holds(self, statuses: Mapping[str, str]) -> bool:
        """Return whether the part does not hold."""
        return not self.part.holds(statuses)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the parts: all of them for "and", one for "or"."""

    count: int
    parts: tuple["Expression", ...]

    def holds(self, statuses: Mapping[str, str]) -> bool:
        """Return whether enough of the parts hold."""
        return sum(part.holds(statuses) for part in self.parts) >= self.count


Expression = IsDone | HasStatus | Not | AtLeast


def parse_prerequisites(text: str) -> Expression | None:
    """Return what must hold before an item is opened, None for nothing; raises ValueError if it cannot be read."""
    if not text.strip():
        return None
    parser = _Parser(text)
    found = parser.either(0)
    if parser.rest:
        raise ValueError(text)
    return found


class _Parser:
    """One expression on its way from text: | binds least, then &, then = and <>, then ~."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [*_tokens(text)]
        self._at = 0

    @property
    def rest(self) -> list[tuple[str, str]]:
        """Return what was not read."""
        return self._tokens[self._at :]

    def _next(self, *signs: str) -> str:
        """Take the next token if it is one of these signs; return it, or nothing."""
        if self.rest and self.rest[0][0] == "sign" and self.rest[0][1] in signs:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _word(self) -> str:
        if not self.rest or self.rest[0][0] != "word":
            raise ValueError(self._text)
        self._at += 1
        return self._tokens[self._at - 1][1]

    def either(self, depth: int) -> Expression:
        """Read parts of which one must hold."""
        parts = [self._both(depth)]
        while self._next("|"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AtLeast(1, tuple(parts))

    def _both(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while self._next("&"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else AtLeast(len(parts), tuple(parts))

    def _one(self, depth: int) -> Expression:
        if depth > DEPTH_MAX:
            raise ValueError(self._text)
        if self._next("~"):
            return Not(self._one(depth + 1))
        if self._next("("):
            inner = self.either(depth + 1)
            self._must(")")
            return inner
        word = self._word()
        if self._next("*"):
            return self._some(word, depth)
        sign = self._next("=", "<>")
        if not sign:
            return IsDone(word)
        wanted = HasStatus(word, self._status())
        return wanted if sign == "=" else Not(wanted)

    def _some(self, count: str, depth: int) -> Expression:
        if not (count.isascii() and count.isdigit()):
            raise ValueError(self._text)
        self._must("{")
        parts = [self.either(depth + 1)]
        while self._next(","):
            parts.append(self.either(depth + 1))
        self._must("}")
        return AtLeast(int(count), tuple(parts))

    def _must(self, sign: str) -> None:
        if not self._next(sign):
            raise ValueError(self._text)

    def _status(self) -> str:
        """Read a status: in full, in quotation marks or not, or its first letter."""
        said = self._word().lower()
        if said == "not" and self.rest and self.rest[0] == ("word", "attempted"):
            said = f"not {self._word()}"
        found = next((one for one in STATUSES if said in {one, one[0]}), None)
        if found is None:
            raise ValueError(self._text)
        return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise ValueError(text)
        at = found.end()
        sign, quoted, word = found.groups()
        yield ("sign", sign) if sign else ("word", quoted if quoted is not None else word)


def named_in(expression: Expression) -> Iterator[str]:
    """Yield the items that an expression names."""
    match expression:
        case IsDone(item) | HasStatus(item, _):
            yield item
        case Not(part):
            yield from named_in(part)
        case AtLeast(_, parts):
            yield from chain.from_iterable(named_in(part) for part in parts)
