"""Numbers as people type them: point or comma, grouped or not, in the digits of any script, with a unit or without."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MAX_CHARACTERS: Final = 60
MAX_EXPONENT: Final = 60
SIGNS: Final = str.maketrans(
    "\u2212\u2012\u2013\uff0b\u066b\u066c\uff0e\uff0c\u00d7\u00b7\u22c5", "---+,'.,***"
)
NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>(?:\d(?:[\d.,' \u00a0\u2009\u202f\u2019]*\d)?[.,]?|[.,]\d+))"
    r"(?:\s*(?:[eE]|(?:[*xX]\s*)10\s*(?:\^|\*\*)\s*)(?P<exponent>[+-]?\s*\d{1,3}))?"
)
GROUPERS: Final = " \u00a0\u2009\u202f'\u2019"
GROUP_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """What was typed: its readings (two where a comma or point may group or not), and what else stood there."""

    readings: tuple[Decimal, ...]
    rest: str


def read_number(text: str) -> TypedNumber | None:
    """Return the number in a text, with what stands before or after it as its unit; None if there is none.

    ``1,000`` may be one or a thousand, depending on where its writer went to school: both are readings of it.
    """
    text = latin_digits(text.translate(SIGNS)).strip()
    if len(text) > MAX_CHARACTERS:
        return None
    found = NUMBER.match(text)
    if found is None:
        # A unit may come first, as currencies do.
        found = next((match for match in NUMBER.finditer(text)), None)
        if found is None or found.end() != len(text):
            return None
        rest = text[: found.start()].strip()
    else:
        rest = text[found.end() :].strip()
    exponent = int((found["exponent"] or "0").replace(" ", ""))
    if abs(exponent) > MAX_EXPONENT:
        return None
    sign = "-" if found["sign"] == "-" else ""
    readings = tuple(Decimal(f"{sign}{digits}e{exponent}") for digits in _readings(found["digits"]))
    return TypedNumber(readings, rest) if readings else None


def _readings(typed: str) -> list[str]:
    """Return the number with a decimal point, or none, once for each way to read it."""
    whole, separator, fraction = _parted(typed)
    groups = re.split(f"[.,{GROUPERS}]", whole)
    if len({character for character in whole if not character.isdigit()} | {separator}) > 2 or not (  # noqa: PLR2004
        fraction.isdigit() or not fraction
    ):
        return []
    if len(groups) > 1:
        return [f"{''.join(groups)}.{fraction}"] if _are_groups(groups) else []
    readings = [f"{whole}.{fraction}" if separator else whole]
    if separator and whole != "0" and _are_groups([whole, fraction]):
        readings.append(whole + fraction)
    return readings


def _parted(typed: str) -> tuple[str, str, str]:
    """Return what stands before and after the last sign that can only be a decimal point or comma."""
    signs = [character for character in typed if not character.isdigit()]
    if not signs or signs[-1] in GROUPERS or signs.count(signs[-1]) > 1:
        return typed, "", ""
    whole, separator, fraction = typed.rpartition(signs[-1])
    return whole or "0", separator, fraction


def _are_groups(groups: list[str]) -> bool:
    return 1 <= len(groups[0]) <= GROUP_DIGITS and all(len(group) == GROUP_DIGITS for group in groups[1:])


def latin_digits(text: str) -> str:
    """Return the text with the digits of any script as ours."""
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text
    )
