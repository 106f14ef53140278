"""How GIFT holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.matching.values import Matching, MatchOption, MatchStem, losses_of_pairs
from lms.quizzes.syntax.gift import (
    Answers,
    GiftWriter,
    Shape,
    plain,
)
from lms.quizzes.syntax.moodle import shortened
from lms.quizzes.values import Question, Text, key_at


class MatchingGift(GiftForm):
    """Pairs, joined by an arrow."""

    pairs_by_arrows = True

    def claims(self, answers: Answers) -> bool:
        """Return whether there are pairs."""
        return answers.shape is Shape.PAIRS

    def read(self, answers: Answers) -> Matching:
        """Return the pairs; an option without a left side only distracts."""
        stems: list[tuple[Text, str]] = []
        keys: dict[str, str] = {}
        for piece in answers.pieces():
            left, arrow, right = piece.partition("->")
            if not arrow:
                raise ValueError(
                    Message("The pair %(pair)s has no arrow (->).", pair=shortened(plain(piece)))
                )
            option = plain(right)
            keys.setdefault(option, key_at(len(keys)))
            if stem := answers.text(left):
                stems.append((stem, option))
        return Matching(
            tuple(MatchStem(key_at(at), stem, keys[option]) for at, (stem, option) in enumerate(stems)),
            tuple(MatchOption(key, option) for option, key in keys.items()),
        )

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return a line for each pair, and for each option that belongs to none."""
        body = body_of(question, Matching)
        texts = {option.key: writer.escaped(option.text) for option in body.options}
        asked_for = {stem.option_key for stem in body.stems}
        return [
            *(f"={writer.part(stem.text)} -> {texts[stem.option_key]}" for stem in body.stems),
            *(f"= -> {text}" for key, text in texts.items() if key not in asked_for),
        ]

    def losses(self, question: Question) -> Sequence[Message]:
        """Return the order, if it is fixed, and how much each pair counts."""
        body = body_of(question, Matching)
        order = () if body.shuffle else (Message("that the order is fixed"),)
        return (*order, *losses_of_pairs(body))
