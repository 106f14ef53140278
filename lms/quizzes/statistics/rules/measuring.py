"""What sums say: facility, discrimination, time, reliability and the error of a score."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

from lms.quizzes.statistics.values import FEWEST, MILLION, NOT_KNOWN, Change, Item, Measures, Totals, Whole

CLEARLY = 2
"""How many standard errors apart two versions are before it is said that one is easier."""


def measure(item: Item) -> Measures:
    """Return what an item's sums say.

    Facility is the share of its marks that were earned, no answer earning nothing. Discrimination is the
    product-moment correlation of what it earned with what the rest of each attempt did (with a question that is right
    or wrong: the point-biserial one); its own marks are taken out of the total, or it would agree with itself
    (Henrysson 1963, "Correction of item-total correlations in item analysis", Psychometrika 28).
    """
    if item.n < 1:
        return Measures(facility=None, discrimination=None, seconds=None, answered=None)
    return Measures(
        facility=item.earned / (item.n * MILLION),
        discrimination=_correlation(item),
        seconds=item.seconds / item.timed if item.timed else None,
        answered=item.answered / item.n,
    )


def _correlation(item: Item) -> float | None:
    """Return r of whole sums: the products are exact, however large they are."""
    spread = (item.n * item.earned_squared - item.earned**2) * (item.n * item.rest_squared - item.rest**2)
    if spread <= 0:
        return None
    return (item.n * item.earned_rest - item.earned * item.rest) / sqrt(spread)


def share_in_millionths(item: Item) -> int:
    """Return the facility as lists are ordered by it."""
    return round(item.earned / item.n) if item.n > 0 else 0


def rank_of(item: Item) -> int:
    """Return where an item stands among others, what should be looked at first: its discrimination in thousandths."""
    found = measure(item).discrimination
    return NOT_KNOWN if found is None or item.n < FEWEST else round(found * 1000)


def whole_of(totals: Sequence[Totals], asked_of_all: Sequence[Item]) -> Whole:
    """Return what the totals of an exam say; `asked_of_all` are the items that every attempt has."""
    n, total = sum(one.n for one in totals), sum(one.total for one in totals)
    deviation = _deviation(n, total, sum(one.total_squared for one in totals))
    most = max(totals, key=lambda one: (one.n, one.size), default=None)
    # Exams that changed have attempts of several sizes: what is asked of all is then part of other wholes.
    common = asked_of_all if len(totals) == 1 else ()
    reliability = _reliability(most, common) if most is not None else None
    return Whole(
        n=n,
        passed=sum(one.passed for one in totals),
        mean=total / (n * MILLION) if n else None,
        deviation=deviation,
        seconds=sum(one.seconds for one in totals) / n if n else None,
        reliability=reliability,
        error=deviation * sqrt(max(0.0, 1 - reliability))
        if deviation is not None and reliability is not None
        else None,
        is_drawn=most is not None and len(common) < most.size,
        size=most.size if most is not None else 0,
        sizes=len(totals),
    )


def _deviation(n: int, total: int, squared: int) -> float | None:
    """Return the standard deviation of a sample, as a share."""
    return sqrt((n * squared - total**2) / (n * (n - 1))) / MILLION if n > 1 else None


def _reliability(totals: Totals, asked_of_all: Sequence[Item]) -> float | None:
    """Return how much of the differences between scores is between people: 1 less what is left over by chance.

    An analysis of variance over people and questions (Hoyt 1941, "Test reliability estimated by analysis of variance",
    Psychometrika 6). Where all have the same questions it is Cronbach's alpha. Where questions are drawn, each person
    has others: what the drawn ones differ by in difficulty helps one and harms another, and counts as chance (items
    nested in people: Cronbach, Rajaratnam and Gleser 1963, "Theory of generalizability", British Journal of Statistical
    Psychology 16). What is asked of all is taken out question by question, what is drawn as one.
    """
    n, k, whole = totals.n, totals.size, totals.total
    mean = Fraction(whole**2, n * k) if n * k else Fraction(0)
    people = Fraction(totals.total_squared, k) - mean if k else Fraction(0)
    groups = sum((Fraction(one.part**2, n) for one in asked_of_all if n), Fraction(0))
    drawn = k - len(asked_of_all)
    if drawn > 0 and n:
        groups += Fraction((whole - sum(one.part for one in asked_of_all)) ** 2, n * drawn)
    left = totals.parts_squared - mean - people - (groups - mean)
    free = n * k - n - len(asked_of_all) - (drawn > 0) + 1
    if k < 2 or n < 2 or free < 1 or people <= 0:  # noqa: PLR2004  one of either differs from nothing
        return None
    return float(1 - (left / free) / (people / (n - 1)))


def change_of(before: Item, after: Item) -> Change:
    """Return whether a version is easier than another: by more than chance would have it (Welch's t)."""
    if before.n < FEWEST or after.n < FEWEST:
        return Change.NOT_KNOWN
    apart = after.earned / after.n - before.earned / before.n
    error = sqrt(_variance(before) / before.n + _variance(after) / after.n)
    if abs(apart) <= CLEARLY * error:
        return Change.ALIKE
    return Change.EASIER if apart > 0 else Change.HARDER


def _variance(item: Item) -> float:
    return (item.n * item.earned_squared - item.earned**2) / (item.n * (item.n - 1))
