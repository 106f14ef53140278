"""Formulas out of a file: as MathML that browsers set, or as words in one line where no more may stand."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final

from lms.kernel.formulas import FORMULA_ATTRIBUTES, FORMULA_PARTS, FORMULA_TAGS, FORMULA_VALUE
from lms.kernel.xmltree import Element

LEAVES: Final = frozenset({"mi", "mn", "mo", "mtext", "ms"})
DRAWN_OR_DIGIT: Final = frozenset("0123456789{")
UNSEEN: Final = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})
# Signs that only tell a renderer what stands beside each other.
INVISIBLE: Final = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
INVISIBLE_BUT_SAID: Final[Mapping[int, int | None]] = {0x2063: None, 0x2064: None}
ITALIC: Final = re.compile("</?i>")
ABOVE_OR_BELOW: Final = re.compile("<su[bp]>")
SPACED: Final = frozenset(
    "=<>+\u00b1\u00d7\u00f7\u00b7\u2219\u2264\u2265\u2260\u2248\u2192\u2212\u2208\u222a\u2229\u2227\u2228"
)


def kept(formula: Element, shown: Callable[[str], str]) -> str:
    """Return a formula as MathML Core; `shown` gives what stands for the name of a variable."""
    name = formula.name
    if name in UNSEEN - {"mphantom"}:
        return ""
    if name in LEAVES:
        own = formula.text.translate(INVISIBLE_BUT_SAID).strip()
        words = shown(own)
        tag = "mn" if name == "mi" and words != own and words[:1] in DRAWN_OR_DIGIT else name
        return f"<{tag}{_attributes(formula)}>{escape(words, quote=False)}</{tag}>"
    parts = [kept(child, shown) for child in formula.children]
    if name == "mfenced":
        return f"<mrow>{_fenced(formula, parts)}</mrow>"
    if name == "mtd" or FORMULA_PARTS.get(name, len(parts)) == len(parts):
        return (
            f"<{name}{_attributes(formula)}>{''.join(parts)}</{name}>"
            if name in FORMULA_TAGS
            else "".join(parts)
        )
    return "".join(parts)


def _attributes(formula: Element) -> str:
    names = FORMULA_ATTRIBUTES.get(formula.name, frozenset())
    return "".join(
        f' {name}="{value}"'
        for name in sorted(names)
        if (value := formula.attribute(name)) and FORMULA_VALUE.fullmatch(value)
    )


def _fenced(formula: Element, parts: Sequence[str]) -> str:
    opening, closing = formula.attribute("open") or "(", formula.attribute("close") or ")"
    separator = formula.attribute("separators").strip()[:1] or ","
    inner = f"<mo>{escape(separator)}</mo>".join(parts)
    return f"<mo>{escape(opening)}</mo>{inner}<mo>{escape(closing)}</mo>"


def in_words(formula: Element, shown: Callable[[str], str]) -> str:
    """Return a formula as words in one line; as HTML only where something of it stands above or below."""
    words = linear(formula, shown)
    return words if ABOVE_OR_BELOW.search(words) else ITALIC.sub("", words)


def linear(formula: Element, shown: Callable[[str], str]) -> str:
    """Return a formula as HTML; `shown` gives what stands for the name of a variable."""
    parts = [linear(child, shown) for child in formula.children]
    if formula.name in LEAVES:
        return _leaf(formula, shown)
    if formula.name in UNSEEN:
        return ""
    if made := _BUILT.get((formula.name, len(parts))):
        return made(parts)
    joined = "".join(parts)
    opening, closing = formula.attribute("open") or "(", formula.attribute("close") or ")"
    whole = {
        "semantics": parts[0] if parts else "",
        "msqrt": f"√({joined})",
        "mfenced": f"{escape(opening)}{', '.join(parts)}{escape(closing)}",
        "mtable": "<br>".join(parts),
        "mtr": " ".join(part for part in parts if part),
        "mspace": " ",
    }
    return whole.get(formula.name, joined)


def _leaf(formula: Element, shown: Callable[[str], str]) -> str:
    words = escape(shown(formula.text.translate(INVISIBLE).strip()), quote=False)
    if formula.name == "mo" and words in {escape(sign) for sign in SPACED}:
        return f" {words} "
    return f"<i>{words}</i>" if formula.name == "mi" and len(words) == 1 else words


def _grouped(part: str) -> str:
    return f"({part})" if " " in part or "/" in part.replace("</", "") else part


_BUILT: Final[Mapping[tuple[str, int], Callable[[list[str]], str]]] = {
    ("msup", 2): lambda one: f"{_grouped(one[0])}<sup>{one[1]}</sup>",
    ("msub", 2): lambda one: f"{_grouped(one[0])}<sub>{one[1]}</sub>",
    ("msubsup", 3): lambda one: f"{_grouped(one[0])}<sub>{one[1]}</sub><sup>{one[2]}</sup>",
    ("mfrac", 2): lambda one: f"{_grouped(one[0])}/{_grouped(one[1])}",
    ("mroot", 2): lambda one: f"<sup>{one[1]}</sup>√({one[0]})",
    ("munder", 2): lambda one: f"{one[0]}<sub>{one[1]}</sub>",
    ("mover", 2): lambda one: f"{one[0]}<sup>{one[1]}</sup>",
    ("munderover", 3): lambda one: f"{one[0]}<sub>{one[1]}</sub><sup>{one[2]}</sup>",
}
