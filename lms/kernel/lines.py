"""Text that people type, of one line (a name) or of some: what is tidied silently, and what cannot stand in it."""

import re
import unicodedata
from typing import Final

from lms.kernel.messages import Message

# They have no width and no meaning in a name: soft hyphen, zero-width space, word joiner, byte-order mark.
PASTED: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
# Persian and the scripts of India need joiners inside words; at a word's edge they only hide.
IDLE_JOINERS: Final = re.compile(
    "(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
# Embeddings, overrides and isolates, which turn the text around them.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Letters by their class, which show nothing.
BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")


def tidied(text: str) -> str:
    """Return a line with single spaces, without line breaks and without what is invisible and means nothing."""
    line = " ".join(IDLE_JOINERS.sub("", " ".join(PASTED.sub("", text).split())).split())
    return "" if is_blank(line) and fault_of(line) is None else line


def is_blank(text: str) -> bool:
    """Return whether there is nothing to read in a text: white space, and what only says how others are shown."""
    return all(one.isspace() or one in BLANK_LETTERS or unicodedata.category(one) == "Cf" for one in text)


def fault_of(line: str) -> Message | None:
    """Return what is wrong with a line: it may hold no control character and nothing that turns text around."""
    if TURNING.search(line) or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in line):
        return Message(
            "There are characters in it that cannot be seen or that turn the text around. Type it again."
        )
    return None


# Word processors break lines by these; a browser sends them as they were pasted.
ODD_BREAKS: Final = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# A form sends a line's end as two characters, whatever was typed.
SENT_BREAKS: Final = re.compile("\r\n?")


def with_plain_breaks(text: str) -> str:
    """Return a text of some lines in which those of word processors end as typed ones do."""
    return ODD_BREAKS.sub("\n", with_single_breaks(text))


def with_single_breaks(text: str) -> str:
    """Return a text in which every line ends in one character, so that it is counted as its writer counts it."""
    return SENT_BREAKS.sub("\n", text)


def fault_of_text(text: str) -> Message | None:
    """Return what is wrong with a text of some lines: each as any line, though it may be set in by tabs."""
    return fault_of(re.sub("[\r\n\t]", " ", text))


def fault_of_name(name: str) -> Message | None:
    """Return what is wrong with a name or title: as any line, and there must be something to read."""
    if fault := fault_of(name):
        return fault
    if not any(unicodedata.category(one)[0] in "LN" and one not in BLANK_LETTERS for one in name):
        return Message("There must be at least one letter or digit in it.")
    return None


def cleaned(text: str) -> str:
    """Return a line made of a text that nobody can be asked to type again, without what cannot stand in it."""
    kept = TURNING.sub("", text)
    return tidied(
        "".join(one for one in kept if one.isspace() or unicodedata.category(one) not in {"Cc", "Cs"})
    )
