"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.amounts import Numbers, UnitRule
from lms.quizzes.kinds.amounts_qti import branches_of
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.numeric.values import Numeric, NumericResponse, Slider
from lms.quizzes.kinds.typed_qti import NUMBERS, accepted, around, numbers_of, stands_apart
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Scalar, as_number, parse_value
from lms.quizzes.syntax.qti.writing import QtiWriter, condition, plain_number
from lms.quizzes.values import NO_TEXT, Body, Question, Text

FIELDS = ("textEntryInteraction", "sliderInteraction")


class NumericQti(QtiForm):
    """A field for a number that stands behind the question, or a slider."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether a number is given."""
        found = _found(item)
        if found is None or not item.machine.is_graded:
            return False
        apart = found.name == "sliderInteraction" or stands_apart(item, found)
        return apart and item.response(found).base_type in NUMBERS

    def read(self, item: QtiItem) -> Numeric:
        """Return the numbers that are accepted."""
        field = _required(item)
        declared = item.response(field)
        item.weigh([{declared.name: value} for value in accepted(item, declared)])
        item.asked = item.stem(lambda one: "" if one.name == "textEntryInteraction" else None)
        found = numbers_of(item, declared, lambda value: item.fraction({declared.name: value}))
        return Numeric(found.answers, tolerance_rule=found.tolerance_rule, slider=_slider(item, field))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return the numbers, the ends of their tolerance, and what lies beyond."""
        declared = item.response(_required(item))
        found = []
        keys = {one.value: one.key for one in body.answers} if isinstance(body, Numeric) else {}
        for number in around(body) if isinstance(body, Numbers) else ():
            is_whole = number == number.to_integral_value()
            if declared.base_type == "integer" and not is_whole:
                continue
            value: Scalar = int(number) if declared.base_type == "integer" else number
            found.append(Probe({declared.name: value}, NumericResponse(f"{number:f}"), keys.get(number, "")))
        return found

    def with_said(self, body: Body, said: Mapping[str, Text]) -> Numeric | None:
        """Return the numbers with what is said of them."""
        if not isinstance(body, Numeric):
            return None
        return replace(
            body, answers=tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.answers)
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the field, and a rule for each number; units Guildhall alone knows."""
        body = body_of(question, Numeric)
        writer.ask()
        if body.slider is None or body.slider.least < 0:
            writer.interaction("textEntryInteraction", SubElement(writer.body, "p"))
        else:
            _write_slider(body.slider, writer)
        right = next(one.value for one in body.answers if one.weight == 1 and one.value is not None)
        writer.declare("RESPONSE", "single", "float", [f"{right:f}"])
        branches, otherwise = branches_of(body, writer, "RESPONSE", "SCORE")
        writer.rules.append(condition(*branches, otherwise=otherwise))

    def losses(self, question: Question) -> Sequence[Message]:
        """Return the units, and what QTI cannot say of a slider."""
        body = body_of(question, Numeric)
        begins = body.slider.least if body.slider else Decimal(0)
        losses = {
            Message("the units"): body.unit_rule is not UnitRule.NONE,
            Message("the slider, which begins below zero"): begins < 0,
            Message("the steps of the slider"): (
                body.slider is not None and begins >= 0 and not _is_whole(body.slider.step)
            ),
        }
        return tuple(loss for loss, holds in losses.items() if holds)


def _slider(item: QtiItem, field: Element) -> Slider | None:
    """Return the slider of an item; where its numbers make none the number is typed, which is told."""
    if field.name != "sliderInteraction":
        return None
    words = [field.attribute("lowerBound"), field.attribute("upperBound"), field.attribute("step") or "1"]
    try:
        return Slider(*(as_number(parse_value(word, "float")) for word in words))
    except ValueError:
        item.content.warn(
            Message(
                "The number is typed, not set with a slider from %(least)s to %(most)s.",
                least=words[0],
                most=words[1],
            )
        )
        return None


def _write_slider(slider: Slider, writer: QtiWriter) -> None:
    ends = {"lowerBound": plain_number(slider.least), "upperBound": plain_number(slider.most)}
    step = {"step": plain_number(slider.step)} if _is_whole(slider.step) else {}
    writer.interaction("sliderInteraction", None, **ends, **step)


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _found(item: QtiItem) -> Element | None:
    return next((found for name in FIELDS if (found := item.sole(name))), None)


def _required(item: QtiItem) -> Element:
    found = _found(item)
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found
