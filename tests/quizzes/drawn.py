"""Texts, names and numbers that questions are drawn with."""

from decimal import Decimal

from hypothesis import strategies as st

from lms.quizzes.values import NO_TEXT, Text, TextFormat

# Everything XML 1.0 can carry, and no carriage return (XML and GIFT both normalise line ends).

SPECIALS = "{}~=#:\\%*[]<>&'\"\n/-$_ ->"
CHARACTERS = st.one_of(
    st.sampled_from(SPECIALS),
    st.characters(
        codec="utf-8", categories=("L", "N", "P", "S", "Zs", "M"), exclude_characters="\ufffe\uffff"
    ),
)
SOURCES = st.text(CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
NAMES = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "M")), min_size=1, max_size=12)
    .map(lambda name: " ".join(name.split()))
    .filter(bool)
)
WEIGHTS = st.integers(-1000, 999).map(lambda weight: Decimal(weight) / 1000)
NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4).map(Decimal.normalize)


@st.composite
def texts(draw: st.DrawFn) -> Text:
    """A text in any format."""
    return Text(draw(SOURCES), draw(st.sampled_from(TextFormat)))


FEEDBACK = st.one_of(st.just(NO_TEXT), texts())
PERCENTS = st.integers(0, 100).map(lambda number: Decimal(number) / 100)
