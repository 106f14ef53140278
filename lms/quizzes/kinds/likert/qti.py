"""How QTI 2.2 holds it: as choices, or as pairs, that nothing grades."""

from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.likert.values import Likert, LikertPoint, LikertScale, LikertStatement
from lms.quizzes.kinds.pairs_qti import sides_of
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Question, Text, TextFormat, key_at

SETS = 2


class LikertQti(QtiForm):
    """Statements and the points of a scale; of a single statement its points alone."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether it asks for an opinion."""
        if item.machine.is_graded:
            return False
        if one := item.sole("choiceInteraction"):
            return item.response(one).cardinality == "single"
        pairs = item.sole("matchInteraction")
        return pairs is not None and len(sides_of(pairs)) == SETS

    def read(self, item: QtiItem) -> Likert:
        """Return the statements and the scale, which is one in its author's words."""
        if one := item.sole("choiceInteraction"):
            prompt = item.prompt(one)
            statement = Text(prompt, TextFormat.HTML) if prompt else item.stem()
            item.asked = item.stem(lambda element: "" if element is one else None) if prompt else item.stem()
            points = [item.plain(choice) for choice in one.all("simpleChoice")]
            statements = [statement]
        else:
            pairs = item.sole("matchInteraction")
            if pairs is None:
                raise ValueError(Message("The question has no answer."))
            lefts, rights = sides_of(pairs)
            item.asked = item.stem()
            statements = [item.text(element) for element in lefts.values()]
            points = [item.plain(element) for element in rights.values()]
        return Likert(
            tuple(LikertStatement(key_at(at), text) for at, text in enumerate(statements)),
            LikertScale.OWN,
            tuple(LikertPoint(key_at(at), words) for at, words in enumerate(points)),
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write a line for each statement, and the points of its scale."""
        body = body_of(question, Likert)
        writer.ask()
        interaction = writer.interaction(
            "matchInteraction", shuffle=str(body.shuffle).lower(), maxAssociations="0", minAssociations="0"
        )
        statements = SubElement(interaction, "simpleMatchSet")
        for one in body.statements:
            element = SubElement(
                statements, "simpleAssociableChoice", identifier=f"L_{one.key}", matchMax="1"
            )
            writer.write(element, one.text)
        points = SubElement(interaction, "simpleMatchSet")
        for point in body.answers:
            element = SubElement(points, "simpleAssociableChoice", identifier=f"R_{point.key}", matchMax="0")
            writer.words(element, point.label)
        writer.declare("RESPONSE", "multiple", "directedPair")
