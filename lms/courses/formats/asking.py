"""What completes a lesson, and from when it may be opened, as front matter says it."""

import re
from datetime import datetime
from typing import Final

from lms.courses.values import CompletionRule, RuleKind
from lms.courses.values.counting import LEAST

RULE: Final = re.compile(r"([a-z]+)(?:\s+([0-9]{1,3})\s*(?:%|min|minutes?)?)?")
FIRST_YEAR, LAST_YEAR = 1900, 2200


def read_rule(text: str) -> CompletionRule | None:
    """Return the rule of `viewed`, `time 5`, `watched 90 %`; None if it is none.

    Whether it can be met is the rule's to say.
    """
    found = RULE.fullmatch(text.lower())
    if found is None or found[1] not in set(RuleKind):
        return None
    kind = RuleKind(found[1])
    if (kind in LEAST) is not bool(found[2]):
        return None
    return CompletionRule(kind, int(found[2] or 0))


def write_rule(rule: CompletionRule) -> str:
    """Return a rule as `read_rule` reads it."""
    return f"{rule.kind.value} {rule.least}" if rule.kind in LEAST else rule.kind.value


def is_instant(text: str) -> bool:
    """Return whether a text is an instant of ISO 8601, with or without an offset, in a year that can be meant."""
    try:
        return FIRST_YEAR <= datetime.fromisoformat(text).year <= LAST_YEAR
    except ValueError:
        return False
