"""When an activity is done, by the rule its author chose: decisions without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lms.courses.learning.rules import counts
from lms.courses.learning.rules.watching import Film, percent_of
from lms.courses.values import CompletionRule, RuleKind, Word

MINUTE: Final = 60
TOLD_BY_THE_PAGE: Final = frozenset({RuleKind.TIME, RuleKind.WATCHED})
"""What an open page reports by itself, so that nobody has to say "done"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one activity of a person.

    `films` are those that the activity shows now; `said_done` is whether its page was read to the end, `finished`
    whether the activity itself says it is passed or completed.
    """

    said_done: bool = False
    finished: bool = False
    marked: bool = False
    attended: bool = False
    seconds: int = 0
    score: Decimal | None = None
    films: Sequence[Film] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """How far a rule is met: `so_far` of `least`, in whole minutes or per cent."""

    rule: CompletionRule
    so_far: int
    is_met: bool

    @property
    def left(self) -> int:
        """Return what is still missing, at least 1 while it is not met."""
        return 0 if self.is_met else max(1, self.rule.least - self.so_far)


def ask(rule: CompletionRule, known: Evidence) -> Asked:
    """Return how far `known` meets `rule`; more evidence never meets less."""
    if rule.kind is RuleKind.TIME:
        return Asked(rule, known.seconds // MINUTE, known.seconds >= rule.least * MINUTE)
    if rule.kind is RuleKind.SCORE:
        reached = known.score is not None and known.score * 100 >= rule.least
        return Asked(rule, int((known.score or 0) * 100), reached)
    if rule.kind is RuleKind.WATCHED:
        # The one seen least decides; a text without any film can be met by nobody.
        so_far = min((percent_of(film) for film in known.films), default=0)
        return Asked(rule, so_far, bool(known.films) and so_far >= rule.least)
    return Asked(rule, 0, _is_said(rule.kind, known))


def _is_said(kind: RuleKind, known: Evidence) -> bool:
    return {
        RuleKind.VIEWED: known.said_done or known.finished,
        RuleKind.FINISHED: known.finished,
        RuleKind.MARKED: known.marked,
        RuleKind.ATTENDED: known.attended,
    }[kind]


def evidence_of(
    word: Word,
    *,
    completed: bool,
    passed: bool | None,
    score: Decimal | None,
    seconds: int,
    films: Sequence[Film] = (),
) -> Evidence:
    """Return what one result says, with what was known before (`seconds`, the best `score`, `films`)."""
    by_itself = word in {Word.ACTIVITY, Word.MARKER}
    return Evidence(
        said_done=by_itself and passed is not False,
        finished=by_itself and counts(completed=completed, passed=passed),
        marked=word is Word.TRAINER and counts(completed=completed, passed=passed),
        attended=word is Word.ATTENDANCE and completed,
        seconds=seconds,
        score=score,
        films=films,
    )


def fits(rule: CompletionRule, offered: Sequence[CompletionRule]) -> bool:
    """Return whether a kind of activity can meet this rule, and its count is one that can be meant."""
    if rule.kind not in {one.kind for one in offered}:
        return False
    if rule.kind is RuleKind.TIME:
        return 1 <= rule.least <= 10 * MINUTE
    if rule.kind in {RuleKind.SCORE, RuleKind.WATCHED}:
        return 1 <= rule.least <= 100  # noqa: PLR2004  per cent
    return rule.least == 0
