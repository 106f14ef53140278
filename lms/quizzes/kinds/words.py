"""Words that are accepted as an answer, how they are held against what was typed, and their rows in a form."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys, require_weights
from lms.quizzes.kinds.drafts import Draft, Fields, shown_share, text_fields, ticked
from lms.quizzes.kinds.wording import STAR, is_slip_of, matches, spaced
from lms.quizzes.values import LATER, NO_TEXT, ONE, Text


@dataclass(frozen=True, slots=True)
class TextAnswer:
    r"""An answer that is accepted; ``*`` in the pattern is any run of characters, ``\*`` a star."""

    key: str
    pattern: str
    weight: Decimal = ONE
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Words:
    """What may be typed; the first pattern that matches decides, where slips are forgiven a whole word first."""

    answers: tuple[TextAnswer, ...]
    case_sensitive: bool = False
    accents_matter: bool = field(default=True, metadata=LATER)
    slips_forgiven: bool = field(default=False, metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(answer.key for answer in self.answers)
        if any(not answer.pattern.strip() for answer in self.answers):
            raise ValueError(Message("An accepted answer is empty."))
        require_weights(answer.weight for answer in self.answers)
        if not any(answer.weight == ONE for answer in self.answers):
            raise ValueError(Message("No answer is worth 100%%: one of them must be right."))

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(answer.feedback for answer in self.answers)

    def matched(self, text: str) -> TextAnswer | None:
        """Return the answer that decides about what was typed, None where none is met."""
        if not spaced(text):
            return None
        held = {"case_sensitive": self.case_sensitive, "accents_matter": self.accents_matter}
        whole = [answer for answer in self.answers if matches(answer.pattern, text, **held)]
        if not self.slips_forgiven:
            return next(iter(whole), None)
        # What is written right is what was meant; a star would take it all before a slip is looked for.
        spelled = next((answer for answer in whole if not STAR.search(answer.pattern)), None)
        return spelled or next(
            (one for one in self.answers if one in whole or is_slip_of(one.pattern, text, **held)), None
        )

    def right(self) -> str:
        """Return what the first possible pattern worth everything matches."""
        patterns = [answer.pattern for answer in self.answers if answer.weight == ONE]
        # A pattern of stars alone takes anything, such as a star.
        texts = [spaced(STAR.sub(" ", pattern).replace("\\*", "*")) or "*" for pattern in patterns]
        return next((one for one in texts if (met := self.matched(one)) and met.weight == ONE), texts[0])

    def secrets(self) -> tuple[str, ...]:
        """Return what is accepted, and the feedback."""
        return tuple(
            source for answer in self.answers for source in (answer.pattern, answer.feedback.source) if source
        )


_Words = TypeVar("_Words", bound=Words)


def losses_of_wording(words: Words, *, has_case: bool) -> tuple[Message, ...]:
    """Return how words are compared that a format cannot say; `has_case` is whether it can say that case counts."""
    losses = {
        Message("that case counts"): words.case_sensitive and not has_case,
        Message("that accents may be left out"): not words.accents_matter,
        Message("that slips in spelling are forgiven"): words.slips_forgiven,
    }
    return tuple(loss for loss, holds in losses.items() if holds)


def fields_of_words(words: Words, at: str = "") -> Fields:
    """Return the fields of the accepted words; `at` is what their names begin with."""
    fields = {
        **ticked(f"{at}case", holds=words.case_sensitive),
        **ticked(f"{at}plain", holds=not words.accents_matter),
        **ticked(f"{at}slips", holds=words.slips_forgiven),
    }
    for row, answer in enumerate(words.answers):
        name = f"{at}answer-{row}"
        fields |= {
            f"{name}-key": answer.key,
            f"{name}-pattern": answer.pattern,
            f"{name}-credit": shown_share(answer.weight, blank=ONE),
            **text_fields(f"{name}-feedback", answer.feedback),
        }
    return fields


def words_in(draft: Draft, kind: type[_Words], at: str = "") -> _Words | None:
    """Return the accepted words of a form; None, with what is wrong by field, where they make none.

    An answer without a credit is worth everything.
    """
    rows = draft.rows(f"{at}answer", "pattern", "feedback", "credit")
    keys = draft.keys(f"{at}answer", rows)
    before = len(draft.faults)
    for row in rows:
        if not draft.word(f"{at}answer-{row}-pattern"):
            draft.refuse(f"{at}answer-{row}-pattern", Message("Write the answer, or remove it."))
    answers = tuple(
        TextAnswer(
            keys[row],
            draft.fields[f"{at}answer-{row}-pattern"],
            draft.share(f"{at}answer-{row}-credit", blank=ONE),
            draft.text(f"{at}answer-{row}-feedback"),
        )
        for row in rows
        if draft.word(f"{at}answer-{row}-pattern")
    )
    if not rows:
        draft.refuse(f"{at}answers", Message("Write the answer that is right."))
    if len(draft.faults) > before:
        return None
    return draft.part(
        f"{at}answers",
        lambda: kind(
            answers,
            case_sensitive=draft.is_ticked(f"{at}case"),
            accents_matter=not draft.is_ticked(f"{at}plain"),
            slips_forgiven=draft.is_ticked(f"{at}slips"),
        ),
    )
