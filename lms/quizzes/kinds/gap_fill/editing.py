"""How an author writes it: ``[[1]]`` in the question's text, and a row of fields for each gap."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.amount_rows import fields_of_numbers, number_addresses, numbers_in
from lms.quizzes.kinds.amounts import Numbers, ToleranceRule, UnitRule
from lms.quizzes.kinds.drafts import Draft, Fields, rows_of, shown_share, text_fields, ticked, without_row
from lms.quizzes.kinds.gap_fill.values import (
    MARK,
    BankWord,
    Gap,
    GapChoice,
    GapFill,
    GapWay,
    not_in_text,
)
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.words import Words, fields_of_words, words_in
from lms.quizzes.values import ONE, ZERO, Question
from lms.web.numbers import whole_number

SETTINGS: Final = ("way", "key", "unit-rule", "tolerance-rule", "right", "weight")
"""What a gap has before its author wrote anything."""
SPARE: Final = {
    GapWay.PICK: ("choice-0-text", "choice-1-text", "choice-2-text"),
    GapWay.TYPE: ("answer-0-pattern",),
    GapWay.NUMBER: ("answer-0-value",),
    GapWay.DRAG: ("option",),
}
"""The fields of a new gap that want to be filled in, the first with what is right."""


class GapFillEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return no gap yet: each comes with its mark in the text."""
        return ticked("shuffle", holds=True)

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each gap, and one for each word that belongs to none."""
        body = body_of(question, GapFill)
        places = {word.key: str(place) for place, word in enumerate(body.bank)}
        texts = {word.key: word.text for word in body.bank}
        fields = {
            **ticked("shuffle", holds=body.shuffle),
            **ticked("reuse", holds=body.reuse),
            "wrong-costs": shown_share(body.wrong_costs, blank=ZERO),
        }
        for gap in body.gaps:
            at = f"gap-{gap.key}-"
            fields |= {
                f"{at}way": gap.way.value,
                f"{at}weight": "" if gap.weight == 1 else str(gap.weight),
                **text_fields(f"{at}feedback", gap.feedback),
                **(fields_of_words(gap.words, at) if gap.words else {}),
                **(fields_of_numbers(gap.numbers, at) if gap.numbers else {}),
                **_fields_of_choices(gap.choices, at),
            }
            if gap.word:
                fields |= {
                    f"{at}option": texts[gap.word],
                    f"{at}option-key": gap.word,
                    f"{at}place": places[gap.word],
                }
        used = {gap.word for gap in body.gaps}
        for row, word in enumerate(word for word in body.bank if word.key not in used):
            fields |= {
                f"extra-{row}-option": word.text,
                f"extra-{row}-option-key": word.key,
                f"extra-{row}-place": places[word.key],
            }
        return fields

    def grown(self, fields: Fields) -> Fields:
        """Return the fields with a row for each mark in the text, and the fields that the way of each gap needs.

        An empty row whose mark is gone goes with it; one that somebody filled in stays, and is found fault with.
        """
        marks = dict.fromkeys(MARK.findall(fields.get("stem", "")))
        grown = dict(fields)
        for row in rows_of(fields, "gap"):
            if str(row) not in marks and not _is_filled_in(fields, row):
                grown = without_row(grown, "gap", row)
        for number in marks:
            grown.setdefault(f"gap-{number}-way", GapWay.TYPE.value)
        for row in rows_of(grown, "gap"):
            _give_fields(grown, f"gap-{row}-")
        if _takes_words(grown) and not rows_of(grown, "extra"):
            grown["extra-0-option"] = ""
        return grown

    def acted(self, fields: Fields, verb: str, group: str, row: int) -> Fields:
        """Return the fields with the mark of a gap that was added, and without that of one that was removed."""
        if group != "gap":
            return fields
        stem = fields.get("stem", "")
        if verb == "remove":
            return self.grown({**fields, "stem": stem.replace(f"[[{row}]]", "")})
        number = max(row, 1)
        fields = {**without_row(fields, "gap", row), f"gap-{number}-way": GapWay.TYPE.value}
        return self.grown({**fields, "stem": f"{stem.rstrip()} [[{number}]]".lstrip()})

    def parse_body(self, fields: Fields) -> GapFill:
        """Read the rows; words that several gaps share stand once in the bank."""
        draft = Draft(fields)
        rows = rows_of(fields, "gap")
        stands = Counter(MARK.findall(fields.get("stem", "")))
        if not rows:
            draft.refuse("gaps", Message("Write [[1]] in the text where the first gap belongs."))
        for number, times in stands.items():
            if times > 1:
                draft.refuse(
                    "stem", Message("Gap %(number)s stands in the text more than once.", number=number)
                )
        dragged = [row for row in rows if draft.word(f"gap-{row}-way") == GapWay.DRAG]
        shared = [f"gap-{row}" for row in dragged]
        shared += [f"extra-{row}" for row in draft.rows("extra", "option")] if dragged else []
        bank = tuple(BankWord(key, words) for key, words in draft.wordings(shared))
        keys = {word.text: word.key for word in bank}
        made = [gap for row in rows if (gap := self._gap(draft, row, keys)) is not None]
        for row in rows:
            if not stands[str(row)]:
                draft.refuse(f"gap-{row}", not_in_text(str(row)))
        costs = draft.share("wrong-costs", blank=ZERO)
        return draft.whole(
            "gaps",
            lambda: GapFill(
                tuple(made),
                bank,
                reuse=bool(bank) and draft.is_ticked("reuse"),
                shuffle=draft.is_ticked("shuffle") or all(gap.way is not GapWay.PICK for gap in made),
                wrong_costs=costs,
            ),
        )

    def addresses(self, fields: Fields) -> Mapping[str, str]:
        """Return the numbers of the gaps that take one, with their tolerances."""
        return {
            name: at
            for row in rows_of(fields, "gap")
            if fields.get(f"gap-{row}-way") == GapWay.NUMBER
            for name, at in number_addresses(fields, f"gap-{row}-", f"gaps.{row}.numbers.").items()
        }

    def _gap(self, draft: Draft, row: int, bank: dict[str, str]) -> Gap | None:
        at = f"gap-{row}-"
        way = next((one for one in GapWay if one.value == draft.word(f"{at}way")), None)
        weight = whole_number(draft.word(f"{at}weight") or "1")
        if weight is None:
            draft.refuse(f"{at}weight", Message("Give a whole number."))
        feedback = draft.text(f"{at}feedback")
        made: Gap | None = None
        build = partial(Gap, str(row), weight=weight or 1, feedback=feedback)
        match way:
            case GapWay.TYPE:
                words = words_in(draft, Words, at)
                if words is not None:
                    made = draft.part(f"{at}weight", lambda: build(GapWay.TYPE, words=words))
            case GapWay.NUMBER:
                numbers = numbers_in(draft, Numbers, at)
                if numbers is not None:
                    made = draft.part(f"{at}weight", lambda: build(GapWay.NUMBER, numbers=numbers))
            case GapWay.PICK:
                choices = _choices_in(draft, at)
                made = draft.part(f"{at}choices", lambda: build(GapWay.PICK, choices=choices))
            case GapWay.DRAG:
                word = bank.get(draft.word(f"{at}option"), "")
                if not word:
                    draft.refuse(f"{at}option", Message("Write the word that belongs here."))
                else:
                    made = draft.part(f"{at}weight", lambda: build(GapWay.DRAG, word=word))
            case None:
                draft.refuse(f"{at}way", Message("Choose how the gap is filled."))
        return made


def _fields_of_choices(choices: tuple[GapChoice, ...], at: str) -> dict[str, str]:
    right = next((row for row, choice in enumerate(choices) if choice.weight == ONE), None)
    fields = {} if right is None else {f"{at}right": str(right)}
    for row, choice in enumerate(choices):
        name = f"{at}choice-{row}"
        fields |= {
            f"{name}-key": choice.key,
            f"{name}-text": choice.text,
            f"{name}-credit": "" if row == right else shown_share(choice.weight, blank=ZERO),
            **text_fields(f"{name}-feedback", choice.feedback),
        }
    return fields


def _choices_in(draft: Draft, at: str) -> tuple[GapChoice, ...]:
    """Return the lines of a drop-down; the one marked right is worth everything."""
    rows = draft.rows(f"{at}choice", "text", "feedback")
    keys = draft.keys(f"{at}choice", rows)
    for row in rows:
        if not draft.word(f"{at}choice-{row}-text"):
            draft.refuse(f"{at}choice-{row}-text", Message("Write the choice, or remove it."))
    choices = tuple(
        GapChoice(
            keys[row],
            draft.word(f"{at}choice-{row}-text"),
            ONE
            if draft.word(f"{at}right") == str(row)
            else draft.share(f"{at}choice-{row}-credit", blank=ZERO),
            draft.text(f"{at}choice-{row}-feedback"),
        )
        for row in rows
        if draft.word(f"{at}choice-{row}-text")
    )
    if len(choices) >= 2 and all(choice.weight != ONE for choice in choices):  # noqa: PLR2004  as the gap asks
        draft.refuse(f"{at}choices", Message("Mark the choice that is right."))
    return choices


def _is_filled_in(fields: Fields, row: int) -> bool:
    at = f"gap-{row}-"
    return any(
        value.strip()
        for name, value in fields.items()
        if name.startswith(at) and name.removeprefix(at) not in SETTINGS
    )


def _takes_words(fields: Fields) -> bool:
    return any(fields.get(f"gap-{row}-way") == GapWay.DRAG for row in rows_of(fields, "gap"))


def _give_fields(fields: dict[str, str], at: str) -> None:
    """Add what the way of a gap needs; what was right before its author chose another way is right still."""
    way = next((one for one in GapWay if one.value == fields.get(f"{at}way")), GapWay.TYPE)
    first, *_others = SPARE[way]
    if any(fields.get(name, "").strip() for name in fields if _is_of(way, name, at)):
        return
    was = next((word for one in GapWay if (word := _right_word(fields, one, at))), "")
    for spare in SPARE[way]:
        fields.setdefault(f"{at}{spare}", "")
    if was and not fields[f"{at}{first}"]:
        fields[f"{at}{first}"] = was
    if way is GapWay.PICK:
        fields.setdefault(f"{at}right", "0")
    fields.setdefault(f"{at}unit-rule", UnitRule.NONE.value)
    fields.setdefault(f"{at}tolerance-rule", ToleranceRule.ABSOLUTE.value)


def _is_of(way: GapWay, name: str, at: str) -> bool:
    """Return whether a field holds what fills a gap in this way."""
    group, _, part = SPARE[way][0].partition("-0-")
    return (
        name == f"{at}{group}" if not part else name.startswith(f"{at}{group}-") and name.endswith(f"-{part}")
    )


def _right_word(fields: Fields, way: GapWay, at: str) -> str:
    if way is GapWay.PICK:
        return fields.get(f"{at}choice-{fields.get(f'{at}right', '')}-text", "").strip()
    return fields.get(f"{at}{SPARE[way][0]}", "").strip()
