"""kill -9 of web processes amid SCORM commits: what was answered is kept, nothing counts twice, and lessons go on."""

import html
import json
import random
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.courses.learning.models import ActivityResultRow, ActivityStateRow
from lms.courses.values import Activity, EnrolmentId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import PastAttemptRow, TrackingRow
from tests.packages.packages import course_with, enrol, opening, package
from tests.packages.scorm2004 import FLOW, item, manifest, sequenced_package, sequencing
from tests.support.guests import House, house
from tests.support.hands import PATIENCE_SECONDS, Hand, killing_web, until_told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(360)]

SEEDS = [5, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(300, 310))]
LEARNERS = 4
COMMITS = 4
KILLS = 6
AGAIN = 0.3
OF_ONE_SESSION = {"cmi.core.session_time", "cmi.core.exit", "cmi.session_time", "cmi.exit"}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield a Guildhall on each database."""
    named: dict[str, str] = {}
    if request.param == "postgresql":
        named["LMS_DATABASE_URL"] = request.getfixturevalue("postgres").clone()
    with house(tmp_path_factory.mktemp("commits"), environment=named) as running:
        yield running


@dataclass
class _Attempt:
    """What an attempt at an item must have come to, by what was answered."""

    elements: dict[str, str] = field(default_factory=dict)
    total_seconds: int = 0
    session_seconds: int = 0

    def close(self) -> None:
        """End a session of it: its time joins the total, and how it was left is forgotten."""
        self.total_seconds += self.session_seconds
        self.session_seconds = 0
        self.elements = {name: value for name, value in self.elements.items() if name not in OF_ONE_SESSION}


@dataclass
class _Learner:
    """The page of one learner, which opens a package again and again and sends what got no answer once more."""

    hand: Hand
    activity: Activity
    enrolment_id: EnrolmentId
    chance: random.Random
    session: str = ""
    sequence: int = 0
    answers: int = 0
    """How many questions were answered in the attempts there were."""
    now: dict[str, _Attempt] = field(default_factory=dict)
    past: list[tuple[str, _Attempt]] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    """Every commit that was answered, with its session."""
    openings: int = 0

    @property
    def path(self) -> str:
        raise NotImplementedError

    def learn_until(self, over: threading.Event) -> None:
        """Open the package, learn in it, and leave it, again and again; each answer is compared with what is kept."""
        while self.openings < LEARNERS or not over.is_set():
            self.learn()
            self.openings += 1

    def learn(self) -> None:
        raise NotImplementedError

    def begin(self) -> None:
        with self.hand.home.app.app_context():
            self.session, self.sequence = opening(self.hand.person_id, self.activity), 0

    def post(self, **commit: object) -> Any:
        """Send a commit until it is answered, and now and then a late copy of one that was."""
        self.sequence += 1
        whole = {"item": "", "last": False, "elements": {}, **commit}
        body = json.dumps({**whole, "session": self.session, "sequence": self.sequence}).encode()
        status, told = self.hand.post(self.path, body)
        assert status == 200, told
        self.sent.append((self.session, body))
        if self.chance.random() < AGAIN:
            # As if the answer had been lost.
            status, told = self.hand.post(self.path, body)
            assert status == 200, told
        return json.loads(told)

    def send_a_late_copy(self) -> None:
        """Send something that was answered long ago once more, as a page does whose connection broke."""
        session, body = self.chance.choice(self.sent[-12:])
        status, told = self.hand.post(self.path, body)
        assert status == (200 if session == self.session else 409), told

    def check(self) -> None:
        """Compare what is kept with what was answered."""
        with self.hand.home.app.app_context(), unit_of_work(read_only=True):
            rows = db.session.execute(
                select(TrackingRow.item, TrackingRow.elements, TrackingRow.total_seconds).where(
                    TrackingRow.enrolment_id == self.enrolment_id
                )
            ).all()
            past = db.session.execute(
                select(
                    PastAttemptRow.item,
                    PastAttemptRow.number,
                    PastAttemptRow.elements,
                    PastAttemptRow.total_seconds,
                )
                .where(PastAttemptRow.enrolment_id == self.enrolment_id)
                .order_by(PastAttemptRow.id)
            ).all()
        assert {row.item: (row.elements, row.total_seconds) for row in rows} == {
            name: (one.elements, one.total_seconds) for name, one in self.now.items()
        }
        assert [(row.item, row.elements, row.total_seconds) for row in past] == [
            (name, one.elements, one.total_seconds) for name, one in self.past
        ]
        numbers = {name: [row.number for row in past if row.item == name] for name in self.now}
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())

    def told_seconds(self) -> int:
        """Return the time that the course must have heard of, all in all."""
        every = [*self.now.values(), *(one for _name, one in self.past)]
        return sum(one.total_seconds + one.session_seconds for one in every)


class _Of12(_Learner):
    """One who learns in a SCORM 1.2 package."""

    @property
    def path(self) -> str:
        return f"/learn/packages/{self.activity.id}/commit"

    def learn(self) -> None:
        attempt = self.now.setdefault("I1", _Attempt())
        page = self.hand.get(f"/learn/packages/{self.activity.id}")
        found = re.search(r'data-begin="([^"]*)"', page)
        assert found is not None
        given = json.loads(html.unescape(found[1]))["elements"]
        attempt_before = (
            attempt.elements.get("cmi.core.lesson_location"),
            attempt.elements.get("cmi.suspend_data"),
        )
        spent = attempt.total_seconds + attempt.session_seconds
        assert given["cmi.core.entry"] == ("resume" if self.openings else "ab-initio")
        assert (given.get("cmi.core.lesson_location"), given.get("cmi.suspend_data")) == attempt_before
        assert given["cmi.core.total_time"] == f"{spent // 3600:04}:{spent // 60 % 60:02}:{spent % 60:02}.00"
        self.begin()
        attempt.close()
        for step in range(1, COMMITS + 1):
            is_last = step == COMMITS and self.openings % 2 == 0
            elements = self._elements(step, is_last=is_last)
            told = self.post(item="I1", last=is_last, elements=elements)
            assert told["kept"]
            attempt.elements |= elements
            attempt.session_seconds = step * 7
            if is_last:
                attempt.total_seconds += attempt.session_seconds
                attempt.session_seconds = 0
                del attempt.elements["cmi.core.session_time"]
            self.check()
            if self.chance.random() < AGAIN:
                self.send_a_late_copy()
                self.check()

    def _elements(self, step: int, *, is_last: bool) -> dict[str, str]:
        """Return the whole state of the lesson, as a player sends it with each commit."""
        number = self.answers % 200
        self.answers += 1
        leaving = {"cmi.core.exit": "suspend"} if is_last else {}
        return {
            "cmi.core.lesson_location": f"{self.openings}-{step}",
            "cmi.core.lesson_status": "incomplete",
            "cmi.core.score.raw": str((self.openings * COMMITS + step) % 100),
            "cmi.core.session_time": f"0000:00:{step * 7:02}",
            "cmi.suspend_data": f"{self.openings}:{step}:" + "x" * 500,
            f"cmi.interactions.{number}.id": f"q{self.answers}",
            f"cmi.interactions.{number}.student_response": "a",
            **leaving,
        }


class _Of2004(_Learner):
    """One who learns in a SCORM 2004 package of two lessons, and goes to and fro between them."""

    @property
    def path(self) -> str:
        return f"/learn/packages/{self.activity.id}/sequence"

    def post(self, **commit: object) -> Any:
        return super().post(**{"navigation": "", "mode": "normal", **commit})

    def learn(self) -> None:
        self.begin()
        opened = self.post(navigation="open")["delivery"]
        name, given = opened["item"], opened["elements"]
        attempt = self._resumed(name, given) if name in self.now else self._new(name, given)
        self._commit_some(name, attempt)
        if self.openings % 3 == 0:
            return  # the window is closed, without a word
        if self.openings % 3 == 1:
            elements = {"cmi.exit": "suspend", "cmi.session_time": "PT40S"}
            told = self.post(item=name, last=True, elements=elements, navigation="suspendAll")
            assert told["ended"]
            self._end(attempt, elements, 40)
            self.check()
            return
        elements = {"cmi.session_time": "PT50S"}
        way = "continue" if name == "one" else "previous"
        told = self.post(item=name, last=True, elements=elements, navigation=way)
        other = told["delivery"]["item"]
        assert other == ("two" if name == "one" else "one"), "a way was gone twice, or not at all"
        self._end(attempt, elements, 50)
        self._commit_some(other, self._new(other, told["delivery"]["elements"]))

    def _resumed(self, name: str, given: Mapping[str, str]) -> _Attempt:
        attempt = self.now[name]
        attempt.close()
        assert given["cmi.entry"] == "resume"
        assert given["cmi.location"] == attempt.elements["cmi.location"]
        assert given["cmi.total_time"] == f"PT{attempt.total_seconds}S"
        return attempt

    def _new(self, name: str, given: Mapping[str, str]) -> _Attempt:
        if name in self.now:
            self.past.append((name, self.now[name]))
        self.now[name] = _Attempt()
        assert given["cmi.entry"] == "ab-initio"
        assert given.get("cmi.location", "") == ""
        return self.now[name]

    def _commit_some(self, name: str, attempt: _Attempt) -> None:
        for step in range(1, COMMITS + 1):
            number = self.answers % 200
            self.answers += 1
            elements = {
                "cmi.location": f"{self.openings}-{step}",
                "cmi.completion_status": "incomplete",
                "cmi.score.raw": str(step),
                "cmi.session_time": f"PT{step * 9}S",
                f"cmi.interactions.{number}.id": f"q{self.answers}",
                f"cmi.interactions.{number}.type": "choice",
                f"cmi.interactions.{number}.learner_response": "a",
            }
            assert self.post(item=name, elements=elements)["is_kept"]
            attempt.elements |= elements
            attempt.session_seconds = step * 9
            self.check()
            if self.chance.random() < AGAIN:
                self.send_a_late_copy()
                self.check()

    def _end(self, attempt: _Attempt, elements: Mapping[str, str], seconds: int) -> None:
        attempt.elements |= elements
        attempt.session_seconds = seconds
        del attempt.elements["cmi.session_time"]
        attempt.total_seconds += attempt.session_seconds
        attempt.session_seconds = 0


def _learners(home: House, seed: int) -> Sequence[_Learner]:
    with unit_of_work(), acting_as(SYSTEM):
        plain = course_with(package({"index.html": "x"}), slug=f"plain-{seed}")
        two = manifest(item("one"), item("two"), sequencing(FLOW))
        sequenced = course_with(sequenced_package(two), slug=f"sequenced-{seed}")
        people = [
            (kind, activity, person_id, enrol(person_id, activity))
            for number in range(LEARNERS)
            for kind, activity in ((_Of12, plain), (_Of2004, sequenced))
            for person_id in [_person(home, f"{activity.id}-{number}")]
        ]
    return [
        # Seeded, so that it can be repeated.
        kind(Hand(home, person_id), activity, enrolment_id, random.Random(f"{seed}-{number}"))  # noqa: S311
        for number, (kind, activity, person_id, enrolment_id) in enumerate(people)
    ]


def _person(home: House, name: str) -> PersonId:
    person_id = identity.add_person(
        email=f"{name}@example.com", name=f"Person {name}", now=clock.now(), showcase_line="In the tests"
    )
    identity.employ(
        person_id=person_id,
        organisation_id=home.cast.brixham,
        position_id=home.cast.sales_rep,
        region_id=None,
        now=clock.now(),
    )
    return person_id


@pytest.mark.parametrize("seed", SEEDS)
def test_commits_sent_while_web_processes_die_are_kept_count_once_and_lessons_go_on(home, seed):
    learners = _learners(home, seed)
    over = threading.Event()
    with ThreadPoolExecutor(len(learners)) as pool, killing_web(home, seed) as killed:
        learning = [pool.submit(one.learn_until, over) for one in learners]
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and not any(done.done() for done in learning):
            if killed() >= KILLS and _interruptions(learners) >= KILLS:
                break
            time.sleep(0.1)
        over.set()
        for done in learning:
            done.result(PATIENCE_SECONDS)
    assert killed() >= KILLS
    assert _interruptions(learners) >= KILLS
    until_told(home)
    for one in learners:
        one.check()
        _say_all(one)
    _check_course(learners)
    db.session.remove()


def _interruptions(learners: Sequence[_Learner]) -> int:
    return sum(one.hand.interrupted.count(one.path) for one in learners)


def _say_all(learner: _Learner) -> None:
    """Let a SCORM 1.2 lesson end: then the course has heard of all its time."""
    if isinstance(learner, _Of12):
        learner.openings += learner.openings % 2
        learner.learn()


def _check_course(learners: Sequence[_Learner]) -> None:
    with unit_of_work(read_only=True):
        states = select(ActivityStateRow.enrolment_id, ActivityStateRow.seconds)
        seconds = {row.enrolment_id: row.seconds for row in db.session.execute(states)}
        sums = select(ActivityResultRow.enrolment_id, func.sum(ActivityResultRow.seconds).label("seconds"))
        results = {
            row.enrolment_id: row.seconds
            for row in db.session.execute(sums.group_by(ActivityResultRow.enrolment_id))
        }
    wanted = {one.enrolment_id: one.told_seconds() for one in learners}
    assert {one: seconds[one] for one in wanted} == wanted, "time is lost, or counts twice"
    assert {one: results[one] for one in wanted} == wanted
