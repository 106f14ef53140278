"""An item of QTI 1.2 (Canvas, Common Cartridge) as one of QTI 2, so that the kinds read it as any other."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.formats.qti.rules12 import SAID, Compare, right_in, rules_of
from lms.quizzes.formats.qti.trees import element, fill, html_content
from lms.quizzes.syntax.moodle import shortened

UNTITLED: Final = frozenset({"", "question", "untitled"})
BASE: Final = re.compile(r"(?:\$|%24)(?:IMS-CC-FILEBASE|IMS_CC_FILEBASE)(?:\$|%24)/?")
WEB: Final = "/web_resources/"
PLACE: Final = re.compile(r"\[([^\[\]]{1,80})\]")
TRUTH: Final = ("true", "false")
MARKED_BY_A_PERSON: Final = frozenset({"essay_question", "cc.essay.v0p1"})
BLANKS, CALCULATED = "fill_in_multiple_blanks_question", "calculated_question"


def converted(item: Element) -> Element:
    """Return the item as one of QTI 2; raises ValueError with what cannot be said in it."""
    return _Converter(item).item()


def label_of(item: Element) -> dict[str, str]:
    """Return what the metadata of an item says, by label."""
    fields = (one for one in item.walk() if one.name == "qtimetadatafield")
    pairs = [(_words(one.first("fieldlabel")), _words(one.first("fieldentry"))) for one in fields]
    # Older files have elements named for the label.
    pairs += [(one.name, one.text.strip()) for one in item.walk() if one.name.startswith("qmd_")]
    return dict(pairs)


def material_of(holder: Element) -> list[Element | str]:
    """Return what a material shows, as elements and words."""
    shown: list[Element | str] = []
    for one in holder.walk():
        if one.name == "mattext":
            is_html = one.attribute("texttype").lower() in {"text/html", "text/xhtml"}
            shown += html_content(one.text, one.line) if is_html else [one.text]
        elif one.name == "matimage" and one.attribute("uri"):
            shown.append(element("img", one.line, src=one.attribute("uri"), alt=one.attribute("label")))
    for one in (inner for outer in shown if isinstance(outer, Element) for inner in outer.walk()):
        if one.name == "img" and ("", "src") in one.attributes:
            one.attributes["", "src"] = BASE.sub(WEB, one.attributes["", "src"])
    return shown


def title_of(item: Element) -> str:
    """Return what an item is called: its title, or its first words where that says nothing."""
    title = cleaned(item.attribute("title"))
    if title.lower() not in UNTITLED:
        return title
    presentation = item.first("presentation")
    material = next((one for one in (presentation or item).walk() if one.name == "mattext"), None)
    return shortened(material.text) if material else title


class _Converter:
    """One item on its way."""

    def __init__(self, item: Element) -> None:
        self._item = item
        self._line = item.line
        self._labels = label_of(item)
        self._type = self._labels.get("question_type") or self._labels.get("cc_profile", "")
        self._declared: list[Element] = []
        self._compare: dict[str, Compare] = {}
        self._fields: dict[str, Element] = {}
        """What stands where the text names it in brackets."""
        self._behind: list[Element] = []

    def item(self) -> Element:
        """Return the item."""
        presentation = self._item.first("presentation") or element("presentation", self._line)
        asked, responses = _parted(presentation)
        self._respond(responses)
        processing = self._item.first("resprocessing")
        drawn = self._calculated(asked) if self._type == CALCULATED else []
        body = element(
            "itemBody", self._line, element("div", self._line, *self._placed(asked)), *self._behind
        )
        made = element(
            "assessmentItem",
            self._line,
            *self._declared,
            element(
                "outcomeDeclaration", self._line, identifier="SCORE", cardinality="single", baseType="float"
            ),
            element(
                "outcomeDeclaration",
                self._line,
                identifier=SAID,
                cardinality="multiple",
                baseType="identifier",
            ),
            *drawn,
            body,
            identifier=self._item.attribute("ident"),
            title=title_of(self._item),
            adaptive="false",
        )
        if self._type == CALCULATED:
            fill(made, [self._result()])
        elif processing is not None and self._is_graded(processing):
            rules = rules_of(processing, self._compare, self._scale(processing))
            fill(made, [element("responseProcessing", self._line, *rules)])
        fill(made, self._said())
        return made

    def _is_graded(self, processing: Element) -> bool:
        return any(one.name == "setvar" and one.text.strip() not in {"", "0"} for one in processing.walk())

    def _scale(self, processing: Element) -> Decimal:
        """Return what a point of the file is worth: per cents are shares of the points that the metadata names."""
        most = (
            next((one.attribute("maxvalue") for one in processing.walk() if one.name == "decvar"), "")
            or "100"
        )
        named = self._labels.get("points_possible") or self._labels.get("cc_weighting") or ""
        try:
            return Decimal(named or ("1" if Decimal(most) == 100 else most)) / Decimal(most)  # noqa: PLR2004
        except (InvalidOperation, ArithmeticError) as error:
            raise ValueError(Message("%(text)s is not a number.", text=named or most)) from error

    def _respond(self, responses: list[Element]) -> None:
        if len(responses) > 1 and _are_pairs(responses):
            self._pairs(responses)
            return
        if self._type == "file_upload_question":
            self._behind.append(element("uploadInteraction", self._line, responseIdentifier="RESPONSE"))
            self._declare("RESPONSE", "single", "file")
        for one in responses:
            self._one(one, alone=len(responses) == 1)

    def _one(self, response: Element, *, alone: bool) -> None:
        name = response.attribute("ident")
        labels = [one for one in response.walk() if one.name == "response_label"]
        if response.name == "response_lid" and self._type == BLANKS:
            words = {one.attribute("ident"): _words(one) for one in labels}
            self._typed(response, name, alone=alone, words=words)
        elif response.name == "response_lid":
            self._chosen(response, name, labels, alone=alone)
        elif response.name in {"response_str", "response_num"}:
            self._typed(response, name, alone=alone, words={})
        else:
            raise ValueError(Message("Items with “%(what)s” cannot be taken over.", what=response.name))

    def _chosen(self, response: Element, name: str, labels: list[Element], *, alone: bool) -> None:
        several = response.attribute("rcardinality").lower() == "multiple"
        words = [_words(one).lower() for one in labels]
        is_truth = alone and not several and sorted(words) == sorted(TRUTH)
        named = words if is_truth else [_name(one) for one in labels]
        names = dict(zip((one.attribute("ident") for one in labels), named, strict=True))
        right = [names[one] for one in right_in(self._item, name) if one in names] if several else []
        values = [element("value", self._line, one) for one in dict.fromkeys(right)]
        self._declare(name, "multiple" if several else "single", "identifier", values)
        render = response.first("render_choice")
        shuffle = str(bool(render and render.attribute("shuffle").lower() == "yes")).lower()
        tag, part = (
            ("choiceInteraction", "simpleChoice") if alone else ("inlineChoiceInteraction", "inlineChoice")
        )
        options = [
            element(part, one.line, *material_of(one), identifier=names[one.attribute("ident")])
            for one in labels
        ]
        interaction = element(
            tag,
            response.line,
            *options,
            responseIdentifier=name,
            shuffle=shuffle,
            maxChoices="0" if several else "1",
        )
        self._stand(response, interaction, alone=alone)

        def compare(test: Element) -> Element:
            chosen = test.text.strip()
            value = element("baseValue", test.line, names.get(chosen, chosen), baseType="identifier")
            held = element("variable", test.line, identifier=name)
            return element("member" if several else "match", test.line, value, held)

        self._compare[name] = compare

    def _typed(self, response: Element, name: str, *, alone: bool, words: dict[str, str]) -> None:
        field = next((one for one in response.walk() if one.name == "render_fib"), None)
        kind = field.attribute("fibtype").lower() if field else ""
        is_number = response.name == "response_num" or kind in {"decimal", "integer", "scientific"}
        if not is_number and not words and (self._type in MARKED_BY_A_PERSON or not self._names(name)):
            self._declare(name, "single", "string")
            interaction = element("extendedTextInteraction", response.line, responseIdentifier=name)
            self._stand(response, interaction, alone=True)
            return
        self._declare(name, "single", "float" if is_number else "string")
        interaction = element("textEntryInteraction", response.line, responseIdentifier=name)
        self._stand(
            response, interaction if not alone else element("p", response.line, interaction), alone=alone
        )

        def compare(test: Element) -> Element:
            said = test.text.strip()
            held = element("variable", test.line, identifier=name)
            if is_number:
                return element(
                    "equal", test.line, held, element("baseValue", test.line, said, baseType="float")
                )
            value = element("baseValue", test.line, words.get(said, said), baseType="string")
            by_case = str(test.attribute("case").lower() == "yes").lower()
            return element("stringMatch", test.line, held, value, caseSensitive=by_case)

        self._compare[name] = compare

    def _names(self, name: str) -> bool:
        """Return whether the rules say what is right in a field."""
        return any(
            one.name.startswith("var") and one.attribute("respident") == name for one in self._item.walk()
        )

    def _pairs(self, responses: list[Element]) -> None:
        labels = {one.attribute("ident"): one for one in responses[0].walk() if one.name == "response_label"}
        lefts = [
            element(
                "simpleAssociableChoice",
                one.line,
                *material_of(one.first("material") or one),
                identifier=f"L{at}",
                matchMax="1",
            )
            for at, one in enumerate(responses)
        ]
        rights = [
            element(
                "simpleAssociableChoice", one.line, *material_of(one), identifier=_name(one), matchMax="0"
            )
            for one in labels.values()
        ]
        self._behind.append(
            element(
                "matchInteraction",
                self._line,
                element("simpleMatchSet", self._line, *lefts),
                element("simpleMatchSet", self._line, *rights),
                responseIdentifier="RESPONSE",
                shuffle="true",
            )
        )
        right: list[Element] = []
        for at, one in enumerate(responses):
            name = one.attribute("ident")

            def compare(test: Element, left: int = at) -> Element:
                chosen = labels.get(test.text.strip())
                pair = f"L{left} {_name(chosen) if chosen else '-'}"
                value = element("baseValue", test.line, pair, baseType="directedPair")
                return element(
                    "member", test.line, value, element("variable", test.line, identifier="RESPONSE")
                )

            self._compare[name] = compare
            right += [
                element("value", test.line, f"L{at} {_name(labels[test.text.strip()])}")
                for test in self._item.walk()
                if test.name == "varequal"
                and test.attribute("respident") == name
                and test.text.strip() in labels
                and not any(value.text.startswith(f"L{at} ") for value in right)
            ]
        self._declare("RESPONSE", "multiple", "directedPair", list(right))

    def _declare(self, name: str, cardinality: str, base: str, right: list[Element] | None = None) -> None:
        correct = [element("correctResponse", self._line, *right)] if right else []
        self._declared.append(
            element(
                "responseDeclaration",
                self._line,
                *correct,
                identifier=name,
                cardinality=cardinality,
                baseType=base,
            )
        )

    def _stand(self, response: Element, interaction: Element, *, alone: bool) -> None:
        """Keep an interaction for the place that the text has for it, or behind the text."""
        material = response.first("material")
        place = _words(material) if material else response.attribute("ident").removeprefix("response_")
        if alone or not place:
            self._behind.append(interaction)
        else:
            self._fields[place] = interaction

    def _placed(self, asked: list[Element | str]) -> list[Element | str]:
        """Return the text with its fields where it names them in brackets; those it does not name stand behind it."""
        shown = [self._within(one) for one in asked] if self._fields else [[one] for one in asked]
        for interaction in self._fields.values():
            self._behind.append(element("p", self._line, interaction))
        return [one for part in shown for one in part]

    def _within(self, shown: Element | str) -> list[Element | str]:
        if isinstance(shown, Element):
            inner = [part for one in shown.mixed for part in self._within(one)]
            made = Element(shown.name, "", shown.attributes, shown.line)
            fill(made, inner)
            return [made]
        parts: list[Element | str] = []
        place = 0
        for found in PLACE.finditer(shown):
            if field := self._fields.pop(found[1], None):
                parts += [shown[place : found.start()], field]
                place = found.end()
        return [*parts, shown[place:]]

    def _calculated(self, asked: list[Element | str]) -> list[Element]:
        """Put the first numbers that were drawn into the text, and declare them as drawn."""
        drawn = next((one for one in self._item.walk() if one.name == "var_set"), None)
        if drawn is None:
            raise ValueError(Message("It computes with a formula, and has no numbers for it."))
        self._fields |= {
            one.attribute("name"): element("printedVariable", one.line, identifier=one.attribute("name"))
            for one in drawn.all("var")
        }
        del asked
        return [
            element(
                "templateDeclaration",
                one.line,
                element("defaultValue", one.line, element("value", one.line, one.text)),
                identifier=one.attribute("name"),
                cardinality="single",
                baseType="float",
            )
            for one in drawn.all("var")
        ]

    def _result(self) -> Element:
        line = self._line
        answer = next((_words(one) for one in self._item.walk() if one.name == "answer"), "")
        tolerance = (
            next((_words(one) for one in self._item.walk() if one.name == "answer_tolerance"), "") or "0"
        )
        name = self._declared[0].attribute("identifier") if self._declared else ""
        points = self._labels.get("points_possible") or "1"
        equal = element(
            "equal",
            line,
            element("baseValue", line, answer, baseType="float"),
            element("variable", line, identifier=name),
            toleranceMode="relative" if tolerance.endswith("%") else "absolute",
            tolerance=tolerance.removesuffix("%"),
        )
        score = element(
            "setOutcomeValue", line, element("baseValue", line, points, baseType="float"), identifier="SCORE"
        )
        rule = element("responseCondition", line, element("responseIf", line, equal, score))
        return element("responseProcessing", line, rule)

    def _said(self) -> Iterator[Element]:
        for one in self._item.all("itemfeedback"):
            yield element(
                "modalFeedback",
                one.line,
                *material_of(one),
                outcomeIdentifier=SAID,
                identifier=one.attribute("ident"),
                showHide="show",
            )


def _parted(presentation: Element) -> tuple[list[Element | str], list[Element]]:
    """Return what is asked, and the responses, whichever flows they stand in."""
    asked: list[Element | str] = []
    responses: list[Element] = []
    waiting = list(reversed(presentation.children))
    while waiting:
        one = waiting.pop()
        if one.name.startswith("response_"):
            responses.append(one)
        elif one.name == "material":
            asked += material_of(one)
        else:
            waiting += reversed(one.children)
    return asked, responses


def _are_pairs(responses: list[Element]) -> bool:
    """Return whether all responses choose from the same things, each for what it shows itself."""
    sets = [
        {_words(label) for label in one.walk() if label.name == "response_label"}
        for one in responses
        if one.name == "response_lid" and one.first("material")
    ]
    return len(sets) == len(responses) and len(sets[0]) > 0 and all(one == sets[0] for one in sets)


def _name(label: Element) -> str:
    return "c" + re.sub(r"[^\w.-]", "_", label.attribute("ident"))


def _words(holder: Element | None) -> str:
    """Return the words in an element and all that is in it."""
    return cleaned("".join(one.text for one in holder.walk())) if holder else ""
