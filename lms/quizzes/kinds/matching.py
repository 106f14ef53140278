"""Matching: an option for each stem, all stems counting the same."""

from decimal import Decimal
from itertools import count

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields, ticked
from lms.quizzes.kinds.kind import Form, body_of, one_of, own
from lms.quizzes.values import (
    NO_TEXT,
    ZERO,
    Grade,
    Interaction,
    Matching,
    MatchingResponse,
    MatchOption,
    MatchStem,
    PartGrade,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    Text,
    TextFormat,
    key_at,
)
from lms.web.numbers import whole_number


class MatchingKind:
    """Grades by the share of stems that have their option."""

    type = QuestionType.MATCHING

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 when all are right."""
        body, chosen = body_of(question, Matching), dict(own(response, MatchingResponse).pairs)
        right = [stem for stem in body.stems if chosen.get(stem.key) == stem.option_key]
        share = Decimal(1) / len(body.stems)
        parts = tuple(
            PartGrade(stem.key, share if stem in right else ZERO) for stem in body.stems if stem.key in chosen
        )
        return Grade(Decimal(len(right)) / len(body.stems), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> MatchingResponse:
        """Read one field per stem, ``answer-STEM``, with the key of an option or nothing."""
        body = body_of(question, Matching)
        keys = [option.key for option in body.options]
        chosen = [(stem.key, one_of(form, f"{name}-{stem.key}", keys)) for stem in body.stems]
        return MatchingResponse(tuple((stem, option) for stem, option in chosen if option))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether every stem has an option."""
        chosen = dict(own(response, MatchingResponse).pairs)
        return all(stem.key in chosen for stem in body_of(question, Matching).stems)

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say how many stems are still open, once any is not."""
        chosen = dict(own(response, MatchingResponse).pairs)
        left = sum(stem.key not in chosen for stem in body_of(question, Matching).stems)
        if not chosen or not left:
            return None
        return Message("Still open: %(left)s.", left=left)

    def correct_answer(self, question: Question) -> MatchingResponse:
        """Return every stem with its option."""
        return MatchingResponse(
            tuple((stem.key, stem.option_key) for stem in body_of(question, Matching).stems)
        )

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per stem."""
        body, chosen = body_of(question, Matching), dict(own(response, MatchingResponse).pairs)
        texts = {option.key: Text(option.text, TextFormat.PLAIN) for option in body.options}
        earned = {part.key: part.fraction for part in self.grade(question, response).parts}
        return tuple(
            ReviewLine(
                stem.text,
                texts.get(chosen.get(stem.key, ""), NO_TEXT),
                texts[stem.option_key],
                earned.get(stem.key, ZERO),
            )
            for stem in body.stems
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the pairs, among the stems and the options."""
        body, pairs = body_of(question, Matching), own(response, MatchingResponse).pairs
        return Interaction(
            "matching",
            "[,]".join(f"{stem}[.]{option}" for stem, option in pairs),
            {
                "source": tuple((stem.key, stem.text) for stem in body.stems),
                "target": tuple((option.key, Text(option.text, TextFormat.PLAIN)) for option in body.options),
            },
        )

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
        for row, stem in enumerate(body.stems):
            place, words = places[stem.option_key]
            fields |= {
                f"pair-{row}-key": stem.key,
                **text_fields(f"pair-{row}-text", stem.text),
                f"pair-{row}-option": words,
                f"pair-{row}-option-key": stem.option_key,
                f"pair-{row}-place": place,
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
        options = _options(
            draft,
            [f"pair-{row}" for row in pairs] + [f"extra-{row}" for row in draft.rows("extra", "option")],
        )
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
        return draft.whole("pairs", lambda: Matching(stems, options, draft.is_ticked("shuffle")))


def _options(draft: Draft, rows: list[str]) -> tuple[MatchOption, ...]:
    """Return each wording once, in the order they had before, new ones last."""
    firsts: dict[str, str] = {}
    for row in rows:
        if words := draft.word(f"{row}-option"):
            firsts.setdefault(words, row)

    def place(row: str) -> int:
        number = whole_number(draft.word(f"{row}-place"))
        return len(rows) if number is None else number

    ordered = sorted(firsts.items(), key=lambda one: place(one[1]))
    kept: dict[str, str] = {}
    for words, row in ordered:
        key = draft.word(f"{row}-option-key")
        if key and key not in kept.values():
            kept[words] = key
    free = (key for number in count() if (key := key_at(number)) not in kept.values())
    return tuple(MatchOption(kept[words] if words in kept else next(free), words) for words, _row in ordered)
