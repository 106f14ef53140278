"""Formulas in MathML Core: the elements that browsers set and screen readers read, and what each may say."""

import re
from collections.abc import Mapping
from typing import Final

# fmt: off
FORMULA_TAGS: Final = frozenset((
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot",
    "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle",
))
# fmt: on
"""What a formula is made of. What could hold HTML or another language (annotations, actions) is none of it."""
FORMULA_LEAVES: Final = frozenset({"mi", "mn", "mo", "ms", "mtext"})
"""Those that hold words; all others hold elements alone."""
ALWAYS: Final = "mathvariant"
FORMULA_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "math": frozenset({"display"}),
    "mi": frozenset({ALWAYS}),
    "mn": frozenset({ALWAYS}),
    "mo": frozenset({ALWAYS, "form", "fence", "separator", "stretchy", "largeop", "movablelimits"}),
    "mtext": frozenset({ALWAYS}),
    "mspace": frozenset({"width", "height", "depth"}),
    "mfrac": frozenset({"linethickness"}),
    "mover": frozenset({"accent"}),
    "munder": frozenset({"accentunder"}),
    "munderover": frozenset({"accent", "accentunder"}),
    "mtd": frozenset({"columnspan", "rowspan"}),
    "mstyle": frozenset({"displaystyle", "scriptlevel"}),
}
FORMULA_VALUE: Final = re.compile(r"[A-Za-z0-9.%+-]{1,20}", re.ASCII)
"""What an attribute of them may say."""
FORMULA_PARTS: Final[Mapping[str, int]] = {
    "msup": 2, "msub": 2, "mfrac": 2, "mroot": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
"""How many elements those hold that hold a certain number."""
