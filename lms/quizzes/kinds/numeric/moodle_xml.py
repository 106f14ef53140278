"""How Moodle XML holds it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import NumericAnswer, Unit, UnitRule, losses_of_numbers
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.numeric.values import Numeric
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter, child_text, clean, number_of
from lms.quizzes.values import Question, key_at

UNITS_TYPED, UNITS_UNUSED = "0", "3"
UNIT_OPTIONAL: Final = "0"
CALCULATED: Final = ("calculated", "calculatedsimple")
RELATIVE: Final = "1"


class NumericMoodleXml(MoodleXmlForm):
    """A numerical question."""

    type = "numerical"

    def claims(self, reader: XmlReader) -> bool:
        """Return whether it asks for a number, be it one that is drawn."""
        return reader.type in {self.type, *CALCULATED}

    def read(self, reader: XmlReader) -> Numeric:
        """Return the numbers, with the units that the question uses."""
        answers = []
        for position, answer in enumerate(reader.element.all("answer")):
            text = reader.plain(answer)
            if reader.type in CALCULATED and text not in {"", "*"}:
                kind = child_text(answer, "tolerancetype") or RELATIVE
                reader.formulas[key_at(position)] = text, kind
                text = "1"
            tolerance = answer.first("tolerance")
            answers.append(
                NumericAnswer(
                    key_at(position),
                    None if text in {"", "*"} else number_of(text),
                    number_of(tolerance.text) if tolerance and tolerance.text.strip() else Decimal(0),
                    reader.fraction(answer),
                    reader.text(answer.first("feedback")),
                )
            )
        listed = reader.element.first("units")
        units = tuple(
            Unit(child_text(unit, "unit_name"), number_of(child_text(unit, "multiplier") or "1"))
            for unit in (listed.all("unit") if listed else ())
        )
        if units and reader.value("showunits") == UNITS_UNUSED:
            reader.warnings.append(
                Message("Its units are not taken over, since the question does not use them.")
            )
            units = ()
        if not units:
            return Numeric(tuple(answers))
        if reader.value("unitgradingtype", UNIT_OPTIONAL) == UNIT_OPTIONAL:
            return Numeric(tuple(answers), units, UnitRule.OPTIONAL)
        penalty = reader.number("unitpenalty", Decimal("0.1"))
        return Numeric(tuple(answers), units, UnitRule.REQUIRED, penalty)

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write the numbers and the units."""
        body = body_of(question, Numeric)
        for number in body.answers:
            text = "*" if number.value is None else f"{number.value:f}"
            answer = writer.answer(text, number.weight, number.feedback)
            SubElement(answer, "tolerance").text = f"{body.amount(number):f}"
        if not body.units:
            writer.value("showunits", UNITS_UNUSED)
            return
        units = SubElement(writer.element, "units")
        for unit in body.units:
            element = SubElement(units, "unit")
            SubElement(element, "multiplier").text = f"{unit.multiplier:f}"
            SubElement(element, "unit_name").text = clean(unit.name)
        writer.value("unitgradingtype", str(int(body.unit_rule is UnitRule.REQUIRED)))
        writer.value("unitpenalty", f"{body.unit_penalty:f}")
        writer.value("showunits", UNITS_TYPED)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return a tolerance that is no amount: the amount it comes to is written."""
        body = body_of(question, Numeric)
        slider = (Message("that the number is set with a slider"),) if body.slider else ()
        return (*losses_of_numbers(body, has_units=True), *slider)
