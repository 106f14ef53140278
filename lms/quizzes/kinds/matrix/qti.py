"""How QTI 2.2 holds it."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element as NewElement

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices_qti import mismatches
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.matrix.rules import MatrixRules
from lms.quizzes.kinds.matrix.values import (
    Matrix,
    MatrixColumn,
    MatrixGrading,
    MatrixResponse,
    MatrixRow,
)
from lms.quizzes.kinds.pairs_qti import Pairing, pairing_of, write_sides
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import (
    QtiWriter,
    all_of,
    base_value,
    condition,
    made,
    set_score,
    variable,
)
from lms.quizzes.values import ONE, Body, Question, key_at


class MatrixQti(QtiForm):
    """Two sets, of which any number of the second may belong to each of the first."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether any number belongs to each."""
        if item.sole("matchInteraction") is None or not item.machine.is_graded:
            return False
        return (pairing := pairing_of(item)) is not None and not pairing.is_one_to_one()

    def read(self, item: QtiItem) -> Matrix:
        """Return the lines and columns, graded as the item does, as far as a grading of ours does."""
        pairing = _required(item)
        item.weigh([pairing.given(item, pairing.all_right())])
        item.asked = item.stem()
        keys = {name: key_at(at) for at, name in enumerate(pairing.rights)}
        rows = tuple(
            MatrixRow(
                key_at(at),
                item.text(element),
                tuple(keys[one] for one in keys if one in pairing.right_of[name]),
            )
            for at, (name, element) in enumerate(pairing.lefts.items())
        )
        columns = tuple(MatrixColumn(keys[name], item.plain(one)) for name, one in pairing.rights.items())
        shuffle = pairing.interaction.attribute("shuffle") == "true"
        bodies = [Matrix(rows, columns, True, grading, shuffle) for grading in MatrixGrading]  # noqa: FBT003
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(MatrixRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return all pairs, and all with one more or one less."""
        del body
        pairing = _required(item)
        right = pairing.all_right()
        every = [(left, one) for left in pairing.lefts for one in pairing.rights]
        answers = [
            right,
            *([one for one in every if (one in right) is not (one == other)] for other in every),
        ]
        lefts = {name: key_at(at) for at, name in enumerate(pairing.lefts)}
        rights = {name: key_at(at) for at, name in enumerate(pairing.rights)}
        return [
            Probe(
                pairing.given(item, pairs),
                MatrixResponse(
                    tuple(
                        (lefts[left], ticked)
                        for left in lefts
                        if (ticked := tuple(rights[b] for a, b in pairs if a == left))
                    )
                ),
            )
            for pairs in answers
            if pairs
        ]

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write lines and columns, and a rule for each line."""
        body = body_of(question, Matrix)
        writer.ask()
        write_sides(
            writer,
            [(row.key, row.text) for row in body.rows],
            [(column.key, column.text) for column in body.columns],
            shuffle=body.shuffle,
            most=0 if body.takes_several else 1,
        )
        pairs = [f"L_{row.key} R_{key}" for row in body.rows for key in row.column_keys]
        writer.declare("RESPONSE", "multiple", "directedPair", pairs)
        by_line = body.grading is MatrixGrading.LINES
        share = writer.points(ONE / len(body.rows))
        rules = [
            condition(
                (
                    _holds(row, body),
                    [set_score(made("sum", [variable("SCORE"), base_value("float", share)]))],
                )
            )
            for row in body.rows
            if by_line
        ]
        writer.score_if_right(rules)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what is said of lines."""
        said = any(row.feedback for row in body_of(question, Matrix).rows)
        return (Message("the feedback to lines"),) if said else ()


def _holds(row: MatrixRow, body: Matrix) -> NewElement:
    """Return whether what belongs to a line is chosen in it, and nothing else."""
    tests = []
    for column in body.columns:
        pair = base_value("directedPair", f"L_{row.key} R_{column.key}")
        chosen = made("member", [pair, variable("RESPONSE")])
        tests.append(chosen if column.key in row.column_keys else made("not", [chosen]))
    return all_of(tests)


def _required(item: QtiItem) -> Pairing:
    pairing = pairing_of(item)
    if pairing is None:
        raise ValueError(Message("The question has no answer."))
    return pairing
