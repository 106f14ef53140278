"""How far rules of completion count: one range for the editor, for files and for publishing."""

from collections.abc import Mapping
from typing import Final

from lms.courses.values import CompletionRule, RuleKind

LEAST: Final[Mapping[RuleKind, range]] = {
    RuleKind.TIME: range(1, 601),
    RuleKind.SCORE: range(1, 101),
    RuleKind.WATCHED: range(1, 101),
}
"""What can be counted up to by each kind of rule that counts: minutes, or per cent."""


def may_be_met(rule: CompletionRule) -> bool:
    """Return whether what a rule counts up to can be reached."""
    return rule.kind not in LEAST or rule.least in LEAST[rule.kind]
