"""A SCORM 2004 package is read whole, or refused with the line and the reason that a trainer can act on."""

import pytest

from lms.kernel.archives import open_zip
from lms.packages.errors import PackageRefused
from lms.packages.formats import read_package
from lms.packages.values.scorm2004 import Edition, SequencedManifest
from lms.packages.values.sequencing import (
    ChildSet,
    Combination,
    Condition,
    Consideration,
    Control,
    DataStore,
    Fact,
    ObjectiveMap,
    PostAction,
    PreAction,
    RollupAction,
    Sequencing,
    Timing,
)
from tests.packages.scorm2004 import item, manifest, rule, rules, sequenced_package, sequencing


def read(text: str) -> SequencedManifest:
    found = read_package(open_zip(sequenced_package(text)))
    assert isinstance(found, SequencedManifest)
    return found


def of_item(*parts: str) -> Sequencing:
    (node,) = read(manifest(item("one", sequencing(*parts)))).tree.children
    return node.sequencing


def refusal(text: str) -> PackageRefused:
    with pytest.raises(PackageRefused) as refused:
        read(text)
    return refused.value


@pytest.mark.parametrize(
    "said, edition",
    [
        ("2004 4th Edition", Edition.FOURTH),
        ("2004 3rd Edition", Edition.THIRD),
        ("CAM 1.3", Edition.SECOND),
        ("1.3", Edition.SECOND),
        ("", Edition.FOURTH),
    ],
)
def test_each_edition_is_known_by_what_it_says_or_by_the_words_it_uses(said: str, edition: Edition) -> None:
    assert read(manifest(item("one"), edition=said)).edition is edition


def test_a_package_is_a_tree_with_titles_addresses_and_what_content_is_told() -> None:
    package = read(
        manifest(
            item(
                "part",
                item(
                    "one",
                    "<adlcp:timeLimitAction>exit,no message</adlcp:timeLimitAction>"
                    "<adlcp:dataFromLMS>a=1</adlcp:dataFromLMS>"
                    '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.8" progressWeight="0.5"/>'
                    '<adlcp:data><adlcp:map targetID="notes" writeSharedData="false"/></adlcp:data>'
                    "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
                    "<adlnav:hideLMSUI>exitAll</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>",
                    attributes='parameters="?mode=full" isvisible="false"',
                ),
                item("two", sco=False),
            )
        )
    )
    (part,) = package.tree.children
    one, two = part.children
    assert (package.title, package.tree.identifier, part.launch) == ("Wiring", "O-1", "")
    assert (one.launch, one.is_sco, one.visible, one.data_from_lms) == (
        "index.html?mode=full",
        True,
        False,
        "a=1",
    )
    assert (one.time_limit_action, one.completion_threshold) == ("exit,no message", 0.8)
    assert one.sequencing.threshold.weight == 0.5
    assert one.hides == {Control.CONTINUE, Control.EXIT_ALL}
    assert one.stores == (DataStore("notes", readable=True, writable=False),)
    assert (two.launch, two.is_sco) == ("read.html", False)
    assert package.warnings == ()


def test_the_third_edition_writes_its_threshold_as_a_number() -> None:
    text = manifest(item("one", "<adlcp:completionThreshold>0.75</adlcp:completionThreshold>"))
    (node,) = read(text.replace("4th", "3rd")).tree.children
    assert node.completion_threshold == 0.75
    assert not node.sequencing.threshold.by_measure


def test_all_of_sequencing_is_read() -> None:
    says = of_item(
        '<imsss:controlMode choice="false" choiceExit="false" flow="true" forwardOnly="1" '
        'useCurrentAttemptObjectiveInfo="false" useCurrentAttemptProgressInfo="false"/>',
        rules(
            rule(
                "pre",
                "skip",
                'condition="satisfied" operator="not"',
                'condition="attempted"',
                combination="any",
            ),
            rule("exit", "exit", 'condition="completed"'),
            rule(
                "post",
                "retryAll",
                'condition="objectiveMeasureLessThan" measureThreshold="0.5" referencedObjective="o"',
            ),
        ),
        '<imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT30M"/>',
        '<imsss:rollupRules rollupObjectiveSatisfied="false" rollupProgressCompletion="false" objectiveMeasureWeight="0.25">'
        '<imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent="0.4"><imsss:rollupConditions>'
        '<imsss:rollupCondition condition="attempted" operator="not"/></imsss:rollupConditions>'
        '<imsss:rollupAction action="incomplete"/></imsss:rollupRule></imsss:rollupRules>',
        '<imsss:objectives><imsss:primaryObjective objectiveID=" p%20q  r " satisfiedByMeasure="true">'
        "<imsss:minNormalizedMeasure>-0.5</imsss:minNormalizedMeasure>"
        '<imsss:mapInfo targetObjectiveID="g" readSatisfiedStatus="false" writeNormalizedMeasure="true"/>'
        '</imsss:primaryObjective><imsss:objective objectiveID="o"/></imsss:objectives>',
        '<imsss:randomizationControls randomizationTiming="once" selectCount="3" reorderChildren="true" '
        'selectionTiming="onEachNewAttempt"/>',
        '<imsss:deliveryControls tracked="false" completionSetByContent="true" objectiveSetByContent="true"/>',
        '<adlseq:constrainedChoiceConsiderations preventActivation="true" constrainChoice="true"/>',
        '<adlseq:rollupConsiderations requiredForSatisfied="ifAttempted" requiredForNotSatisfied="ifNotSkipped" '
        'requiredForCompleted="ifNotSuspended" requiredForIncomplete="always" measureSatisfactionIfActive="false"/>',
        '<adlseq:objectives><adlseq:objective objectiveID="p q r"><adlseq:mapInfo targetObjectiveID="h" '
        'readRawScore="false" writeCompletionStatus="true"/></adlseq:objective></adlseq:objectives>',
    )
    assert (says.choice, says.choice_exit, says.flow, says.forward_only) == (False, False, True, True)
    assert (says.current_objectives, says.current_progress) == (False, False)
    (before,), (leaving,), (after,) = says.before, says.leaving, says.after
    assert (before.action, before.when.combination) == (PreAction.SKIP, Combination.ANY)
    assert [(one.condition, one.negated) for one in before.when.parts] == [
        (Condition.SATISFIED, True),
        (Condition.ATTEMPTED, False),
    ]
    assert leaving.combination is Combination.ALL
    assert (after.action, after.when.parts[0].threshold, after.when.parts[0].objective) == (
        PostAction.RETRY_ALL,
        0.5,
        "o",
    )
    assert (says.attempt_limit, says.attempt_duration) == (2, "PT30M")
    (rolled,) = says.rollup
    assert (rolled.action, rolled.children, rolled.minimum) == (
        RollupAction.INCOMPLETE,
        ChildSet.PERCENT,
        0.4,
    )
    assert rolled.when.combination is Combination.ANY
    assert (says.rolls_satisfied, says.rolls_progress, says.measure_weight) == (False, False, 0.25)
    primary, other = says.objectives
    assert (primary.identifier, primary.by_measure, primary.minimum, other.identifier) == (
        "p q r",
        True,
        -0.5,
        "o",
    )
    assert primary.maps == (
        ObjectiveMap("g", frozenset({Fact.MEASURE}), frozenset({Fact.MEASURE})),
        ObjectiveMap(
            "h", frozenset({Fact.MIN, Fact.MAX, Fact.COMPLETED, Fact.PROGRESS}), frozenset({Fact.COMPLETED})
        ),
    )
    assert (says.selection, says.select, says.randomization, says.reorder) == (
        Timing.EACH_ATTEMPT,
        3,
        Timing.ONCE,
        True,
    )
    assert (says.tracked, says.completion_by_content, says.objective_by_content) == (False, True, True)
    assert (says.prevent_activation, says.constrain_choice, says.measure_if_active) == (True, True, False)
    assert (says.for_satisfied, says.for_not_satisfied) == (
        Consideration.ATTEMPTED,
        Consideration.NOT_SKIPPED,
    )
    assert (says.for_completed, says.for_incomplete) == (Consideration.NOT_SUSPENDED, Consideration.ALWAYS)


def test_what_says_nothing_has_the_defaults_of_the_standard() -> None:
    assert of_item() == Sequencing()


def test_shared_sequencing_is_referred_to_and_what_an_item_says_itself_goes_before() -> None:
    collection = (
        '<imsss:sequencingCollection><imsss:sequencing ID="common"><imsss:controlMode flow="true" choice="false"/>'
        '<imsss:deliveryControls tracked="false"/></imsss:sequencing></imsss:sequencingCollection>'
    )
    own = '<imsss:sequencing IDRef="common"><imsss:deliveryControls completionSetByContent="true"/></imsss:sequencing>'
    (node,) = read(manifest(item("one", own), more=collection)).tree.children
    says = node.sequencing
    assert (says.flow, says.choice, says.tracked, says.completion_by_content) == (True, False, True, True)


@pytest.mark.parametrize(
    "text, line, says",
    [
        (manifest(), None, "Nothing in the package can be opened"),
        (manifest(item("one"), item("one")), 4, "Two items are called one"),
        (manifest(item("one").replace("R-sco", "R-gone")), 5, "R-gone, which is not there"),
        (manifest(item("one", '<imsss:sequencing IDRef="gone"/>')), 5, "The sequencing gone"),
        (manifest(item("one", sequencing('<imsss:controlMode flow="perhaps"/>'))), 5, "“perhaps” for flow"),
        (
            manifest(item("one", sequencing(rules(rule("pre", "jump", 'condition="always"'))))),
            5,
            "“jump” for action",
        ),
        (
            manifest(item("one", sequencing(rules(rule("post", "retry", 'condition="bored"'))))),
            5,
            "“bored” for condition",
        ),
        (manifest(item("one", sequencing(rules(rule("pre", "skip"))))), 5, "has no condition"),
        (
            manifest(
                item("one", sequencing(rules(rule("pre", "skip", 'condition="always" operator="nor"'))))
            ),
            5,
            "“nor” for operator",
        ),
        (
            manifest(item("one", sequencing('<imsss:limitConditions attemptLimit="-1"/>'))),
            5,
            "“-1” for attemptLimit",
        ),
        (
            manifest(item("one", sequencing('<imsss:limitConditions attemptAbsoluteDurationLimit="soon"/>'))),
            5,
            "“soon” for attemptAbsoluteDurationLimit",
        ),
        (
            manifest(item("one", sequencing('<imsss:rollupRules objectiveMeasureWeight="1.5"/>'))),
            5,
            "“1.5” for objectiveMeasureWeight",
        ),
        (
            manifest(
                item(
                    "one",
                    sequencing(
                        '<imsss:objectives><imsss:objective objectiveID="a"/><imsss:objective objectiveID="a"/></imsss:objectives>'
                    ),
                )
            ),
            5,
            "Two objectives are called a",
        ),
        (
            manifest(
                item(
                    "one",
                    sequencing(
                        "<imsss:objectives><imsss:primaryObjective><imsss:mapInfo/></imsss:primaryObjective></imsss:objectives>"
                    ),
                )
            ),
            5,
            "for targetObjectiveID",
        ),
        (
            manifest(item("one", "<adlcp:completionThreshold>2</adlcp:completionThreshold>")),
            5,
            "completionThreshold",
        ),
        (manifest(item("one").replace('identifier="one" ', "")), 5, "has no identifier"),
        (manifest(item("one")).replace("index.html", "../index.html"), 6, "out of the package"),
        (
            manifest(item("one")).replace("<organization ", "<other ").replace("</organization>", "</other>"),
            2,
            "has no organization",
        ),
    ],
)
def test_a_manifest_that_breaks_the_standard_is_refused_with_its_line(
    text: str, line: int | None, says: str
) -> None:
    refused = refusal(text)
    assert says in str(refused)
    assert refused.line == line


@pytest.mark.parametrize(
    "text, warning",
    [
        (manifest(item("one"), item("two").replace(' identifierref="R-sco"', "")), "two opens nothing"),
        (
            manifest(item("one", item("two")).replace('"one"', '"one" identifierref="R-sco"')),
            "opens nothing itself",
        ),
        (manifest(item("one"), edition=""), "names no edition"),
        (manifest(item("one")).replace('default="O-1"', 'default="O-9"'), "O-9 is not there"),
        (
            manifest(item("one")).replace(
                "</organizations>", '<organization identifier="O-2"/></organizations>'
            ),
            "Of 2 organizations",
        ),
        (manifest(item("one", "<adlcp:timeLimitAction>explode</adlcp:timeLimitAction>")), "explode"),
        (
            manifest(
                item(
                    "one",
                    "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>everything</adlnav:hideLMSUI>"
                    "</adlnav:navigationInterface></adlnav:presentation>",
                )
            ),
            "everything",
        ),
    ],
)
def test_what_is_tolerated_is_said(text: str, warning: str) -> None:
    assert any(warning in said for said in read(text).warnings)


def test_a_package_without_its_files_is_refused() -> None:
    with pytest.raises(PackageRefused, match=r"index\.html, which the item “One” opens"):
        read_package(open_zip(sequenced_package(manifest(item("one")), {"read.html": "x"})))


def test_a_manifest_that_is_no_xml_is_refused_with_its_line() -> None:
    with pytest.raises(PackageRefused, match="cannot be read") as refused:
        read_package(open_zip(sequenced_package(manifest(item("one")).replace("</organizations>", ""))))
    assert refused.value.line is not None
