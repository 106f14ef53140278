"""What a SCO commits is checked by name, and amounts to a result that never invents or loses a success."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.packages.errors import InvalidTracking
from lms.packages.rules import scorm12 as rules
from lms.packages.values import (
    LaunchableItem,
    Result,
    ScormEntry,
    ScormStatus,
    ScormType,
    ScoTracking,
    TimeLimitAction,
    format_timespan,
    parse_timespan,
)


def tracking(*, total: str = "0", finished: bool = False, **core: str) -> ScoTracking:
    elements = {f"cmi.core.{name.replace('score_', 'score.')}": value for name, value in core.items()}
    return ScoTracking(elements, Decimal(total), finished)


def item(
    identifier: str, *, sco: bool = True, mastery: int | None = None, visible: bool = True
) -> LaunchableItem:
    return LaunchableItem(
        identifier=identifier,
        title=identifier,
        launch="index.html",
        scorm_type=ScormType.SCO if sco else ScormType.ASSET,
        visible=visible,
        mastery_score=None if mastery is None else Decimal(mastery),
    )


@pytest.mark.parametrize(
    "kept, mastery, completed, passed, score",
    [
        (tracking(), None, False, None, None),
        (tracking(lesson_status="not attempted"), None, False, None, None),
        (tracking(lesson_status="incomplete", score_raw="40"), None, False, None, "0.4"),
        (tracking(lesson_status="browsed"), None, False, None, None),
        (tracking(lesson_status="browsed", score_raw="90"), 80, False, None, "0.9"),
        (tracking(lesson_status="completed"), None, True, None, None),
        (tracking(lesson_status="passed"), None, True, True, None),
        (tracking(lesson_status="failed", score_raw="20"), None, False, False, "0.2"),
        (tracking(lesson_status="completed", score_raw="80"), 80, True, True, "0.8"),
        (tracking(lesson_status="completed", score_raw="79.9"), 80, False, False, "0.799"),
        (tracking(lesson_status="passed", score_raw="10"), 80, False, False, "0.1"),
        (tracking(lesson_status="failed", score_raw="90"), 80, True, True, "0.9"),
        (tracking(lesson_status="incomplete", score_raw="90"), 80, False, None, "0.9"),
        (tracking(lesson_status="incomplete", score_raw="90", finished=True), 80, True, True, "0.9"),
        (tracking(lesson_status="completed"), 80, True, None, None),
        (tracking(lesson_location="7", finished=True), None, True, None, None),
        (tracking(finished=True), None, False, None, None),
        (tracking(lesson_status="incomplete", finished=True), None, False, None, None),
        (tracking(lesson_status="passed", score_raw="8", score_max="10"), None, True, True, "0.8"),
        (
            tracking(lesson_status="passed", score_raw="8", score_min="6", score_max="10"),
            None,
            True,
            True,
            "0.5",
        ),
        (tracking(lesson_status="passed", score_raw="8", score_max="0"), None, True, True, "0.08"),
        (tracking(lesson_status="passed", score_raw="150"), None, True, True, "1"),
        (tracking(lesson_status="passed", score_raw="-5"), None, True, True, "0"),
        (tracking(lesson_status="passed", score_raw=""), None, True, True, None),
    ],
)
def test_the_tracking_of_one_sco_amounts_to_a_result(
    kept: ScoTracking, mastery: int | None, completed: bool, passed: bool | None, score: str | None
) -> None:
    result = rules.roll_up_sco(kept, None if mastery is None else Decimal(mastery))
    assert result == Result(completed, passed, None if score is None else Decimal(score), Decimal(0))


@pytest.mark.parametrize(
    "statuses, completed, passed",
    [
        ({}, False, None),
        ({"a": "completed"}, False, None),
        ({"a": "completed", "b": "completed"}, True, None),
        ({"a": "completed", "b": "passed"}, True, True),
        ({"a": "incomplete", "b": "passed"}, False, None),
        ({"a": "completed", "b": "failed"}, False, False),
        ({"a": "passed", "b": "failed"}, False, False),
    ],
)
def test_a_package_of_several_scos_needs_them_all(
    statuses: dict[str, str], completed: bool, passed: bool | None
) -> None:
    kept = {name: tracking(lesson_status=status) for name, status in statuses.items()}
    result = rules.roll_up([item("a"), item("b"), item("hidden", visible=False)], kept)
    assert (result.completed, result.passed) == (completed, passed)


def test_scores_are_averaged_and_times_added() -> None:
    result = rules.roll_up(
        [item("a", mastery=50), item("b"), item("c")],
        {
            "a": tracking(lesson_status="completed", score_raw="60", session_time="00:01:00.50", total="10"),
            "b": tracking(lesson_status="passed", score_raw="100", total="5"),
            "c": tracking(lesson_status="completed"),
        },
    )
    assert result == Result(completed=True, passed=True, score=Decimal("0.8"), seconds=Decimal("75.5"))


def test_an_asset_is_completed_by_being_opened() -> None:
    items = [item("a"), item("b", sco=False)]
    kept = {"a": tracking(lesson_status="completed")}
    assert not rules.roll_up(items, kept).completed
    assert rules.roll_up(items, {**kept, "b": ScoTracking({})}).completed


def test_a_session_counts_its_time_once_however_it_ends() -> None:
    begun = rules.begin(ScoTracking({}))
    once = rules.commit(begun, {"cmi.core.session_time": "00:01:00", "cmi.suspend_data": "x"})
    twice = rules.commit(once, {"cmi.core.session_time": "00:02:00"})
    assert rules.roll_up_sco(twice).seconds == 120
    ended = rules.finish(twice)
    assert rules.roll_up_sco(ended).seconds == 120
    assert rules.finish(ended).total_seconds == 120
    cut_off = rules.commit(rules.begin(ended), {"cmi.core.session_time": "00:00:30"})
    again = rules.begin(cut_off)
    assert again.total_seconds == 150
    assert again.elements == {"cmi.suspend_data": "x"}


@pytest.mark.parametrize(
    "kept, entry",
    [
        (None, ScormEntry.FROM_START),
        (ScoTracking({}), ScormEntry.FROM_START),
        (tracking(exit="suspend", finished=True), ScormEntry.RESUME),
        (tracking(exit="", finished=True), ScormEntry.NEITHER),
        (tracking(exit="logout", finished=True), ScormEntry.NEITHER),
        (tracking(lesson_location="7"), ScormEntry.RESUME),
    ],
)
def test_a_learner_comes_in_as_they_left(kept: ScoTracking | None, entry: ScormEntry) -> None:
    assert rules.entry_of(kept) is entry


def test_a_sco_finds_what_it_set_and_what_the_platform_sets() -> None:
    launchable = LaunchableItem(
        identifier="a",
        title="A",
        launch="a.html",
        scorm_type=ScormType.SCO,
        mastery_score=Decimal("80.0"),
        max_time_allowed_seconds=Decimal(1800),
        time_limit_action=TimeLimitAction.CONTINUE_MESSAGE,
        data_from_lms="x=1",
    )
    kept = ScoTracking(
        {
            "cmi.core.lesson_status": "incomplete",
            "cmi.core.exit": "suspend",
            "cmi.core.session_time": "00:01:00",
            "cmi.suspend_data": "page=3",
        },
        Decimal(3600),
    )
    assert rules.elements_at_launch(launchable, kept, learner_id="p-1", learner_name="Weber, Ana") == {
        "cmi.core.lesson_status": "incomplete",
        "cmi.suspend_data": "page=3",
        "cmi.core.student_id": "p-1",
        "cmi.core.student_name": "Weber, Ana",
        "cmi.core.credit": "credit",
        "cmi.core.lesson_mode": "normal",
        "cmi.core.entry": "resume",
        "cmi.core.total_time": "0001:01:00.00",
        "cmi.launch_data": "x=1",
        "cmi.student_data.mastery_score": "80.0",
        "cmi.student_data.max_time_allowed": "0000:30:00.00",
        "cmi.student_data.time_limit_action": "continue,message",
    }
    fresh = rules.elements_at_launch(item("b"), None, learner_id="p-1", learner_name="Weber, Ana")
    assert (fresh["cmi.core.entry"], fresh["cmi.core.lesson_status"]) == ("ab-initio", "not attempted")


@pytest.mark.parametrize(
    "element, value, clean",
    [
        ("cmi.core.lesson_status", "Completed", "completed"),
        ("cmi.core.lesson_status", "not attempted", "not attempted"),
        ("cmi.core.score.raw", 80, "80"),
        ("cmi.core.score.raw", "79.5", "79.5"),
        ("cmi.core.score.raw", "", ""),
        ("cmi.core.score.max", None, ""),
        ("cmi.core.exit", "suspend", "suspend"),
        ("cmi.core.exit", "", ""),
        ("cmi.core.session_time", "0000:01:30.25", "0000:01:30.25"),
        ("cmi.core.lesson_location", "page 7", "page 7"),
        ("cmi.suspend_data", "x" * 64_000, "x" * 64_000),
        ("cmi.interactions.0.id", "q1", "q1"),
        ("cmi.interactions.12.objectives.0.id", "o1", "o1"),
        ("cmi.interactions.0.correct_responses.0.pattern", "a,b", "a,b"),
        ("cmi.interactions.0.type", "choice", "choice"),
        ("cmi.interactions.0.result", "0.5", "0.5"),
        ("cmi.interactions.0.result", "correct", "correct"),
        ("cmi.interactions.0.time", "12:30:00", "12:30:00"),
        ("cmi.interactions.0.latency", "00:00:10", "00:00:10"),
        ("cmi.objectives.0.status", "passed", "passed"),
        ("cmi.objectives.0.score.raw", "7", "7"),
        ("cmi.student_preference.audio", "-1", "-1"),
        ("cmi.comments", "Well done", "Well done"),
    ],
)
def test_what_a_sco_may_set_is_taken(element: str, value: object, clean: str) -> None:
    assert rules.validate_commit({element: value}) == {element: clean}


def test_what_only_the_platform_sets_is_left_out() -> None:
    assert rules.validate_commit(
        {
            "cmi.core.student_id": "somebody else",
            "cmi.core.credit": "no-credit",
            "cmi.core.total_time": "9999:00:00",
            "cmi.student_data.mastery_score": "0",
            "cmi.launch_data": "",
            "cmi.interactions._count": "3",
            "cmi.core._children": "x",
            "cmi.core.lesson_status": "incomplete",
        }
    ) == {"cmi.core.lesson_status": "incomplete"}


@pytest.mark.parametrize(
    "element, value",
    [
        ("cmi.core.lesson_status", "done"),
        ("cmi.core.score.raw", "eighty"),
        ("cmi.core.score.raw", "NaN"),
        ("cmi.core.score.raw", "1e999"),
        ("cmi.core.score.raw", "99999999999"),
        ("cmi.core.score.raw", True),
        ("cmi.core.score.raw", [80]),
        ("cmi.core.score.raw", float("inf")),
        ("cmi.core.session_time", "PT1H"),
        ("cmi.core.exit", "crash"),
        ("cmi.core.lesson_location", "x" * 5000),
        ("cmi.core.lesson_location", "a\0b"),
        ("cmi.core.lesson_location", "\ud800"),
        ("cmi.suspend_data", "x" * 300_000),
        ("cmi.suspend_data", {"a": 1}),
        ("cmi.completion_status", "completed"),
        ("cmi.core.nothing", "1"),
        ("core.lesson_status", "passed"),
        ("cmi.interactions.x.id", "q"),
        ("cmi.interactions.1000.id", "q"),
        ("cmi.interactions.0.type", "essay"),
        ("cmi.interactions.0.time", "noon"),
        ("cmi.interactions.0.result", "perhaps"),
        ("cmi.student_preference.audio", "300"),
        ("", "x"),
        ("__proto__", "x"),
    ],
)
def test_what_the_standard_does_not_know_is_refused_by_name(element: str, value: object) -> None:
    with pytest.raises(InvalidTracking) as refused:
        rules.validate_commit({"cmi.core.lesson_status": "passed", element: value})
    assert refused.value.element == element
    assert element in str(refused.value)


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(InvalidTracking, match="too many"):
        rules.validate_commit({f"cmi.{n}": "" for n in range(10_001)})


ELEMENTS = st.sampled_from([*rules.WRITABLE, *rules.READ_ONLY, "cmi.x", ""]).map(
    lambda name: name.replace(".n", ".3")
)
VALUES = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.sampled_from([*ScormStatus, "00:01:00", "suspend"]),
)


@given(st.dictionaries(ELEMENTS, VALUES, max_size=8), st.booleans())
def test_whatever_is_committed_is_refused_or_amounts_to_a_result(
    commit: dict[str, object], finished: bool
) -> None:
    try:
        clean = rules.validate_commit(commit)
    except InvalidTracking as refused:
        assert refused.element in commit or refused.element == "cmi"  # noqa: PT017 - either outcome is right
        return
    assert rules.validate_commit(clean) == clean
    assert clean.keys() <= commit.keys()
    assert not clean.keys() & rules.READ_ONLY
    kept = rules.commit(ScoTracking({}), clean)
    result = rules.roll_up_sco(rules.finish(kept) if finished else kept, Decimal(50))
    assert result.score is None or 0 <= result.score <= 1
    assert not (result.completed and result.passed is False)
    assert result.seconds >= 0


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("0000:00:00.00", "0"),
        ("00:01:30", "90"),
        ("1:2:3.4", "3723.4"),
        ("9999:59:59.99", "35999999.99"),
        (" 00:00:01.5 ", "1.5"),
    ],
)
def test_timespans_are_read(text: str, seconds: str) -> None:
    assert parse_timespan(text) == Decimal(seconds)


@pytest.mark.parametrize("text", ["", "90", "00:90", "PT90S", "-00:00:01", "00:00:00:00", "aa:bb:cc"])
def test_what_is_no_timespan_is_none(text: str) -> None:
    assert parse_timespan(text) is None


@given(st.integers(0, 9999 * 360000 + 359999))
def test_a_timespan_comes_back(hundredths: int) -> None:
    seconds = Decimal(hundredths) / 100
    assert parse_timespan(format_timespan(seconds)) == seconds


def test_a_timespan_says_no_more_than_it_can() -> None:
    assert format_timespan(Decimal(10) ** 12) == "9999:59:59.99"
