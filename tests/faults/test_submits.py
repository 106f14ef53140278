"""kill -9 of web processes amid many submits: what was acknowledged is there, and nothing is there twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.courses.learning.models import ActivityResultRow, CompletionRow
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from lms.portal.deals import facade as deals
from lms.portal.deals.models import DealHistory, DealRow
from lms.portal.deals.values import DealState, Verb
from lms.quizzes.attempts.models import AttemptRow
from tests.quizzes.exams import RIGHT, enrol, set_up_exam, sitting
from tests.quizzes.exams import start as start_attempt
from tests.support.guests import House, house
from tests.support.hands import PATIENCE_SECONDS, Hand, killing_web, until_told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(360)]

SEEDS = [7, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(100, 120))]
HANDS = 10
INTERRUPTIONS = 8


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield one Guildhall for all tests of this file."""
    with house(tmp_path_factory.mktemp("submits")) as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
def test_deals_submitted_while_web_processes_die_are_each_there_and_submitted_once(home, seed):
    product_id = _product(home)
    hands = [Hand(home, home.cast.amara) for _ in range(HANDS)]
    acknowledged: list[UUID] = []

    def submit(hand: Hand) -> None:
        while killed() < INTERRUPTIONS or _interruptions(hands) < INTERRUPTIONS:
            key = new_id()
            assert hand.send("/deals/new", _deal(key, product_id)) == f"/deals/{key}"
            acknowledged.append(key)

    with killing_web(home, seed) as killed:
        _all_at_once(hands, submit)
    until_told(home)
    assert len(acknowledged) == len(set(acknowledged)) > HANDS
    rows = {row.id: row for row in db.session.scalars(select(DealRow).where(DealRow.id.in_(acknowledged)))}
    assert {row.state for row in rows.values()} == {DealState.SUBMITTED}
    assert rows.keys() == set(acknowledged)
    assert len({row.number for row in rows.values()}) == len(rows)
    once = dict.fromkeys(acknowledged, 1)
    submits = select(DealHistory.deal_id).where(DealHistory.verb == Verb.SUBMIT)
    assert Counter(one for one in db.session.scalars(submits) if one in once) == once
    told = [f"/deals/queue/{key}" for key in acknowledged]
    notices = Counter(db.session.scalars(select(NoticeRow.url).where(NoticeRow.person_id == home.cast.jonas)))
    assert {url: notices[url] for url in told} == dict.fromkeys(told, 1)
    db.session.remove()


def _product(home: House) -> UUID:
    with unit_of_work(), acting_as(SYSTEM):
        return deals.add_product(code=f"HC-{new_id()}"[:20], name="Controller", brand_id=home.cast.cold)


def _deal(key: UUID, product_id: UUID) -> dict[str, object]:
    return {
        "key": key,
        "customer_name": f"Customer {key}",
        "customer_domain": f"{key}.example",
        "customer_country": "GB",
        "title": "Eleven cold rooms",
        "lines-0-product_id": product_id,
        "lines-0-quantity": 11,
        "amount": "36,000.00",
        "currency": "GBP",
        "expected_close_on": (clock.now() + timedelta(days=60)).date().isoformat(),
        "source": "partner",
        "then": "submit",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_and_exams_handed_in_while_web_processes_die_are_kept_and_marked_once(home, seed):
    course_id, exam = set_up_exam(slug=f"exam-{seed}", attempts_allowed=1)
    people = _people(home, seed, 40)
    hands = [Hand(home, person_id) for person_id in people]
    for person_id in people:
        enrol(person_id, course_id)
    attempts = {person_id: start_attempt(exam.id, person_id) for person_id in people}

    def take(hand: Hand) -> None:
        path = f"/learn/exams/{attempts[hand.person_id]}"
        for number, given in enumerate(RIGHT, start=1):
            fields = {name.replace("answer", f"q{number}"): values for name, values in given.items()}
            hand.send(f"{path}/{number}", {"slot": number, "key": new_id(), "go": "check", **fields})
            with home.app.app_context():
                kept = sitting(attempts[hand.person_id], hand.person_id).slots[number - 1]
            assert kept.is_answered, "an answer that was acknowledged is lost"
        hand.send(f"{path}/finish", {})

    with killing_web(home, seed) as killed:
        _all_at_once(hands, take)
    assert killed() > 0
    assert _interruptions(hands) > 0
    until_told(home)
    rows = db.session.scalars(select(AttemptRow).where(AttemptRow.activity_key == exam.key)).all()
    assert Counter(row.person_id for row in rows) == dict.fromkeys(people, 1), "nobody has a second attempt"
    assert all(row.passed and row.score == 1 for row in rows), "an answer was lost"
    results = select(ActivityResultRow.enrolment_id).where(ActivityResultRow.activity_id == exam.id)
    assert set(Counter(db.session.scalars(results)).values()) == {1}
    completions = select(CompletionRow.person_id).where(CompletionRow.course_id == course_id)
    assert Counter(db.session.scalars(completions)) == dict.fromkeys(people, 1)
    db.session.remove()


def _people(home: House, seed: int, count: int) -> Sequence[PersonId]:
    with unit_of_work(), acting_as(SYSTEM):
        found = []
        for number in range(count):
            person_id = identity.add_person(
                email=f"p{number}-{seed}@example.com",
                name=f"Person {number}",
                now=clock.now(),
                showcase_line="In the tests",
            )
            identity.employ(
                person_id=person_id,
                organisation_id=home.cast.brixham,
                position_id=home.cast.sales_rep,
                region_id=None,
                now=clock.now(),
            )
            found.append(person_id)
    return found


def _interruptions(hands: Sequence[Hand]) -> int:
    return sum(len(hand.interrupted) for hand in hands)


def _all_at_once(hands: Sequence[Hand], act: Callable[[Hand], None]) -> None:
    with ThreadPoolExecutor(HANDS) as pool:
        for done in [pool.submit(act, hand) for hand in hands]:
            done.result(PATIENCE_SECONDS * 2)
