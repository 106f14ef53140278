"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields, ticked
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.matching.values import Matching, MatchOption, MatchStem, told_weights
from lms.quizzes.values import Question
from lms.web.numbers import whole_number


class MatchingEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return three spare pairs and one that only distracts."""
        pairs = {f"pair-{row}-text": "" for row in range(3)}
        return {**pairs, "extra-0-option": "", **ticked("shuffle", holds=True)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each pair, and one for each option that belongs to none."""
        body = body_of(question, Matching)
        places = {option.key: (str(place), option.text) for place, option in enumerate(body.options)}
        used = {stem.option_key for stem in body.stems}
        fields = ticked("shuffle", holds=body.shuffle)
        for row, (stem, weight) in enumerate(
            zip(body.stems, body.weights or (1,) * len(body.stems), strict=True)
        ):
            place, words = places[stem.option_key]
            fields |= {
                f"pair-{row}-key": stem.key,
                **text_fields(f"pair-{row}-text", stem.text),
                f"pair-{row}-option": words,
                f"pair-{row}-option-key": stem.option_key,
                f"pair-{row}-place": place,
                f"pair-{row}-weight": "" if weight == 1 else str(weight),
            }
        for row, option in enumerate(one for one in body.options if one.key not in used):
            place, words = places[option.key]
            fields |= {
                f"extra-{row}-option": words,
                f"extra-{row}-option-key": option.key,
                f"extra-{row}-place": place,
            }
        return fields

    def parse_body(self, fields: Fields) -> Matching:
        """Read the rows; pairs with the same words on the right share one option."""
        draft = Draft(fields)
        pairs = draft.rows("pair", "text", "option")
        for row in pairs:
            if not draft.word(f"pair-{row}-option"):
                draft.refuse(f"pair-{row}-option", Message("Write what belongs to it, or remove the pair."))
        rows = [f"pair-{row}" for row in pairs] + [f"extra-{row}" for row in draft.rows("extra", "option")]
        options = tuple(MatchOption(key, words) for key, words in draft.wordings(rows))
        by_words = {option.text: option.key for option in options}
        keys = draft.keys("pair", pairs)
        stems = tuple(
            MatchStem(
                keys[row],
                draft.text(f"pair-{row}-text", required=Message("Write the left side, or remove the pair.")),
                by_words.get(draft.word(f"pair-{row}-option"), ""),
            )
            for row in pairs
        )
        weights = [whole_number(draft.word(f"pair-{row}-weight") or "1") for row in pairs]
        for row, weight in zip(pairs, weights, strict=True):
            if weight is None:
                draft.refuse(f"pair-{row}-weight", Message("Give a whole number."))
        counts = told_weights([weight or 0 for weight in weights])
        return draft.whole("pairs", lambda: Matching(stems, options, draft.is_ticked("shuffle"), counts))
