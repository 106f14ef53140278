"""How a page asks it: the question's own text, with a field in the place of each gap."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Option
from lms.quizzes.kinds.gap_fill.values import MARK, Gap, GapFill, GapFillResponse, GapWay
from lms.quizzes.kinds.kind import STEM, Asking, body_of
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.within import TAG
from lms.quizzes.syntax.gift import MISSING_WORD
from lms.quizzes.values import Question, Response, Text

BANK: Final = "bank"


@dataclass(frozen=True, slots=True)
class AskedGap:
    """A gap: how it is filled, what may be picked, and what stands in it."""

    key: str
    way: GapWay
    options: tuple[Option, ...]
    given: str


@dataclass(frozen=True, slots=True)
class AskedText:
    """Pieces of safe HTML and the gaps between them; the bank, in the order it is shown."""

    pieces: tuple[Markup | AskedGap, ...]
    bank: tuple[Option, ...]
    reuse: bool


class GapFillAsking(Asking):
    """A field in each gap, and the bank beneath the text."""

    holds_stem = True

    def told(self, stem: str) -> str:
        """Return the text with a line for each gap, and its number."""
        return "".join(
            piece if piece.startswith("<") else MARK.sub(rf"(\1) {MISSING_WORD}", piece)
            for piece in TAG.split(stem)
        )

    def hint(self, question: Question) -> Message | None:
        """Say what to do."""
        body = body_of(question, GapFill)
        if not body.bank:
            return Message("Fill in the gaps.")
        if body.reuse:
            return Message("Fill in the gaps. A word may be used more than once.")
        return Message("Fill in the gaps. Each word is used once at most.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return nothing: what is picked from is plain text, and the rest is the question's own."""
        body_of(question, GapFill)
        return {}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return ``GAP.CHOICE`` for each drop-down and ``bank.WORD``, which is always shuffled."""
        body = body_of(question, GapFill)
        lists = {gap.key: [choice.key for choice in gap.choices] for gap in body.gaps}
        for keys in lists.values():
            if body.shuffle and shuffle:
                random.shuffle(keys)
        bank = [word.key for word in body.bank]
        random.shuffle(bank)
        return [f"{name}.{key}" for name, keys in (*lists.items(), (BANK, bank)) for key in keys]

    def typed_parts(self, question: Question) -> Collection[str]:
        """Return the gaps that are typed into."""
        gaps = body_of(question, GapFill).gaps
        return {gap.key for gap in gaps if gap.way in {GapWay.TYPE, GapWay.NUMBER}}

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedText:
        """Return the text in pieces; a gap that cannot be found in it stands at its end."""
        body = body_of(question, GapFill)
        filled = dict(given.filled) if isinstance(given, GapFillResponse) else {}
        # Without an attempt the bank is not shuffled; as written it would tell the answer.
        bank = {word.key: word.text for word in sorted(body.bank, key=lambda word: word.text.casefold())}
        shown = {gap.key: _asked(gap, bank, order, filled.get(gap.key, "")) for gap in body.gaps}
        pieces = tuple(_pieces(words[STEM], shown))
        lost = tuple(gap for gap in shown.values() if gap not in pieces)
        options = tuple(
            Option(mask_of(order, f"{BANK}.{key}"), bank[key]) for key in _ordered(BANK, list(bank), order)
        )
        return AskedText((*pieces, *lost), options, body.reuse)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return what is accepted where it is typed, and the feedback."""
        body = body_of(question, GapFill)
        typed = [part for gap in body.gaps for part in (gap.words, gap.numbers) if part]
        said = [text.source for gap in body.gaps for text in gap.texts if text]
        return (*(secret for part in typed for secret in part.secrets()), *said)


def _asked(gap: Gap, bank: Mapping[str, str], order: Sequence[str], given: str) -> AskedGap:
    name, texts = gap.key, {choice.key: choice.text for choice in gap.choices}
    if gap.way is GapWay.DRAG:
        name, texts = BANK, dict(bank)
    options = tuple(
        Option(mask_of(order, f"{name}.{key}"), texts[key], key == given)
        for key in _ordered(name, list(texts), order)
    )
    return AskedGap(gap.key, gap.way, options, given)


def _ordered(name: str, keys: Sequence[str], order: Sequence[str]) -> Sequence[str]:
    """Return the keys as an attempt shows them."""
    return [key for one in order if (key := one.removeprefix(f"{name}.")) != one] or keys


def _pieces(html: str, gaps: Mapping[str, AskedGap]) -> Iterator[Markup | AskedGap]:
    """Yield the HTML before, between and after the gaps, each gap once."""
    left = dict(gaps)
    passed = ""
    for piece in TAG.split(html):
        if piece.startswith("<"):
            passed += piece
            continue
        place = 0
        for mark in MARK.finditer(piece):
            gap = left.pop(mark[1], None)
            if gap is None:
                continue
            yield Markup(passed + piece[place : mark.start()])  # noqa: S704  the stem, safe since it was saved
            yield gap
            passed, place = "", mark.end()
        passed += piece[place:]
    yield Markup(passed)  # noqa: S704  as above
