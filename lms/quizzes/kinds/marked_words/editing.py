"""How an author writes it: ``[[words]]`` in the question's text, and a row of fields for each of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, rows_of, shown_share, text_fields, ticked, without_row
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.marked_words.values import MARK, MarkedWord, MarkedWords
from lms.quizzes.values import ONE, ZERO, Question

SHARE_PLACES: Final = Decimal("0.0000001")


class MarkedWordsEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return no row yet: each comes with its mark in the text."""
        return ticked("costs", holds=True)

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each marked place; credit is shown where it is not the one that a form gives anyway."""
        body = body_of(question, MarkedWords)
        share = _share(body, len(body.right))
        wrong = [word for word in body.words if word.weight <= ZERO]
        costs = body.takes_several and bool(wrong) and all(word.weight == -share for word in wrong)
        fields = {**ticked("several", holds=body.takes_several), **ticked("costs", holds=costs)}
        for row, (word, said) in enumerate(zip(body.words, MARK.findall(question.stem.source), strict=True)):
            blank = share if word.weight > ZERO else -share if costs else ZERO
            fields |= {
                f"word-{row}-key": word.key,
                f"word-{row}-words": said,
                **ticked(f"word-{row}-right", holds=word.weight > ZERO),
                f"word-{row}-credit": shown_share(word.weight, blank=blank),
                **text_fields(f"word-{row}-feedback", word.feedback),
            }
        return fields

    def grown(self, fields: Fields) -> Fields:
        """Return the fields with a row for each mark in the text, in its order; each goes with its words."""
        left = {row: fields.get(f"word-{row}-words", "") for row in rows_of(fields, "word")}
        grown = dict(fields)
        for row in left:
            grown = without_row(grown, "word", row)
        next_key = max((row for row in left), default=-1) + 1
        for place, words in enumerate(MARK.findall(fields.get("stem", ""))):
            kept = next((row for row, said in left.items() if said == words), None)
            if kept is None:
                grown |= {f"word-{place}-key": f"w{next_key + place}", f"word-{place}-words": words}
                continue
            del left[kept]
            before = f"word-{kept}-"
            grown |= {
                f"word-{place}-{name.removeprefix(before)}": value
                for name, value in fields.items()
                if name.startswith(before)
            }
        return grown

    def acted(self, fields: Fields, verb: str, group: str, row: int) -> Fields:
        """Return the fields as they were: rows come and go with the marks in the text."""
        del verb, group, row
        return self.grown(fields)

    def parse_body(self, fields: Fields) -> MarkedWords:
        """Read a row for each mark; those without a credit of their own share evenly where several are chosen."""
        fields = self.grown(fields)
        draft = Draft(fields)
        rows = rows_of(fields, "word")
        keys = draft.keys("word", rows)
        several = draft.is_ticked("several")
        right = {row for row in rows if draft.is_ticked(f"word-{row}-right")}
        share = _even(len(right)) if several else ONE
        wrong = -share if several and draft.is_ticked("costs") else ZERO
        words = tuple(self._word(draft, row, keys, right, share if row in right else wrong) for row in rows)
        if not rows:
            draft.refuse(
                "words", Message("Write [[ before and ]] after the words in the text that may be chosen.")
            )
        elif not right:
            draft.refuse("words", Message("Tick the words that are right."))
        return draft.whole("words", lambda: MarkedWords(words, several))

    def _word(
        self, draft: Draft, row: int, keys: Mapping[int, str], right: set[int], blank: Decimal
    ) -> MarkedWord:
        name = f"word-{row}-credit"
        weight = draft.share(name, blank=blank)
        if (weight > ZERO) != (row in right) and name not in draft.faults:
            draft.refuse(name, Message("A right choice earns something, and a wrong one nothing or less."))
        return MarkedWord(keys[row], weight, draft.text(f"word-{row}-feedback"))


def _share(body: MarkedWords, right: int) -> Decimal:
    return _even(right) if body.takes_several else ONE


def _even(count: int) -> Decimal:
    return (ONE / count).quantize(SHARE_PLACES).normalize() if count else ZERO
