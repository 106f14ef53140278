"""What rules of completion are called, and which one an activity has."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.courses import kinds
from lms.courses.values import CompletionRule, RuleKind
from lms.web.context import write_percent
from lms.web.words import lazy as _l

NAMES: Final[Mapping[RuleKind, str]] = {
    RuleKind.VIEWED: _l("when it was opened and read"),
    RuleKind.TIME: _l("after some minutes on the page"),
    RuleKind.SCORE: _l("with a least score"),
    RuleKind.WATCHED: _l("when most of the film was watched"),
    RuleKind.MARKED: _l("when a trainer says so"),
    RuleKind.ATTENDED: _l("when somebody attended"),
    RuleKind.FINISHED: _l("when it says so itself"),
}
"""How a rule ends the sentence "It is done …"."""


def rule_of(kind: str, rule: str, least: int) -> CompletionRule:
    """Return the rule that a row keeps, its kind's first one where it keeps none."""
    if not rule:
        return kinds.kind_of(kind).rules[0]
    return CompletionRule(RuleKind(rule), least)


def said(rule: CompletionRule) -> str:
    """Return a rule as the end of the sentence "It is done …", with its count."""
    if rule.kind is RuleKind.TIME:
        return ngettext("after %(num)d minute on the page", "after %(num)d minutes on the page", rule.least)
    if rule.kind is RuleKind.SCORE:
        return _("with a score of at least %(share)s", share=_percent(rule.least))
    if rule.kind is RuleKind.WATCHED:
        return _("when %(share)s of the film was watched", share=_percent(rule.least))
    return str(NAMES[rule.kind])


def asks(rule: CompletionRule, *, so_far: int, left: int) -> str:
    """Return what a rule that is not met still asks of a learner; nothing where a button on the page does."""
    if rule.kind is RuleKind.TIME:
        return ngettext("Stay at least %(num)d more minute", "Stay at least %(num)d more minutes", left)
    if rule.kind is RuleKind.SCORE:
        return _("Score at least %(share)s", share=_percent(rule.least))
    if rule.kind is RuleKind.WATCHED:
        return _(
            "Watch %(share)s of the film: %(so_far)s so far",
            share=_percent(rule.least),
            so_far=_percent(so_far),
        )
    return {
        RuleKind.MARKED: _("Your trainer says when this is done"),
        RuleKind.ATTENDED: _("Attend the session"),
    }.get(rule.kind, "")


def _percent(whole: int) -> str:
    return write_percent(Decimal(whole) / 100)


def proposed(kind: str) -> Sequence[CompletionRule]:
    """Return what may complete a kind of activity."""
    return kinds.kind_of(kind).rules
