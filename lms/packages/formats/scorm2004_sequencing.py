"""What imsss and adlseq say in a manifest, as frozen values; what is no word of theirs is refused with its line."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import unquote

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.packages.errors import PackageRefused
from lms.packages.values.scorm2004 import parse_duration
from lms.packages.values.sequencing import (
    ChildSet,
    Combination,
    Condition,
    Conditions,
    Consideration,
    Fact,
    Objective,
    ObjectiveMap,
    PostAction,
    PostRule,
    PreAction,
    PreRule,
    RollupAction,
    RollupRule,
    RuleCondition,
    Sequencing,
    Threshold,
    Timing,
)

ADLCP: Final = "http://www.adlnet.org/xsd/adlcp_v1p3"
ADLSEQ: Final = "http://www.adlnet.org/xsd/adlseq_v1p3"
IMSSS: Final = "http://www.imsglobal.org/xsd/imsss"

# Which attribute of a map speaks of which fact, and whether it is true when it is not written.
READS: Final = {"readSatisfiedStatus": Fact.SATISFIED, "readNormalizedMeasure": Fact.MEASURE}
WRITES: Final = {"writeSatisfiedStatus": Fact.SATISFIED, "writeNormalizedMeasure": Fact.MEASURE}
MORE_READS: Final = {
    "readRawScore": Fact.RAW,
    "readMinScore": Fact.MIN,
    "readMaxScore": Fact.MAX,
    "readCompletionStatus": Fact.COMPLETED,
    "readProgressMeasure": Fact.PROGRESS,
}
MORE_WRITES: Final = {name.replace("read", "write"): fact for name, fact in MORE_READS.items()}

Word = TypeVar("Word", bound=StrEnum)


class Sequencings:
    """The sequencing of a manifest's activities, with the collection that they may refer to."""

    def __init__(self, manifest: Element) -> None:
        self._collection: dict[str, Element] = {}
        for collection in manifest.all("sequencingCollection"):
            for element in collection.all("sequencing"):
                self._collection[element.attribute("ID")] = element

    def threshold_of(self, item: Element) -> tuple[Threshold, float | None]:
        """Return how progress completes an item, and the threshold that its content is told.

        The 3rd edition writes a number, which only content and cmi.completion_status know; the 4th has attributes.
        """
        found = item.first("completionThreshold")
        if found is None:
            return Threshold(), None
        weight = real(found, "progressWeight", 1.0, low=0.0)
        if found.text.strip():
            return Threshold(weight=weight), number(found, found.text, "completionThreshold", low=0.0)
        by_measure = boolean(found, "completedByMeasure", default=False)
        least = real(found, "minProgressMeasure", 1.0, low=0.0)
        return Threshold(by_measure=by_measure, minimum=least, weight=weight), least if by_measure else None

    def read(self, item: Element, threshold: Threshold) -> Sequencing:
        """Return an activity's sequencing: its own, over what it refers to (CAM 5.1.1); raises PackageRefused."""
        own = next((child for child in item.all("sequencing") if child.namespace == IMSSS), None)
        parts = self._parts(own) if own is not None else {}
        control = parts.get((IMSSS, "controlMode"))
        limits = parts.get((IMSSS, "limitConditions"))
        rollup = parts.get((IMSSS, "rollupRules"))
        random = parts.get((IMSSS, "randomizationControls"))
        delivery = parts.get((IMSSS, "deliveryControls"))
        choice = parts.get((ADLSEQ, "constrainedChoiceConsiderations"))
        considered = parts.get((ADLSEQ, "rollupConsiderations"))
        rules = parts.get((IMSSS, "sequencingRules"))
        return Sequencing(
            choice=boolean(control, "choice", default=True),
            choice_exit=boolean(control, "choiceExit", default=True),
            flow=boolean(control, "flow", default=False),
            forward_only=boolean(control, "forwardOnly", default=False),
            current_objectives=boolean(control, "useCurrentAttemptObjectiveInfo", default=True),
            current_progress=boolean(control, "useCurrentAttemptProgressInfo", default=True),
            before=tuple(
                PreRule(_action(rule, PreAction), _conditions(rule))
                for rule in _all(rules, "preConditionRule")
            ),
            leaving=tuple(_conditions(rule) for rule in _all(rules, "exitConditionRule")),
            after=tuple(
                PostRule(_action(rule, PostAction), _conditions(rule))
                for rule in _all(rules, "postConditionRule")
            ),
            attempt_limit=_whole(limits, "attemptLimit"),
            attempt_duration=_duration(limits, "attemptAbsoluteDurationLimit"),
            rollup=tuple(_rollup_rule(rule) for rule in _all(rollup, "rollupRule")),
            rolls_satisfied=boolean(rollup, "rollupObjectiveSatisfied", default=True),
            rolls_progress=boolean(rollup, "rollupProgressCompletion", default=True),
            measure_weight=real(rollup, "objectiveMeasureWeight", 1.0, low=0.0),
            objectives=_objectives(parts.get((IMSSS, "objectives")), parts.get((ADLSEQ, "objectives"))),
            threshold=threshold,
            selection=word(random, "selectionTiming", Timing, Timing.NEVER),
            select=_whole(random, "selectCount"),
            randomization=word(random, "randomizationTiming", Timing, Timing.NEVER),
            reorder=boolean(random, "reorderChildren", default=False),
            tracked=boolean(delivery, "tracked", default=True),
            completion_by_content=boolean(delivery, "completionSetByContent", default=False),
            objective_by_content=boolean(delivery, "objectiveSetByContent", default=False),
            prevent_activation=boolean(choice, "preventActivation", default=False),
            constrain_choice=boolean(choice, "constrainChoice", default=False),
            for_satisfied=_considered(considered, "requiredForSatisfied"),
            for_not_satisfied=_considered(considered, "requiredForNotSatisfied"),
            for_completed=_considered(considered, "requiredForCompleted"),
            for_incomplete=_considered(considered, "requiredForIncomplete"),
            measure_if_active=boolean(considered, "measureSatisfactionIfActive", default=True),
        )

    def _parts(self, own: Element) -> Mapping[tuple[str, str], Element]:
        """Return the elements of a sequencing by namespace and name: its own in place of those referred to."""
        found: dict[tuple[str, str], Element] = {}
        referred = own.attribute("IDRef")
        if referred:
            shared = self._collection.get(referred)
            if shared is None:
                raise PackageRefused(
                    Message("The sequencing %(name)s, which an item refers to, is not there.", name=referred),
                    line=own.line,
                )
            found |= {(child.namespace, child.name): child for child in shared.children}
        return found | {(child.namespace, child.name): child for child in own.children}


def _conditions(rule: Element) -> Conditions:
    """Return the conditions of a sequencing rule, which all must hold unless it says otherwise."""
    listed = rule.first("ruleConditions")
    parts = tuple(_condition(one) for one in _all(listed, "ruleCondition"))
    _check_some(parts, rule)
    return Conditions(parts, word(listed, "conditionCombination", Combination, Combination.ALL))


def _condition(element: Element) -> RuleCondition:
    return RuleCondition(
        condition=_wanted(element, "condition", Condition),
        negated=_negated(element),
        objective=identifier(element, "referencedObjective"),
        threshold=real(element, "measureThreshold", 0.0, low=-1.0),
    )


def _negated(element: Element) -> bool:
    said = element.attribute("operator") or "noOp"
    if said not in {"not", "noOp"}:
        raise _refused(element, said, "operator")
    return said == "not"


def _rollup_rule(rule: Element) -> RollupRule:
    listed = rule.first("rollupConditions")
    parts = tuple(
        RuleCondition(_wanted(one, "condition", Condition), _negated(one))
        for one in _all(listed, "rollupCondition")
    )
    _check_some(parts, rule)
    children = word(rule, "childActivitySet", ChildSet, ChildSet.ALL)
    action = rule.first("rollupAction")
    return RollupRule(
        action=_wanted(action if action is not None else rule, "action", RollupAction),
        when=Conditions(parts, word(listed, "conditionCombination", Combination, Combination.ANY)),
        children=children,
        minimum=float(_whole(rule, "minimumCount") or 0)
        if children is ChildSet.COUNT
        else real(rule, "minimumPercent", 0.0, low=0.0),
    )


def _check_some(parts: Iterable[RuleCondition], rule: Element) -> None:
    if not parts:
        raise PackageRefused(
            Message("The rule <%(tag)s> in line %(line)s has no condition.", tag=rule.name, line=rule.line),
            line=rule.line,
        )


def _action(rule: Element, known: type[Word]) -> Word:
    action = rule.first("ruleAction")
    return _wanted(action if action is not None else rule, "action", known)


def _objectives(listed: Element | None, more: Element | None) -> tuple[Objective, ...]:
    """Return the objectives of an activity, its primary one first; ``more`` is adlseq:objectives of the 4th edition."""
    further = {identifier(one, "objectiveID"): one for one in _all(more, "objective")}
    primary = listed.first("primaryObjective") if listed else None
    found = [_objective(primary, further) if primary is not None else Objective()]
    found += [_objective(one, further) for one in _all(listed, "objective")]
    names = [one.identifier for one in found]
    if (
        listed is not None
        and (twice := next((name for name in names if names.count(name) > 1), None)) is not None
    ):
        raise PackageRefused(
            Message("Two objectives are called %(name)s.", name=twice or "“”"), line=listed.line
        )
    return tuple(found)


def _objective(element: Element, further: Mapping[str, Element]) -> Objective:
    name = identifier(element, "objectiveID")
    maps = [_map(one, READS, WRITES) for one in element.all("mapInfo")]
    if name in further:
        maps += [_map(one, MORE_READS, MORE_WRITES) for one in further[name].all("mapInfo")]
    least = element.first("minNormalizedMeasure")
    return Objective(
        identifier=name,
        by_measure=boolean(element, "satisfiedByMeasure", default=False),
        minimum=1.0
        if least is None or not least.text.strip()
        else number(least, least.text, "minNormalizedMeasure", low=-1.0),
        maps=tuple(maps),
    )


def _map(element: Element, reads: Mapping[str, Fact], writes: Mapping[str, Fact]) -> ObjectiveMap:
    target = identifier(element, "targetObjectiveID")
    if not target:
        raise _refused(element, target, "targetObjectiveID")
    return ObjectiveMap(
        target=target,
        reads=frozenset(fact for name, fact in reads.items() if boolean(element, name, default=True)),
        writes=frozenset(fact for name, fact in writes.items() if boolean(element, name, default=False)),
    )


def identifier(element: Element, name: str) -> str:
    """Return an identifier in one spelling: it is an address, in which a space and %20 are the same."""
    return " ".join(unquote(element.attribute(name)).split())


def _considered(element: Element | None, name: str) -> Consideration:
    return word(element, name, Consideration, Consideration.ALWAYS)


def _all(element: Element | None, name: str) -> list[Element]:
    return element.all(name) if element is not None else []


def boolean(element: Element | None, name: str, *, default: bool) -> bool:
    """Return an attribute that is true or false; raises PackageRefused."""
    said = element.attribute(name) if element is not None else ""
    if element is None or not said:
        return default
    if said not in {"true", "false", "1", "0"}:
        raise _refused(element, said, name)
    return said in {"true", "1"}


def word(element: Element | None, name: str, known: type[Word], default: Word) -> Word:
    """Return an attribute that is one of some words; raises PackageRefused."""
    if element is None or not element.attribute(name):
        return default
    return _wanted(element, name, known)


def _wanted(element: Element, name: str, known: type[Word]) -> Word:
    said = element.attribute(name)
    found = next((one for one in known if one.value == said), None)
    if found is None:
        raise _refused(element, said, name)
    return found


def real(element: Element | None, name: str, default: float, *, low: float) -> float:
    """Return an attribute that is a number from ``low`` to 1; raises PackageRefused."""
    said = element.attribute(name) if element is not None else ""
    return number(element, said, name, low=low) if element is not None and said else default


def number(element: Element, said: str, name: str, *, low: float) -> float:
    """Return text as a number from ``low`` to 1; raises PackageRefused."""
    try:
        found = float(said)
    except ValueError:
        raise _refused(element, said, name) from None
    if not low <= found <= 1.0:
        raise _refused(element, said, name)
    return found


def _whole(element: Element | None, name: str) -> int | None:
    said = element.attribute(name) if element is not None else ""
    if element is None or not said:
        return None
    if not (said.isascii() and said.isdigit()) or len(said) > 9:  # noqa: PLR2004 - what fits
        raise _refused(element, said, name)
    return int(said)


def _duration(element: Element | None, name: str) -> str:
    """Return an attribute that is a duration, as it is written: content is told it so."""
    said = element.attribute(name) if element is not None else ""
    if element is not None and said and parse_duration(said) is None:
        raise _refused(element, said, name)
    return said


def _refused(element: Element, said: str, name: str) -> PackageRefused:
    return PackageRefused(
        Message(
            "In line %(line)s, <%(tag)s> says “%(value)s” for %(name)s, which SCORM 2004 does not know.",
            line=element.line,
            tag=element.name,
            value=said[:40],
            name=name,
        ),
        line=element.line,
    )
