"""How QTI 2.2 holds it: fields and lists within a text, or gaps that words are dragged into."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.amounts import UnitRule
from lms.quizzes.kinds.amounts_qti import branches_of
from lms.quizzes.kinds.choices_qti import mismatches
from lms.quizzes.kinds.gap_fill.qti_reading import DRAGGED, FIELD, KNOWN, Holes, bank_words, gaps_of
from lms.quizzes.kinds.gap_fill.rules import GapFillRules
from lms.quizzes.kinds.gap_fill.values import MARK, Gap, GapFill, GapWay
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.typed_qti import stands_apart
from lms.quizzes.kinds.wording import STAR
from lms.quizzes.kinds.words import losses_of_wording
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter, condition, made, set_score, variable
from lms.quizzes.values import ZERO, Body, Question


class GapFillQti(QtiForm):
    """Any number of fields, lists and gaps in one text."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether the text has gaps, or several things are asked that can stand in gaps."""
        names = [one.name for one in item.interactions]
        if not names or not set(names) <= KNOWN or names.count(DRAGGED) > 1 or not item.machine.is_graded:
            return False
        if names == [FIELD]:
            return not stands_apart(item, item.interactions[0])
        return names != ["choiceInteraction"]

    def read(self, item: QtiItem) -> GapFill:
        """Return the gaps, numbered as they stand in the text."""
        holes = Holes(item)
        gaps = gaps_of(holes)
        numbers = {id(hole.element): f"[[{at}]]" for at, hole in enumerate(holes.holes, 1)}

        def shown(element: Element) -> str | None:
            mark = numbers.get(id(element))
            if element.name == "choiceInteraction" and mark:
                return f"{item.prompt(element)}<p>{mark}</p>"
            if element.name == DRAGGED:
                return item.prompt(element) + item.html(element, within)
            return mark

        def within(element: Element) -> str | None:
            if element.name in {"prompt", "gapText", "gapImg"}:
                return ""
            return numbers.get(id(element))

        item.asked = item.stem(shown)
        bank, reuse = bank_words(holes)
        lists = [hole.interaction for hole in holes.holes if hole.interaction.name not in {FIELD, DRAGGED}]
        shuffle = not lists or any(one.attribute("shuffle") == "true" for one in lists)
        body = GapFill(gaps, bank, reuse, shuffle)
        costing = replace(body, wrong_costs=holes.wrong_costs(gaps))
        probes = holes.probes(gaps)
        return min((body, costing), key=lambda one: mismatches(GapFillRules(), one, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return all gaps right, each open, each alone, and each filled with whatever else it knows."""
        return Holes(item).probes(body.gaps) if isinstance(body, GapFill) else ()

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the text with its gaps; where some are dragged and some are not, words to drag are lists."""
        body = body_of(question, GapFill)
        if all(gap.way is GapWay.DRAG for gap in body.gaps):
            _write_dragged(body, writer)
            return
        gaps = {gap.key: gap for gap in body.gaps}
        writer.ask(marks=MARK, mark=lambda key: _field(body, gaps[key], writer))
        names = [f"R{gap.key}" for gap in body.gaps]
        total = sum(gap.weight for gap in body.gaps)
        scores: list[NewElement] = []
        for gap in body.gaps:
            share = Decimal(gap.weight) / total
            if gap.numbers:
                score = writer.outcome(f"SCORE_{gap.key}", "float", first="0")
                branches, otherwise = branches_of(gap.numbers, writer, f"R{gap.key}", score, share)
                writer.rules.append(condition(*branches, otherwise=otherwise))
                scores.append(variable(score))
            else:
                scores.append(NewElement("mapResponse", identifier=f"R{gap.key}"))
            _declare(gap, share, writer)
        writer.score_if_right([set_score(made("sum", scores))], names)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what stands with gaps that QTI has no place for."""
        body = body_of(question, GapFill)
        drags = sum(gap.way is GapWay.DRAG for gap in body.gaps)
        found = {
            Message("that words are dragged: their gaps are written as drop-downs"): 0
            < drags
            < len(body.gaps),
            Message("the feedback to gaps"): any(text for gap in body.gaps for text in gap.texts),
            Message("what a star stands for"): any(
                STAR.search(one.pattern) for gap in body.gaps if gap.words for one in gap.words.answers
            ),
            Message("what a wrong gap costs"): bool(body.wrong_costs) and drags < len(body.gaps),
            Message("the units"): any(
                gap.numbers.unit_rule is not UnitRule.NONE for gap in body.gaps if gap.numbers
            ),
        }
        for gap in body.gaps:
            found |= dict.fromkeys(losses_of_wording(gap.words, has_case=True) if gap.words else (), True)
        return tuple(loss for loss, holds in found.items() if holds)


def _field(body: GapFill, gap: Gap, writer: QtiWriter) -> NewElement:
    """Return the field or list that stands where a gap is."""
    if gap.words or gap.numbers:
        return NewElement(FIELD, responseIdentifier=f"R{gap.key}")
    element = NewElement(
        "inlineChoiceInteraction", responseIdentifier=f"R{gap.key}", shuffle=str(body.shuffle).lower()
    )
    for choice in gap.choices or body.bank:
        writer.words(SubElement(element, "inlineChoice", identifier=choice.key), choice.text)
    return element


def _declare(gap: Gap, share: Decimal, writer: QtiWriter) -> None:
    name = f"R{gap.key}"
    if gap.numbers:
        number = next(one.value for one in gap.numbers.answers if one.weight == 1 and one.value is not None)
        writer.declare(name, "single", "float", [f"{number:f}"])
    elif gap.words:
        shares = {gap.words.right(): Decimal(1)}
        for one in gap.words.answers:
            if not STAR.search(one.pattern):
                shares.setdefault(one.pattern.replace("\\*", "*"), one.weight)
        weighed = [(key, weight * share) for key, weight in shares.items()]
        writer.declare(
            name,
            "single",
            "string",
            [gap.words.right()],
            weighed,
            case_sensitive=gap.words.case_sensitive,
        )
    else:
        right = gap.word or next(one.key for one in gap.choices if one.weight == 1)
        weights = [(one.key, one.weight) for one in gap.choices] or [(gap.word, Decimal(1))]
        writer.declare(name, "single", "identifier", [right], [(key, one * share) for key, one in weights])


def _write_dragged(body: GapFill, writer: QtiWriter) -> None:
    interaction = writer.interaction("gapMatchInteraction", shuffle="true")
    for word in body.bank:
        most = "0" if body.reuse else "1"
        element = SubElement(interaction, "gapText", identifier=f"W_{word.key}", matchMax=most)
        writer.words(element, word.text)
    writer.write(
        SubElement(interaction, "div"),
        writer.question.stem,
        marks=MARK,
        # QTI wants a gap among words, not bare in a block.
        mark=lambda key: made("span", [NewElement("gap", identifier=f"G_{key}")]),
    )
    total = sum(gap.weight for gap in body.gaps)
    pairs = {f"W_{gap.word} G_{gap.key}": Decimal(gap.weight) / total for gap in body.gaps}
    writer.declare(
        "RESPONSE",
        "multiple",
        "directedPair",
        list(pairs),
        pairs.items(),
        bounds=(ZERO if body.wrong_costs else None, None),
        otherwise=-body.wrong_costs,
    )
    writer.score_if_right([writer.score_by_map()])
