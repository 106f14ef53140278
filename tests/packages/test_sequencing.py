"""SCORM 2004's sequencing: what follows what, decided by the manifest alone (ADL SN 4th edition)."""

from collections.abc import Mapping
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.packages.rules.sequencing import leaving, navigate, opening, report, standing, ways
from lms.packages.values.sequencing import (
    ChildSet,
    Condition,
    Conditions,
    Control,
    CourseState,
    Fact,
    Node,
    Objective,
    ObjectiveMap,
    Outcome,
    PostAction,
    PostRule,
    PreAction,
    PreRule,
    Reported,
    Request,
    RequestKind,
    RollupAction,
    RollupRule,
    RuleCondition,
    Scope,
    Sequencing,
    Timing,
)

FLOW = Sequencing(flow=True)
START, CONTINUE, PREVIOUS = (
    Request(kind) for kind in (RequestKind.START, RequestKind.CONTINUE, RequestKind.PREVIOUS)
)


def leaf(name: str, says: Sequencing = Sequencing()) -> Node:  # noqa: B008 - frozen
    return Node(identifier=name, title=name, launch=f"{name}.html", is_sco=True, sequencing=says)


def tree(*children: Node, says: Sequencing = FLOW, name: str = "root") -> Node:
    return Node(identifier=name, title=name, children=children, sequencing=says)


def when(condition: Condition, *, negated: bool = False, objective: str = "") -> Conditions:
    return Conditions((RuleCondition(condition, negated, objective),))


def before(action: PreAction, condition: Condition, *, negated: bool = False, objective: str = "") -> PreRule:
    return PreRule(action, when(condition, negated=negated, objective=objective))


class Walk:
    """A learner who goes through a tree."""

    def __init__(self, root: Node, scope: Scope = Scope(), seed: int = 1) -> None:  # noqa: B008 - frozen
        self.root, self.scope = root, scope
        self.state = CourseState()
        self.chance = Random(seed)  # noqa: S311 - shuffles lessons
        self.last = Outcome(state=self.state)

    def go(self, request: Request) -> str | None:
        """Ask for something; return what is delivered."""
        self.last = navigate(self.root, self.state, request, chance=self.chance, scope=self.scope)
        # What is kept is kept as JSON: nothing may be lost on the way.
        self.state = msgspec.convert(msgspec.json.decode(msgspec.json.encode(self.last.state)), CourseState)
        return self.last.deliver

    def choose(self, name: str) -> str | None:
        return self.go(Request(RequestKind.CHOICE, name))

    def say(self, *, suspends: bool = False, **facts: bool | float | None) -> None:
        """Let the content of the current item speak."""
        heard: Mapping[Fact, bool | float | None] = {Fact(name): value for name, value in facts.items()}
        self.state = report(
            self.root,
            self.state,
            self.state.current or "",
            Reported(objectives={"": heard}, suspends=suspends),
        )


def test_a_flow_goes_on_and_back_and_ends_after_the_last() -> None:
    walk = Walk(tree(leaf("a"), tree(leaf("b"), leaf("c"), name="part"), leaf("d")))
    assert [walk.go(START)] + [walk.go(CONTINUE) for _ in range(3)] == ["a", "b", "c", "d"]
    assert [walk.go(PREVIOUS), walk.go(PREVIOUS)] == ["c", "b"]
    assert [walk.go(CONTINUE), walk.go(CONTINUE), walk.go(CONTINUE)] == ["c", "d", None]
    assert walk.last.ended
    assert walk.state.current is None
    assert standing(walk.root, walk.state).completed is True


def test_nothing_flows_where_flow_is_off_and_the_learner_chooses() -> None:
    walk = Walk(tree(leaf("a"), leaf("b"), says=Sequencing()))
    assert walk.go(START) is None
    assert not walk.last.ended
    assert walk.choose("b") == "b"
    assert walk.go(CONTINUE) is None
    assert walk.choose("a") == "a"


def test_who_may_only_go_forward_does_not_go_back() -> None:
    walk = Walk(tree(leaf("a"), leaf("b"), says=Sequencing(flow=True, forward_only=True)))
    walk.go(START)
    walk.go(CONTINUE)
    assert walk.go(PREVIOUS) is None
    assert walk.choose("a") is None
    assert walk.state.current == "b"


@pytest.mark.parametrize(
    "action, flows_to, may_choose",
    [
        (PreAction.SKIP, "c", True),
        (PreAction.DISABLED, None, False),
        (PreAction.HIDDEN, "b", False),
        (PreAction.STOP, "b", True),
    ],
)
def test_a_rule_before_an_item_does_what_its_action_says(
    action: PreAction, flows_to: str | None, may_choose: bool
) -> None:
    walk = Walk(tree(leaf("a"), leaf("b", Sequencing(before=(before(action, Condition.ALWAYS),))), leaf("c")))
    walk.go(START)
    assert ("b" in ways(walk.root, walk.state).choices) is may_choose
    assert walk.go(CONTINUE) == flows_to


def test_what_stops_forward_traversal_stops_a_choice_beyond_it_until_it_is_satisfied() -> None:
    stop = before(PreAction.STOP, Condition.SATISFIED, negated=True)
    gate = leaf("gate", Sequencing(before=(stop,), objective_by_content=True))
    walk = Walk(tree(gate, leaf("b")))
    walk.go(START)
    walk.say(satisfied=False)
    assert "b" not in ways(walk.root, walk.state).choices
    walk.say(satisfied=True)
    assert walk.choose("b") == "b"


def test_the_outline_hides_what_is_hidden_and_disables_what_cannot_be_chosen() -> None:
    shut = Sequencing(before=(before(PreAction.DISABLED, Condition.ALWAYS),))
    gone = Sequencing(before=(before(PreAction.HIDDEN, Condition.ALWAYS),))
    unseen = Node(
        identifier="unseen", title="unseen", visible=False, children=(leaf("below"),), sequencing=FLOW
    )
    walk = Walk(tree(leaf("a"), leaf("shut", shut), leaf("gone", gone), unseen))
    walk.go(START)
    entries = {entry.identifier: entry for entry in ways(walk.root, walk.state).menu}
    assert set(entries) == {"root", "a", "shut", "below"}
    assert entries["a"].current
    assert not entries["shut"].selectable
    assert entries["below"].selectable
    assert entries["below"].depth == 1


@pytest.mark.parametrize(
    "action, leads_to",
    [
        (PostAction.RETRY, "a"),
        (PostAction.CONTINUE, "b"),
        (PostAction.EXIT_ALL, None),
        (PostAction.RETRY_ALL, "first"),
        (PostAction.PREVIOUS, "first"),
    ],
)
def test_a_rule_after_an_item_leads_where_its_action_says(action: PostAction, leads_to: str | None) -> None:
    again = Sequencing(
        after=(PostRule(action, when(Condition.SATISFIED, negated=True)),), objective_by_content=True
    )
    walk = Walk(tree(leaf("first"), leaf("a", again), leaf("b")))
    walk.go(START)
    walk.go(CONTINUE)
    walk.say(satisfied=False)
    assert walk.go(Request(RequestKind.EXIT)) == leads_to
    assert walk.last.ended is (action is PostAction.EXIT_ALL)


def test_leaving_a_part_by_its_exit_rule_goes_on_behind_it() -> None:
    part = tree(
        leaf("b"), leaf("c"), says=Sequencing(flow=True, leaving=(when(Condition.SATISFIED),)), name="part"
    )
    rolled = RollupRule(action=RollupAction.SATISFIED, when=when(Condition.SATISFIED), children=ChildSet.ANY)
    part = tree(
        *part.children,
        says=Sequencing(flow=True, leaving=part.sequencing.leaving, rollup=(rolled,)),
        name="part",
    )
    walk = Walk(tree(part, leaf("d")))
    assert walk.go(START) == "b"
    walk.say(satisfied=True)
    assert walk.go(CONTINUE) == "d"


@pytest.mark.parametrize(
    "children, minimum, passed, satisfied",
    [
        (ChildSet.ALL, 0, 2, None),
        (ChildSet.ALL, 0, 3, True),
        (ChildSet.ANY, 0, 1, True),
        (ChildSet.NONE, 0, 0, None),
        (ChildSet.COUNT, 2, 1, None),
        (ChildSet.COUNT, 2, 2, True),
        (ChildSet.PERCENT, 0.6, 1, None),
        (ChildSet.PERCENT, 0.6, 2, True),
    ],
)
def test_a_parent_is_satisfied_by_as_many_children_as_its_rule_wants(
    children: ChildSet, minimum: float, passed: int, satisfied: bool | None
) -> None:
    rolled = RollupRule(
        action=RollupAction.SATISFIED, when=when(Condition.SATISFIED), children=children, minimum=minimum
    )
    own = Sequencing(objective_by_content=True)
    walk = Walk(
        tree(leaf("a", own), leaf("b", own), leaf("c", own), says=Sequencing(flow=True, rollup=(rolled,)))
    )
    walk.go(START)
    for _ in range(passed):
        walk.say(satisfied=True)
        walk.go(CONTINUE)
    assert standing(walk.root, walk.state).satisfied is satisfied


def test_a_score_is_the_mean_by_weight_and_decides_where_the_measure_does() -> None:
    primary = (Objective(identifier="whole", by_measure=True, minimum=0.5),)
    heavy, light, none = (Sequencing(measure_weight=weight) for weight in (1.0, 0.5, 0.0))
    walk = Walk(
        tree(
            leaf("a", heavy),
            leaf("b", light),
            leaf("c", none),
            says=Sequencing(flow=True, objectives=primary),
        )
    )
    walk.go(START)
    walk.say(measure=0.9)
    walk.go(CONTINUE)
    walk.say(measure=0.0)
    walk.go(CONTINUE)
    walk.say(measure=-1.0)
    whole = standing(walk.root, walk.state)
    assert whole.measure == pytest.approx(0.6)
    assert whole.satisfied is True


def test_what_content_does_not_speak_of_is_done_once_it_is_left_unless_the_manifest_leaves_it_to_content() -> (
    None
):
    silent = Sequencing(completion_by_content=True, objective_by_content=True)
    for says, done in ((Sequencing(), True), (silent, None)):
        walk = Walk(tree(leaf("a", says), leaf("b")))
        walk.go(START)
        walk.go(CONTINUE)
        facts = standing(walk.root, walk.state, "a")
        assert (facts.completed, facts.satisfied) == (done, done)


def test_objectives_that_activities_share_open_what_reads_them() -> None:
    writes = Objective(identifier="own", maps=(ObjectiveMap("g", writes=frozenset({Fact.SATISFIED})),))
    reads = Objective(identifier="g", maps=(ObjectiveMap("g", reads=frozenset({Fact.SATISFIED})),))
    shut = (
        before(PreAction.DISABLED, Condition.SATISFIED, negated=True, objective="g"),
        before(PreAction.DISABLED, Condition.STATUS_KNOWN, negated=True, objective="g"),
    )
    walk = Walk(
        tree(
            leaf("test", Sequencing(objectives=(writes,), objective_by_content=True)),
            leaf("next", Sequencing(objectives=(Objective(), reads), before=shut)),
        )
    )
    walk.go(START)
    assert walk.choose("next") is None
    walk.say(satisfied=False)
    assert walk.choose("next") is None
    walk.say(satisfied=True)
    assert walk.choose("next") == "next"


def test_a_limit_of_attempts_holds() -> None:
    walk = Walk(tree(leaf("a"), leaf("exam", Sequencing(attempt_limit=1))))
    walk.go(START)
    walk.go(CONTINUE)
    walk.go(PREVIOUS)
    assert walk.choose("exam") is None
    assert walk.last.refusal
    assert not any(one.selectable for one in ways(walk.root, walk.state).menu if one.identifier == "exam")


def test_what_was_suspended_is_resumed_as_the_same_attempt_and_what_was_not_begins_anew() -> None:
    walk = Walk(tree(leaf("a"), leaf("b")))
    walk.go(START)
    walk.go(CONTINUE)
    walk.say(suspends=True, completed=False)
    assert walk.go(Request(RequestKind.SUSPEND_ALL)) is None
    assert opening(walk.root, walk.state).kind is RequestKind.RESUME_ALL
    assert walk.go(opening(walk.root, walk.state)) == "b"
    resumed = walk.last
    assert walk.state.activities["b"].attempts == 1
    walk.say(suspends=False)
    walk.go(PREVIOUS)
    walk.go(CONTINUE)
    assert (resumed.is_new_attempt, walk.last.is_new_attempt) == (False, True)
    assert walk.state.activities["b"].attempts == 2


@pytest.mark.parametrize("keeps, known", [(True, True), (False, None)])
def test_a_new_attempt_on_the_whole_forgets_what_only_the_package_shares(
    keeps: bool, known: bool | None
) -> None:
    writes = Objective(identifier="own", maps=(ObjectiveMap("g", writes=frozenset({Fact.SATISFIED})),))
    walk = Walk(tree(leaf("a", Sequencing(objectives=(writes,)))), scope=Scope(keeps_objectives=keeps))
    walk.go(START)
    walk.go(Request(RequestKind.EXIT_ALL))
    walk.go(START)
    shared = walk.state.objectives.get("g")
    assert (shared.satisfied if shared else None) is known


def test_what_is_abandoned_does_not_count() -> None:
    walk = Walk(tree(leaf("a", Sequencing(objective_by_content=True)), leaf("b")))
    walk.go(START)
    walk.say(satisfied=True, completed=True, measure=1.0)
    walk.go(Request(RequestKind.ABANDON_ALL))
    facts = standing(walk.root, walk.state, "a")
    assert (facts.satisfied, facts.completed, facts.measure) == (None, None, None)


def test_a_jump_goes_where_no_rule_of_choice_lets_anybody() -> None:
    walk = Walk(tree(leaf("a"), tree(leaf("b"), says=Sequencing(choice=False), name="part")))
    walk.go(START)
    assert walk.choose("b") is None
    assert walk.go(Request(RequestKind.JUMP, "b")) == "b"


def test_what_a_package_wants_hidden_is_not_offered() -> None:
    plain, shy = (
        leaf("a"),
        Node(
            identifier="b",
            title="b",
            launch="b.html",
            is_sco=True,
            hides=frozenset({Control.CONTINUE, Control.SUSPEND_ALL}),
        ),
    )
    walk = Walk(tree(plain, shy, leaf("c")))
    walk.go(START)
    assert ways(walk.root, walk.state).offered == {Control.CONTINUE, Control.SUSPEND_ALL, Control.EXIT_ALL}
    walk.go(CONTINUE)
    assert ways(walk.root, walk.state).offered == {Control.PREVIOUS, Control.EXIT_ALL}


@pytest.mark.parametrize(
    "says, is_finished, request_made",
    [
        (FLOW, False, RequestKind.SUSPEND_ALL),
        (FLOW, True, RequestKind.CONTINUE),
        (Sequencing(), True, RequestKind.EXIT),
    ],
)
def test_a_page_that_was_closed_suspends_what_was_open_and_leaves_what_was_finished(
    says: Sequencing, is_finished: bool, request_made: RequestKind
) -> None:
    walk = Walk(tree(leaf("a"), leaf("b"), says=says))
    walk.choose("a")
    asked = leaving(walk.root, walk.state, is_finished=is_finished)
    assert asked is not None
    assert asked.kind is request_made


def test_some_of_the_children_are_chosen_once_and_come_in_the_same_order_after_a_break() -> None:
    says = Sequencing(flow=True, selection=Timing.ONCE, select=3, randomization=Timing.ONCE, reorder=True)
    walk = Walk(tree(*(leaf(f"q{n}") for n in range(10)), says=says))
    taken = [walk.go(START), walk.go(CONTINUE)]
    walk.go(Request(RequestKind.SUSPEND_ALL))
    walk.chance = Random(99)  # noqa: S311 - shuffles lessons
    assert walk.go(opening(walk.root, walk.state)) == taken[1]
    taken.append(walk.go(CONTINUE))
    assert walk.go(CONTINUE) is None
    assert len(set(taken)) == 3
    others = {tuple(Walk(walk.root, seed=seed).go(START) or "" for _ in range(1)) for seed in range(20)}
    assert len(others) > 3


@pytest.mark.parametrize("is_each, differs", [(False, False), (True, True)])
def test_children_are_shuffled_again_for_a_new_attempt_only_where_the_manifest_says_so(
    is_each: bool, differs: bool
) -> None:
    timing = Timing.EACH_ATTEMPT if is_each else Timing.ONCE
    walk = Walk(
        tree(
            *(leaf(f"q{n}") for n in range(30)),
            says=Sequencing(flow=True, randomization=timing, reorder=True),
        )
    )
    walk.go(START)
    first = walk.state.activities["root"].children
    walk.go(Request(RequestKind.EXIT_ALL))
    walk.go(START)
    assert (walk.state.activities["root"].children != first) is differs


REQUESTS = st.sampled_from(
    [
        START,
        CONTINUE,
        PREVIOUS,
        *(
            Request(kind)
            for kind in (
                RequestKind.RESUME_ALL,
                RequestKind.EXIT,
                RequestKind.EXIT_ALL,
                RequestKind.ABANDON,
                RequestKind.ABANDON_ALL,
                RequestKind.SUSPEND_ALL,
            )
        ),
        *(
            Request(kind, name)
            for kind in (RequestKind.CHOICE, RequestKind.JUMP)
            for name in ("a", "b", "c", "d", "part", "root", "?")
        ),
    ]
)
CONDITIONS = st.builds(
    RuleCondition, st.sampled_from(list(Condition)), st.booleans(), st.just(""), st.floats(-1, 1)
).map(lambda one: Conditions((one,)))
SAYS = st.builds(
    Sequencing,
    choice=st.booleans(),
    choice_exit=st.booleans(),
    flow=st.sampled_from([True, True, False]),
    forward_only=st.booleans(),
    before=st.lists(st.builds(PreRule, st.sampled_from(list(PreAction)), CONDITIONS), max_size=2).map(tuple),
    leaving=st.lists(CONDITIONS, max_size=1).map(tuple),
    after=st.lists(st.builds(PostRule, st.sampled_from(list(PostAction)), CONDITIONS), max_size=1).map(tuple),
    attempt_limit=st.none() | st.integers(0, 3),
    tracked=st.sampled_from([True, True, True, False]),
    prevent_activation=st.booleans(),
    constrain_choice=st.booleans(),
    selection=st.sampled_from(list(Timing)),
    select=st.none() | st.integers(1, 2),
    randomization=st.sampled_from(list(Timing)),
    reorder=st.booleans(),
)
TALK = st.dictionaries(st.sampled_from(["satisfied", "completed"]), st.booleans() | st.none(), max_size=2)


@settings(max_examples=300, deadline=None)
@given(
    says=st.lists(SAYS, min_size=6, max_size=6),
    steps=st.lists(st.tuples(REQUESTS, TALK, st.booleans()), min_size=1, max_size=12),
)
def test_whatever_is_asked_the_learner_stands_somewhere_that_makes_sense(
    says: list[Sequencing], steps: list[tuple[Request, dict[str, bool | None], bool]]
) -> None:
    part = tree(leaf("b", says[2]), leaf("c", says[3]), says=says[1], name="part")
    walk = Walk(tree(leaf("a", says[4]), part, leaf("d", says[5]), says=says[0]))
    for request, talk, suspends in steps:
        walk.say(suspends=suspends, **talk)
        shown = ways(walk.root, walk.state)
        delivered = walk.go(request)
        active = {name for name, kept in walk.state.activities.items() if kept.active}
        if delivered is not None:
            assert walk.state.current == delivered
            assert {"root", delivered} <= active
            # What was delivered could be asked for, as content and page were told.
            if request.kind is RequestKind.CHOICE and delivered == request.target and shown.choices:
                assert request.target in shown.choices
        if walk.last.ended:
            assert walk.state.current is None
            assert delivered is None
            assert active == set()
        leaves_open = active - {"root", "part"}
        assert len(leaves_open) <= 1
