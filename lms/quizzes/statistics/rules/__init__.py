"""What statistics decide without a database: what of an attempt counts, what sums say, and what to look at."""

from lms.quizzes.statistics.rules.counting import (
    Asked,
    Moment,
    added,
    counted_of,
    options_of,
    seconds_by_slot,
    taken_away,
    tally_of,
)
from lms.quizzes.statistics.rules.flags import flags_of
from lms.quizzes.statistics.rules.measuring import change_of, measure, rank_of, share_in_millionths, whole_of

__all__ = [
    "Asked",
    "Moment",
    "added",
    "change_of",
    "counted_of",
    "flags_of",
    "measure",
    "options_of",
    "rank_of",
    "seconds_by_slot",
    "share_in_millionths",
    "taken_away",
    "tally_of",
    "whole_of",
]
