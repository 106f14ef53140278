"""How a table holds it."""

from collections.abc import Mapping

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.matching.values import Matching, MatchOption, MatchStem
from lms.quizzes.syntax.table import BELONGS, CHOICES, RIGHT, TableFault, TableRow, choice_cells
from lms.quizzes.values import Body, Question, Text, key_at


class MatchingTable(TableForm):
    """A pair in each choice, its sides parted by a bar; one without a left side distracts."""

    def claims(self, row: TableRow) -> bool:
        """Return whether every choice is a pair."""
        return bool(row.choices) and not row.word(RIGHT) and all(BELONGS in one for one in row.choices)

    def read(self, row: TableRow) -> Body:
        """Return the pairs."""
        stems: list[tuple[Text, str]] = []
        keys: dict[str, str] = {}
        for at, pair in enumerate(row.choices):
            left, bar, right = (part.strip() for part in pair.partition(BELONGS))
            if not bar:
                raise TableFault(CHOICES[at], Message("Write a pair as left %(bar)s right.", bar=BELONGS))
            keys.setdefault(right, key_at(len(keys)))
            if left:
                stems.append((row.text(left), right))
        return Matching(
            tuple(MatchStem(key_at(at), stem, keys[right]) for at, (stem, right) in enumerate(stems)),
            tuple(MatchOption(key, words) for words, key in keys.items()),
        )

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return the pairs, and the options that belong to none."""
        body = body_of(question, Matching)
        texts = {option.key: option.text for option in body.options}
        used = {stem.option_key for stem in body.stems}
        pairs = [f"{stem.text.source} {BELONGS} {texts[stem.option_key]}" for stem in body.stems]
        pairs += [f"{BELONGS} {text}" for key, text in texts.items() if key not in used]
        return choice_cells(tuple(pairs))
