"""The signs of GIFT: how they are escaped, and what weights, numbers and formats look like."""

import re
from typing import Final

from lms.quizzes.values import TextFormat

# An escaped character stands as a code point that is never a character, until the text is cut into its parts.
ESCAPED: Final = {
    "\\": "\ufdd0",
    "~": "\ufdd1",
    "=": "\ufdd2",
    "#": "\ufdd3",
    "{": "\ufdd4",
    "}": "\ufdd5",
    ":": "\ufdd6",
    "n": "\ufdd7",
}
ARROW_HEAD: Final = "\ufdd8"
UNESCAPE: Final = str.maketrans(
    {mark: "\n" if character == "n" else character for character, mark in ESCAPED.items()} | {ARROW_HEAD: ">"}
)
ESCAPE: Final = str.maketrans(
    {character: f"\\{character}" for character in "\\~=#{}:"} | {"\n": "\\n", "\r": ""}
)
RESERVED: Final = re.compile("[\ufdd0-\ufdd8]")
# The second kind is not in Moodle, which cannot write an arrow that separates nothing.
ESCAPE_PAIR: Final = re.compile(r"\\([\\~=#{}:n])|(?<=-)\\>")
WEIGHT: Final = re.compile(r"%(-?\d{1,3}(?:\.\d{1,40})?)%")
FORMAT: Final = re.compile(r"\[(html|moodle|plain|markdown)\]")
ID_COMMENT: Final = re.compile(r"\[id:((?:\\.|[^\[\]\\])+)\]")
TAG_COMMENT: Final = re.compile(r"\[tag:((?:\\.|[^\[\]\\])+)\]")
CATEGORY_LINE: Final = re.compile(r"\s*\$CATEGORY:\s*(.*)")
TRUE_WORDS: Final = ("T", "TRUE", "True", "true")
FALSE_WORDS: Final = ("F", "FALSE", "False", "false")
MISSING_WORD: Final = "_____"
NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")
FORMATS: Final = {form.value: form for form in TextFormat}
