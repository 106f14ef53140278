"""How QTI 2.2 holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.matching.values import Matching, MatchingResponse, MatchOption, MatchStem, told_weights
from lms.quizzes.kinds.pairs_qti import Pairing, pairing_of, write_sides
from lms.quizzes.kinds.weights import whole_weights
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Body, Question, key_at


class MatchingQti(QtiForm):
    """Two sets, each of the first belonging to one of the second; or pairs of one set."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether each has one that belongs to it."""
        return (pairing := _pairing(item)) is not None and pairing.is_one_to_one()

    def read(self, item: QtiItem) -> Matching:
        """Return the stems, and all that may belong to them."""
        pairing = _required(item)
        right = pairing.all_right()
        full = item.weigh([pairing.given(item, right)])
        lost = [
            full - item.score(pairing.given(item, [*right[:at], *right[at + 1 :]]))
            for at in range(len(right))
        ]
        item.asked = item.stem()
        keys = {name: key_at(at) for at, name in enumerate(pairing.rights)}
        return Matching(
            tuple(
                MatchStem(key_at(at), item.text(element), keys[pairing.right_of[name][0]])
                for at, (name, element) in enumerate(pairing.lefts.items())
            ),
            tuple(MatchOption(keys[name], item.plain(element)) for name, element in pairing.rights.items()),
            shuffle=pairing.interaction.attribute("shuffle") == "true",
            weights=told_weights(whole_weights(lost)),
        )

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return all pairs, each alone, and all with each missed in turn."""
        del body
        pairing = _required(item)
        right, names = pairing.all_right(), list(pairing.rights)
        answers = [right, *([pair] for pair in right)]
        for at, (left, chosen) in enumerate(right):
            other = names[(names.index(chosen) + 1) % len(names)]
            answers += [[*right[:at], (left, other), *right[at + 1 :]], [*right[:at], *right[at + 1 :]]]
        lefts = {name: key_at(at) for at, name in enumerate(pairing.lefts)}
        rights = {name: key_at(at) for at, name in enumerate(pairing.rights)}
        return [
            Probe(
                pairing.given(item, pairs),
                MatchingResponse(tuple((lefts[left], rights[chosen]) for left, chosen in pairs)),
            )
            for pairs in answers
        ]

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write both sets and the pairs."""
        body = body_of(question, Matching)
        writer.ask()
        write_sides(
            writer,
            [(stem.key, stem.text) for stem in body.stems],
            [(option.key, option.text) for option in body.options],
            shuffle=body.shuffle,
            most=1,
        )
        shares = body.shares
        pairs = {f"L_{stem.key} R_{stem.option_key}": shares[stem.key] for stem in body.stems}
        writer.declare("RESPONSE", "multiple", "directedPair", list(pairs), pairs.items())
        writer.score_if_right([writer.score_by_map()])


def _pairing(item: QtiItem) -> Pairing | None:
    return pairing_of(item) if item.machine.is_graded else None


def _required(item: QtiItem) -> Pairing:
    pairing = _pairing(item)
    if pairing is None:
        raise ValueError(Message("The question has no answer."))
    return pairing
