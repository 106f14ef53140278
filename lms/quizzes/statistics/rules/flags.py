"""What of a question its author should look at."""

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Final

from lms.quizzes.statistics.rules.measuring import measure
from lms.quizzes.statistics.values import FEWEST, MILLION, Answers, Chosen, Flag, FlagKind, Item, Options

HARD: Final = 0.2
WEAK: Final = 0.15
RIVALS_LEAST: Final = 10
NOBODY: Final = Chosen(0, 0)


def flags_of(item: Item, answers: Answers, options: Options) -> Sequence[Flag]:
    """Return what to look at, the gravest first; nothing before there are `FEWEST` attempts."""
    if item.n < FEWEST:
        return ()
    found = measure(item)
    flags: list[Flag] = []
    # Chance alone moves a correlation of n pairs by about 1/√n.
    margin = 1 / sqrt(item.n)
    if found.discrimination is not None and found.discrimination < -margin:
        flags.append(Flag(FlagKind.STRONG_FAIL))
    flags += _rivals(item, answers, options)
    if found.facility is not None and found.facility < HARD:
        flags.append(Flag(FlagKind.HARD))
    elif item.earned >= item.n * MILLION:
        flags.append(Flag(FlagKind.ALL_RIGHT))
    if found.discrimination is not None and -margin <= found.discrimination < WEAK - margin:
        flags.append(Flag(FlagKind.WEAK))
    flags += _unchosen(answers, options)
    return flags


def _rivals(item: Item, answers: Answers, options: Options) -> Iterator[Flag]:
    """Yield wrong answers that stronger people give than the right one: the key may be wrong."""
    spread = sqrt(max(0, item.n * item.rest_squared - item.rest**2)) / item.n
    for part, keys in options.choices.items():
        right = options.right.get(part, frozenset())
        if len(right) != 1:
            continue
        best = answers.get((part, next(iter(right))), NOBODY)
        for key in keys:
            rival = answers.get((part, key), NOBODY)
            if key in right or rival.times < RIVALS_LEAST or not best.times:
                continue
            fewer = min(rival.times, best.times)
            if rival.rest / rival.times - best.rest / best.times > spread / sqrt(fewer):
                yield Flag(FlagKind.RIVAL, part, key)


def _unchosen(answers: Answers, options: Options) -> Iterator[Flag]:
    """Yield wrong answers that nobody gives, once so many wrong ones were given that chance would not spare one.

    Of m wrong answers as tempting as each other, 3 × m picks leave a certain one out in fewer than 1 of 20 cases.
    """
    for part, keys in options.choices.items():
        wrong = {
            key: answers.get((part, key), NOBODY).times
            for key in keys
            if key not in options.right.get(part, ())
        }
        if sum(wrong.values()) >= 3 * len(wrong):
            yield from (Flag(FlagKind.UNCHOSEN, part, key) for key, times in wrong.items() if not times)
