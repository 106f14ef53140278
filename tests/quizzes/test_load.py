"""Three hundred people in one exam for ten minutes: nobody waits, and no answer is refused."""

import statistics

import pytest

from bench.exam_sittings import EVERY_SECONDS, PEOPLE, answer_for, exam_hall

pytestmark = [pytest.mark.proof, pytest.mark.slow, pytest.mark.timeout(1800)]

SECONDS = 600.0
P99_SECONDS = 0.25


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_three_hundred_people_answer_every_five_seconds_for_ten_minutes_and_none_waits(
    database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres").clone() if database == "postgresql" else None
    with exam_hall(url) as (running, exam, people, token):
        waits = answer_for(SECONDS, running, exam, people, token)
    assert len(waits) >= PEOPLE * SECONDS / EVERY_SECONDS * 0.98
    assert statistics.quantiles(waits, n=100)[98] < P99_SECONDS
