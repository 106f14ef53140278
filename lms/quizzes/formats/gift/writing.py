"""Writing GIFT: every question as one block, each of its texts in its own format."""

import re
from collections.abc import Iterable
from decimal import Decimal

from lms.quizzes.formats.gift.syntax import ESCAPE
from lms.quizzes.values import (
    Choice,
    Matching,
    MultipleChoice,
    Numeric,
    NumericAnswer,
    Question,
    ShortText,
    SingleChoice,
    Text,
    TextAnswer,
    TrueFalse,
    percent,
)


def written(question: Question) -> str:
    """Return the block of a question, with its comments and its last line end."""
    marks = [f"[id:{_commented(question.external_id)}]"] if question.external_id else []
    marks += [f"[tag:{_commented(tag)}]" for tag in question.tags]
    comment = f"// {' '.join(marks)}\n" if marks else ""
    title = " ".join(question.title.split()).translate(ESCAPE)
    writer = _Writer(question)
    kind = "#" if isinstance(question.body, Numeric) else ""
    answers = "".join(f"\t{line}\n" for line in writer.lines())
    return f"{comment}::{title}::{writer.stem()}{{{kind}\n{answers}}}\n"


class _Writer:
    """The texts of one question on their way into its block."""

    def __init__(self, question: Question) -> None:
        self._question = question

    def stem(self) -> str:
        """Return the question's text; it always names its format, which its other texts then share."""
        stem = self._question.stem
        return f"[{stem.format.value}]{self._escaped(stem.source.strip())}"

    def lines(self) -> Iterable[str]:
        """Yield what stands between the braces."""
        match self._question.body:
            case SingleChoice(choices=choices):
                yield from (self._single(choice) for choice in choices)
            case MultipleChoice(choices=choices):
                yield from (self._multiple(choice) for choice in choices)
            case TrueFalse() as body:
                yield self._true_false(body)
            case ShortText(answers=texts):
                yield from (self._short_text(text) for text in texts)
            case Numeric(answers=numbers):
                yield from (self._number(number) for number in numbers)
            case Matching() as body:
                yield from self._pairs(body)
        if self._question.general_feedback:
            yield f"####{self._part(self._question.general_feedback)}"

    def _single(self, choice: Choice) -> str:
        if choice.weight != 1:
            return self._multiple(choice)
        # A text that begins like a weight would be taken for one.
        weight = "%100%" if choice.text.source.lstrip().startswith("%") else ""
        return f"={weight}{self._part(choice.text)}{self._said(choice.feedback)}"

    def _multiple(self, choice: Choice) -> str:
        is_weighed = choice.weight or choice.text.source.lstrip().startswith("%")
        weight = _weight(choice.weight) if is_weighed else ""
        return f"~{weight}{self._part(choice.text)}{self._said(choice.feedback)}"

    def _true_false(self, body: TrueFalse) -> str:
        right, wrong = body.feedback_true, body.feedback_false
        if not body.answer:
            right, wrong = wrong, right
        said = f"{self._said(wrong) or '#'}{self._said(right)}" if right else self._said(wrong)
        return f"{'TRUE' if body.answer else 'FALSE'}{said}"

    def _short_text(self, answer: TextAnswer) -> str:
        pattern = self._part(Text(answer.pattern, self._question.stem.format))
        return f"={_weight(answer.weight)}{pattern}{self._said(answer.feedback)}"

    def _number(self, answer: NumericAnswer) -> str:
        value = "*" if answer.value is None else f"{answer.value:f}:{answer.tolerance:f}"
        return f"={_weight(answer.weight)}{value}{self._said(answer.feedback)}"

    def _pairs(self, body: Matching) -> Iterable[str]:
        texts = {option.key: self._escaped(option.text) for option in body.options}
        yield from (f"={self._part(stem.text)} -> {texts[stem.option_key]}" for stem in body.stems)
        asked_for = {stem.option_key for stem in body.stems}
        yield from (f"= -> {text}" for key, text in texts.items() if key not in asked_for)

    def _said(self, feedback: Text) -> str:
        return f"#{self._part(feedback)}" if feedback else ""

    def _part(self, text: Text) -> str:
        differs = text and text.format is not self._question.stem.format
        form = f"[{text.format.value}]" if differs or text.source.lstrip().startswith("[") else ""
        return form + self._escaped(text.source.strip())

    def _escaped(self, text: str) -> str:
        escaped = text.translate(ESCAPE)
        # Here an arrow would make a pair; elsewhere it may stand.
        if isinstance(self._question.body, ShortText | Matching):
            return escaped.replace("->", "-\\>")
        return escaped


def _weight(weight: Decimal) -> str:
    return f"%{percent(weight)}%"


def _commented(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", " ".join(text.split()))
