"""One QTI 2.2 item in the making: its variables, its body, its rules and what is said when."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement, tostring

from lms.quizzes.syntax.qti.xhtml import NAMESPACE, NOT_IN_XML, Xhtml, add_words
from lms.quizzes.syntax.texts import ATTACHMENT, text_to_html
from lms.quizzes.values import ZERO, ImportedQuestion, Text

RESPONSE: Final = "RESPONSE"
SCHEMA: Final = f"{NAMESPACE} http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd"
INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"


def plain_number(number: Decimal) -> str:
    """Return a number as XML Schema writes it."""
    return f"{number.normalize():f}" if number else "0"


def clean(words: str) -> str:
    """Return words without the characters that XML cannot hold."""
    return NOT_IN_XML.sub(" ", words.replace("\r\n", "\n").replace("\r", "\n"))


class QtiWriter:
    """Makes an item; `paths` says where the package holds each picture of the question."""

    def __init__(self, imported: ImportedQuestion, identifier: str, paths: Mapping[str, str]) -> None:
        self.question = imported.question
        self._paths = paths
        self._identifier = identifier
        self._responses: list[Element] = []
        self._outcomes: dict[str, Element] = {}
        self._modal: list[Element] = []
        self.body = Element("itemBody")
        self.rules: list[Element] = []

    def points(self, share: Decimal) -> str:
        """Return a share of the question as points."""
        return plain_number(share * self.question.marks)

    def declare(
        self,
        name: str,
        cardinality: str,
        base_type: str,
        correct: Sequence[str] = (),
        shares: Iterable[tuple[str, Decimal]] = (),
        *,
        bounds: tuple[Decimal | None, Decimal | None] = (None, None),
        case_sensitive: bool | None = None,
        otherwise: Decimal = ZERO,
    ) -> Element:
        """Declare a response, with its right answer and what each possible part of an answer earns; return it.

        `otherwise` is what any other part earns.
        """
        element = Element("responseDeclaration", identifier=name, cardinality=cardinality, baseType=base_type)
        self._responses.append(element)
        if correct:
            right = SubElement(element, "correctResponse")
            for value in correct:
                SubElement(right, "value").text = clean(value)
        listed = list(shares)
        if not listed:
            return element
        mapping = SubElement(element, "mapping", defaultValue=self.points(otherwise))
        for side, bound in zip(("lowerBound", "upperBound"), bounds, strict=True):
            if bound is not None:
                mapping.set(side, self.points(bound))
        for key, share in listed:
            entry = SubElement(mapping, "mapEntry", mapKey=clean(key), mappedValue=self.points(share))
            if case_sensitive is not None:
                entry.set("caseSensitive", str(case_sensitive).lower())
        return element

    def outcome(self, name: str, base_type: str, *, cardinality: str = "single", first: str = "") -> str:
        """Declare an outcome, once, and return its name."""
        if name not in self._outcomes:
            element = Element(
                "outcomeDeclaration", identifier=name, cardinality=cardinality, baseType=base_type
            )
            self._outcomes[name] = element
            if first:
                SubElement(SubElement(element, "defaultValue"), "value").text = first
        return name

    def ask(
        self, *, marks: re.Pattern[str] | None = None, mark: Callable[[str], Element] | None = None
    ) -> None:
        """Write the question's own text; `mark` makes an element of what `marks` finds in it."""
        self.write(SubElement(self.body, "div"), self.question.stem, marks=marks, mark=mark)

    def interaction(self, name: str, parent: Element | None = None, **attributes: str) -> Element:
        """Write an interaction into the body."""
        holder = self.body if parent is None else parent
        return SubElement(holder, name, {"responseIdentifier": RESPONSE, **attributes})

    def write(
        self,
        parent: Element,
        text: Text,
        *,
        context: str = "flow",
        marks: re.Pattern[str] | None = None,
        mark: Callable[[str], Element] | None = None,
    ) -> None:
        """Write a text into an element: `inline` where only words may stand, `blocks` where only blocks may."""
        html = text_to_html(text, attachment=lambda name: f"{ATTACHMENT}{name}")
        parser = Xhtml(parent, context=context, picture=self._picture, marks=marks, mark=mark)
        parser.feed(html)
        parser.close()

    def guide(self, text: Text) -> None:
        """Write what is said to who marks it."""
        if text:
            self.write(SubElement(self.body, "rubricBlock", view="scorer"), text, context="blocks")

    def words(self, parent: Element, words: str) -> None:
        """Write plain words into an element."""
        add_words(parent, clean(words))

    def said(self, parent: Element, outcome: str, identifier: str, text: Text) -> None:
        """Write what is said of a part within that part, once the outcome holds its identifier."""
        if text:
            feedback = SubElement(
                parent, "feedbackInline", outcomeIdentifier=outcome, identifier=identifier, showHide="show"
            )
            self.write(feedback, text, context="inline")

    def modal(self, outcome: str, identifier: str, text: Text) -> None:
        """Write what is said at the end, once the outcome holds the identifier."""
        if text:
            feedback = Element(
                "modalFeedback", outcomeIdentifier=outcome, identifier=identifier, showHide="show"
            )
            self.write(feedback, text)
            self._modal.append(feedback)

    def score_if_right(
        self,
        otherwise: Sequence[Element],
        names: Sequence[str] = (RESPONSE,),
        *,
        also: Sequence[Element] = (),
    ) -> None:
        """Grade: all points for the right answer to all of these, else what the given rules say.

        `also` are other answers to the first of them that earn everything.
        """
        rules = condition(
            (
                all_of([match(variable(name), correct(name)) for name in names]),
                [set_score(variable("MAXSCORE"))],
            ),
            *((match(variable(names[0]), other), [set_score(variable("MAXSCORE"))]) for other in also),
            otherwise=otherwise or [set_score(number(Decimal(0)))],
        )
        self.rules.append(rules)

    def score_by_map(self, names: Sequence[str] = (RESPONSE,)) -> Element:
        """Return the rule that adds up what the maps say."""
        mapped = [Element("mapResponse", identifier=name) for name in names]
        return set_score(mapped[0] if len(mapped) == 1 else made("sum", mapped))

    def finished(self) -> bytes:
        """Return the item whole."""
        question = self.question
        root = Element(
            "assessmentItem",
            {
                "xmlns": NAMESPACE,
                "xmlns:xsi": INSTANCE,
                "xsi:schemaLocation": SCHEMA,
                "identifier": self._identifier,
                "title": clean(question.title),
                "adaptive": "false",
                "timeDependent": "false",
            },
        )
        if self.rules:
            self._say_by_outcome()
            self.outcome("SCORE", "float", first="0")
            self._outcomes["SCORE"].set("normalMaximum", self.points(Decimal(1)))
            self.outcome("MAXSCORE", "float", first=self.points(Decimal(1)))
        if question.general_feedback:
            self.modal(
                self.outcome("GENERAL", "identifier", first="general"), "general", question.general_feedback
            )
        root.extend(self._responses)
        root.extend(self._outcomes.values())
        root.append(self.body)
        if self.rules:
            root.append(made("responseProcessing", self.rules))
        root.extend(self._modal)
        written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return written

    def _say_by_outcome(self) -> None:
        question = self.question
        said = {
            "correct": question.feedback_correct,
            "partial": question.feedback_partial,
            "incorrect": question.feedback_incorrect,
        }
        if not any(said.values()):
            return
        result = self.outcome("RESULT", "identifier")
        self.rules.append(
            condition(
                (
                    made("gte", [variable("SCORE"), variable("MAXSCORE")]),
                    [set_outcome(result, identifier("correct"))],
                ),
                (
                    made("gt", [variable("SCORE"), number(Decimal(0))]),
                    [set_outcome(result, identifier("partial"))],
                ),
                otherwise=[set_outcome(result, identifier("incorrect"))],
            )
        )
        for name, text in said.items():
            self.modal(result, name, text)

    def _picture(self, address: str) -> str:
        return self.path(unquote(address.removeprefix(ATTACHMENT)))

    def path(self, name: str) -> str:
        """Return where the package holds a picture, as an item refers to it; empty if it holds none."""
        return self._paths.get(name, "")


def made(name: str, children: Iterable[Element]) -> Element:
    """Return an element with children."""
    element = Element(name)
    element.extend(children)
    return element


def variable(name: str) -> Element:
    """Return the value of a variable."""
    return Element("variable", identifier=name)


def correct(name: str) -> Element:
    """Return the right answer to a response."""
    return Element("correct", identifier=name)


def match(one: Element, other: Element) -> Element:
    """Return whether two are the same."""
    return made("match", [one, other])


def all_of(children: Sequence[Element]) -> Element:
    """Return whether all hold."""
    return children[0] if len(children) == 1 else made("and", children)


def base_value(base_type: str, value: str) -> Element:
    """Return a value as it stands."""
    element = Element("baseValue", baseType=base_type)
    element.text = clean(value)
    return element


def identifier(value: str) -> Element:
    """Return an identifier."""
    return base_value("identifier", value)


def number(value: Decimal) -> Element:
    """Return a number."""
    return base_value("float", plain_number(value))


def set_outcome(name: str, value: Element) -> Element:
    """Return the rule that gives an outcome its value."""
    element = Element("setOutcomeValue", identifier=name)
    element.append(value)
    return element


def set_score(value: Element) -> Element:
    """Return the rule that gives the score."""
    return set_outcome("SCORE", value)


def condition(*branches: tuple[Element, Sequence[Element]], otherwise: Sequence[Element] = ()) -> Element:
    """Return rules of which the first branch that holds is followed, else the rest."""
    element = Element("responseCondition")
    for at, (holds, rules) in enumerate(branches):
        branch = SubElement(element, "responseElseIf" if at else "responseIf")
        branch.append(holds)
        branch.extend(rules)
    if otherwise:
        SubElement(element, "responseElse").extend(otherwise)
    return element
