"""cmi5's rules as tables: what a statement must have, when a unit, a block and a course are satisfied."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.packages.errors import StatementRefused
from lms.packages.rules import cmi5 as rules
from lms.packages.rules import cmi5_statements as statements
from lms.packages.rules import cmi5_words as words
from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import (
    AssignableUnit,
    Block,
    CourseStructure,
    LaunchMode,
    LaunchSession,
    LaunchSessionId,
    MoveOn,
    RegistrationId,
    UnitStanding,
    Verb,
)

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://portal.example.com", "name": "7"}}
OPEN = LaunchSession(
    id=LaunchSessionId(UUID(int=1)),
    registration=RegistrationId(UUID(int=2)),
    actor=ACTOR,
    activity_id="https://portal.example.com/cmi5/1",
    publisher_id="https://example.com/au/one",
    mode=LaunchMode.NORMAL,
    mastery_score=Decimal("0.8"),
    has_read_launch_data=True,
    has_read_preferences=True,
    opened_at=NOW,
)
BEGUN = replace(OPEN, initialized_at=NOW, last_at=NOW, said={Verb.INITIALIZED: str(UUID(int=9))})
RESULTS: dict[str, dict[str, Any]] = {
    Verb.COMPLETED: {"completion": True, "duration": "PT1S"},
    Verb.PASSED: {"success": True, "duration": "PT1S", "score": {"scaled": 0.8}},
    Verb.FAILED: {"success": False, "duration": "PT1S", "score": {"scaled": 0.79}},
    Verb.TERMINATED: {"duration": "PT1S"},
}
EXPERIENCED = "http://adlnet.gov/expapi/verbs/experienced"


def statement(verb: str, **changed: Any) -> dict[str, Any]:
    is_judged = verb in {Verb.COMPLETED, Verb.PASSED, Verb.FAILED}
    categories = [] if verb == EXPERIENCED else [{"id": words.CMI5}]
    categories += [{"id": words.MOVE_ON_CATEGORY}] if is_judged else []
    extensions: dict[str, Any] = {words.SESSION: str(OPEN.id)}
    if verb in {Verb.PASSED, Verb.FAILED}:
        extensions[words.MASTERY_SCORE] = 0.8
    whole: dict[str, Any] = {
        "id": str(uuid4()),
        "timestamp": "2026-11-26T09:00:01.000Z",
        "actor": ACTOR,
        "verb": {"id": verb},
        "object": {"id": OPEN.activity_id},
        "context": {
            "registration": str(OPEN.registration),
            "extensions": extensions,
            "contextActivities": {"grouping": [{"id": OPEN.publisher_id}], "category": categories},
        },
        **({"result": dict(RESULTS[verb])} if verb in RESULTS else {}),
    }
    return {**whole, **changed}


def judged(
    session: LaunchSession, given: dict[str, Any], unit: UnitStanding | None = None
) -> tuple[LaunchSession, UnitStanding]:
    return rules.judge(session, unit or UnitStanding(), given, now=NOW + timedelta(seconds=2))


@pytest.mark.parametrize("verb", [Verb.COMPLETED, Verb.PASSED, Verb.FAILED, Verb.TERMINATED, EXPERIENCED])
def test_what_keeps_the_rules_is_taken(verb: str) -> None:
    judged(BEGUN, statement(verb))


def test_a_session_begins_goes_on_and_ends() -> None:
    session, unit = judged(OPEN, statement(Verb.INITIALIZED))
    for verb in (Verb.PASSED, Verb.COMPLETED, Verb.TERMINATED):
        session, unit = judged(session, statement(verb), unit)
    assert session.said.keys() == {Verb.INITIALIZED, Verb.PASSED, Verb.COMPLETED, Verb.TERMINATED}
    assert (unit.passed_at, unit.completed_at, unit.score) == (
        NOW + timedelta(seconds=2),
        NOW + timedelta(seconds=2),
        Decimal("0.8"),
    )
    assert session.terminated_at is not None


def _without(path: str) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for step in way:
            given = given[step]
        del given[last]

    return change


def _with(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for step in way:
            given = given[step]
        given[last] = value

    return change


def _extension(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda given: given["context"]["extensions"].update({name: value})


def _categories(*ids: str) -> Callable[[dict[str, Any]], None]:
    return _with("context.contextActivities.category", [{"id": one} for one in ids])


BOTH = (words.CMI5, words.MOVE_ON_CATEGORY)


@pytest.mark.parametrize(
    "section, verb, change",
    [
        ("9.1", EXPERIENCED, _without("id")),
        ("9.7", EXPERIENCED, _without("timestamp")),
        ("9.7", EXPERIENCED, _with("timestamp", "2026-11-26T09:00:01-06:00")),
        ("9.7", EXPERIENCED, _with("timestamp", "2026-11-26T09:00:01")),
        ("6.3", EXPERIENCED, _with("verb.id", rules.VOIDED)),
        ("9.2", Verb.PASSED, _with("actor", {**ACTOR, "objectType": "Group"})),
        ("9.2", Verb.PASSED, _with("actor", {"mbox": "mailto:a@example.com"})),
        ("9.2", Verb.PASSED, _with("actor", {"account": {"homePage": "https://x.example", "name": "7"}})),
        ("9.3", Verb.PASSED, _with("verb.id", Verb.LAUNCHED.value)),
        ("9.3", Verb.PASSED, _with("verb.id", Verb.SATISFIED.value)),
        ("9.3", Verb.PASSED, _with("verb.id", EXPERIENCED)),
        ("9.3", Verb.PASSED, _with("timestamp", "2026-11-26T08:59:59Z")),
        ("9.3", EXPERIENCED, _with("timestamp", "2026-11-26T08:59:59Z")),
        ("9.4", Verb.PASSED, _with("object.id", "https://example.com/au/one")),
        ("9.4", Verb.PASSED, _with("object", {"objectType": "Agent", **ACTOR, "id": OPEN.activity_id})),
        ("9.6.1", Verb.PASSED, _without("context.registration")),
        ("9.6.1", Verb.PASSED, _with("context.registration", str(UUID(int=3)))),
        ("9.6.1", EXPERIENCED, _with("context.registration", str(UUID(int=3)))),
        ("9.6.3.1", EXPERIENCED, _without("context")),
        ("9.6.3.1", EXPERIENCED, _extension(words.SESSION, str(UUID(int=3)))),
        ("9.6.2", EXPERIENCED, _without("context.contextActivities.grouping")),
        ("9.6.2.2", EXPERIENCED, _categories(words.MOVE_ON_CATEGORY)),
        ("9.6.2.2", Verb.TERMINATED, _categories(*BOTH)),
        ("9.6.2.2", Verb.COMPLETED, _categories(words.CMI5)),
        ("9.6.2.2", Verb.PASSED, _categories(words.CMI5)),
        ("9.6.2.2", Verb.FAILED, _categories(words.CMI5)),
        ("9.5.2", Verb.PASSED, _without("result.success")),
        ("9.5.2", Verb.PASSED, _with("result.success", False)),
        ("9.5.2", Verb.FAILED, _without("result.success")),
        ("9.5.2", Verb.FAILED, _with("result.success", True)),
        ("9.5.2", Verb.COMPLETED, _with("result.success", True)),
        ("9.5.3", Verb.COMPLETED, _without("result.completion")),
        ("9.5.3", Verb.COMPLETED, _with("result.completion", False)),
        ("9.5.3", Verb.PASSED, _with("result.completion", True)),
        ("9.5.4.1", Verb.TERMINATED, _without("result")),
        ("9.5.4.1", Verb.COMPLETED, _without("result.duration")),
        ("9.5.4.1", Verb.PASSED, _without("result.duration")),
        ("9.5.4.1", Verb.FAILED, _without("result.duration")),
        ("9.5.1", Verb.COMPLETED, _with("result.score", {"scaled": 0.5})),
        ("9.5.1", Verb.PASSED, _with("result.score", {"raw": 90, "max": 100})),
        ("9.5.1", Verb.PASSED, _with("result.score", {"raw": 90, "min": 0})),
        ("9.5.1", Verb.FAILED, _with("result.score", {"scaled": -0.5})),
        ("9.3.4", Verb.PASSED, _with("result.score", {"scaled": 0.79})),
        ("9.3.4", Verb.FAILED, _with("result.score", {"scaled": 0.8})),
        ("9.3.4", Verb.FAILED, _with("result.score", {"scaled": 0.9})),
        ("9.6.3.2", Verb.PASSED, _with("context.extensions", {words.SESSION: str(OPEN.id)})),
        ("9.6.3.2", Verb.PASSED, _extension(words.MASTERY_SCORE, 0.7)),
        ("9.6.3.2", Verb.PASSED, _extension(words.MASTERY_SCORE, "0.8")),
        ("9.5.5.1", EXPERIENCED, _with("result", {"extensions": {words.PROGRESS: 101}})),
        ("9.5.5.1", EXPERIENCED, _with("result", {"extensions": {words.PROGRESS: 0.5}})),
    ],
)
def test_a_statement_that_breaks_a_rule_is_refused_by_its_section(
    section: str, verb: str, change: Callable[[dict[str, Any]], None]
) -> None:
    given = statement(verb)
    change(given)
    with pytest.raises(StatementRefused) as refused:
        judged(BEGUN, given)
    assert refused.value.section == section


@pytest.mark.parametrize(
    "section, session, unit, verb",
    [
        ("9.3", OPEN, UnitStanding(), Verb.COMPLETED),
        ("9.3", OPEN, UnitStanding(), EXPERIENCED),
        ("9.3", BEGUN, UnitStanding(), Verb.INITIALIZED),
        ("10.2.1", replace(OPEN, has_read_launch_data=False), UnitStanding(), Verb.INITIALIZED),
        ("11.0", replace(OPEN, has_read_preferences=False), UnitStanding(), Verb.INITIALIZED),
        ("9.3", replace(BEGUN, said={**BEGUN.said, Verb.FAILED: "x"}), UnitStanding(), Verb.PASSED),
        ("9.3", replace(BEGUN, said={**BEGUN.said, Verb.FAILED: "x"}), UnitStanding(), Verb.FAILED),
        ("9.3.3", BEGUN, UnitStanding(completed_at=NOW), Verb.COMPLETED),
        ("9.3.4", BEGUN, UnitStanding(passed_at=NOW), Verb.PASSED),
        ("9.3.4", BEGUN, UnitStanding(passed_at=NOW), Verb.FAILED),
        ("9.3", replace(BEGUN, last_at=NOW + timedelta(minutes=1)), UnitStanding(), Verb.TERMINATED),
        ("9.3.8", replace(BEGUN, terminated_at=NOW), UnitStanding(), EXPERIENCED),
        ("9.3.6", replace(BEGUN, abandoned_at=NOW), UnitStanding(), EXPERIENCED),
        ("8.2.1", replace(BEGUN, opened_at=NOW - timedelta(hours=12)), UnitStanding(), EXPERIENCED),
        *(
            ("10.2.2", replace(BEGUN, mode=mode), UnitStanding(), verb)
            for mode in (LaunchMode.BROWSE, LaunchMode.REVIEW)
            for verb in (Verb.COMPLETED, Verb.PASSED, Verb.FAILED)
        ),
    ],
)
def test_a_statement_out_of_its_time_is_refused(
    section: str, session: LaunchSession, unit: UnitStanding, verb: str
) -> None:
    with pytest.raises(StatementRefused) as refused:
        judged(session, statement(verb), unit)
    assert refused.value.section == section


def test_a_score_without_a_mastery_score_is_the_units_own_business() -> None:
    free = replace(BEGUN, mastery_score=None)
    given = statement(
        Verb.PASSED, result={"success": True, "duration": "PT1S", "score": {"raw": 30, "min": 20, "max": 40}}
    )
    del given["context"]["extensions"][words.MASTERY_SCORE]
    _session, unit = judged(free, given)
    assert unit.score == Decimal("0.5")


def test_a_pass_without_a_score_needs_no_mastery_score() -> None:
    given = statement(Verb.PASSED, result={"success": True, "duration": "PT1S"})
    del given["context"]["extensions"][words.MASTERY_SCORE]
    judged(BEGUN, given)


COMPLETED, PASSED = UnitStanding(completed_at=NOW), UnitStanding(passed_at=NOW)
BOTH_SAID = UnitStanding(completed_at=NOW, passed_at=NOW)
WAIVED, FAILED = UnitStanding(waived_at=NOW), UnitStanding(failed_at=NOW)


@pytest.mark.parametrize(
    "move_on, met",
    [
        (MoveOn.NOT_APPLICABLE, (True, True, True, True, True, True)),
        (MoveOn.COMPLETED, (False, True, False, True, True, False)),
        (MoveOn.PASSED, (False, False, True, True, True, False)),
        (MoveOn.COMPLETED_AND_PASSED, (False, False, False, True, True, False)),
        (MoveOn.COMPLETED_OR_PASSED, (False, True, True, True, True, False)),
    ],
)
def test_a_unit_is_satisfied_as_its_move_on_says(move_on: MoveOn, met: tuple[bool, ...]) -> None:
    unit = _unit("one", move_on=move_on)
    standings = (None, COMPLETED, PASSED, BOTH_SAID, WAIVED, FAILED)
    assert tuple(rules.is_met(unit, one) for one in standings) == met


def _unit(name: str, *, parent: str = "", move_on: MoveOn = MoveOn.COMPLETED) -> AssignableUnit:
    return AssignableUnit(
        identifier=name,
        title={"en": name},
        description={},
        url="index.html",
        is_elsewhere=False,
        parent=parent,
        move_on=move_on,
    )


def _course(*units: AssignableUnit, blocks: tuple[tuple[str, str], ...] = ()) -> CourseStructure:
    return CourseStructure(
        standard=PackageStandard.CMI5,
        identifier="course",
        title="Course",
        titles={"en": "Course"},
        description={},
        units=units,
        blocks=tuple(
            Block(identifier=name, title={"en": name}, description={}, parent=parent)
            for name, parent in blocks
        ),
    )


NESTED = _course(
    _unit("a", parent="inner"),
    _unit("b", parent="outer"),
    _unit("c"),
    blocks=(("outer", ""), ("inner", "outer")),
)


@pytest.mark.parametrize(
    "done, satisfied",
    [
        ((), []),
        (("b",), []),
        (("a",), ["inner"]),
        (("a", "b"), ["inner", "outer"]),
        (("c",), []),
        (("a", "b", "c"), ["inner", "outer", "course"]),
    ],
)
def test_a_block_is_satisfied_by_all_within_it_and_the_course_by_all(
    done: tuple[str, ...], satisfied: list[str]
) -> None:
    assert list(rules.satisfied(NESTED, dict.fromkeys(done, COMPLETED))) == satisfied


@pytest.mark.parametrize(
    "standings, completed, passed, score",
    [
        ({}, False, None, None),
        ({"a": COMPLETED, "b": COMPLETED}, True, None, None),
        ({"a": replace(BOTH_SAID, score=Decimal("0.6")), "b": COMPLETED}, True, True, Decimal("0.6")),
        ({"a": replace(PASSED, score=Decimal("0.6"))}, False, None, Decimal("0.6")),
        ({"a": replace(FAILED, score=Decimal("0.2")), "b": COMPLETED}, False, False, Decimal("0.2")),
        (
            {
                "a": replace(BOTH_SAID, failed_at=NOW, score=Decimal(1)),
                "b": replace(BOTH_SAID, score=Decimal("0.5")),
            },
            True,
            True,
            Decimal("0.75"),
        ),
        ({"a": replace(FAILED, waived_at=NOW), "b": COMPLETED}, True, None, None),
    ],
)
def test_a_registration_amounts_to_what_its_units_said(
    standings: dict[str, UnitStanding], completed: bool, passed: bool | None, score: Decimal | None
) -> None:
    result = rules.roll_up(_course(_unit("a"), _unit("b")), standings)
    assert (result.completed, result.passed, result.score) == (completed, passed, score)


@pytest.mark.parametrize(
    "standing, is_preview, wanted, mode",
    [
        (None, False, None, LaunchMode.NORMAL),
        (None, False, LaunchMode.BROWSE, LaunchMode.BROWSE),
        (None, False, LaunchMode.REVIEW, LaunchMode.REVIEW),
        (COMPLETED, False, None, LaunchMode.NORMAL),
        (BOTH_SAID, False, None, LaunchMode.REVIEW),
        (BOTH_SAID, False, LaunchMode.NORMAL, LaunchMode.REVIEW),
        (WAIVED, False, None, LaunchMode.REVIEW),
        (None, True, LaunchMode.NORMAL, LaunchMode.BROWSE),
        (BOTH_SAID, True, LaunchMode.REVIEW, LaunchMode.BROWSE),
    ],
)
def test_the_mode_follows_from_what_is_left_to_say(
    standing: UnitStanding | None, is_preview: bool, wanted: LaunchMode | None, mode: LaunchMode
) -> None:
    assert rules.mode_for(standing, is_preview=is_preview, wanted=wanted) is mode


def test_the_first_unit_that_is_left_to_do_is_opened() -> None:
    course = _course(_unit("a"), _unit("b", move_on=MoveOn.NOT_APPLICABLE), _unit("c"))
    assert rules.unit_to_open(course, {}, ()).identifier == "a"
    assert rules.unit_to_open(course, {"a": COMPLETED}, ("a",)).identifier == "b"
    assert rules.unit_to_open(course, {"a": COMPLETED}, ("a", "b")).identifier == "c"
    assert rules.unit_to_open(course, {"a": COMPLETED, "c": COMPLETED}, ("a", "b", "c")).identifier == "a"
    assert rules.unit_to_open(course, {}, (), wanted="c").identifier == "c"
    assert rules.unit_to_open(course, {}, (), wanted="nothing").identifier == "a"
    assert [rules.following(course, unit) for unit in course.units] == [*course.units[1:], None]


@pytest.mark.parametrize(
    "language, said",
    [("en", "Valve"), ("de", "Ventil"), ("de-AT", "Ventil"), ("fr", "Valve"), ("DE_at", "Ventil")],
)
def test_a_text_is_said_in_the_readers_language_or_the_first(language: str, said: str) -> None:
    assert rules.said_in({"en-US": "Valve", "de": "Ventil"}, language) == said


@pytest.mark.parametrize(
    "url, whole",
    [
        ("https://x.example/a", "https://x.example/a?endpoint=e&fetch=f%20g"),
        ("https://x.example/a?b=1", "https://x.example/a?b=1&endpoint=e&fetch=f%20g"),
        ("https://x.example/a?b=1#top", "https://x.example/a?b=1&endpoint=e&fetch=f%20g#top"),
    ],
)
def test_the_launchs_parameters_join_those_of_the_address(url: str, whole: str) -> None:
    assert statements.with_parameters(url, {"endpoint": "e", "fetch": "f g"}) == whole


@pytest.mark.parametrize(
    "written, seconds",
    [
        ("PT15S", "15"),
        ("PT1H30M", "5400"),
        ("P1DT0.5S", "86400.5"),
        ("P2W", "1209600"),
        ("PT1,5S", "1.5"),
        ("P1Y", "0"),
        ("x", "0"),
    ],
)
def test_a_duration_is_read_in_seconds(written: str, seconds: str) -> None:
    assert words.seconds_of(written) == Decimal(seconds)
