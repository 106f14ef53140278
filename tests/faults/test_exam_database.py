"""The database's server dies in the middle of an exam and comes back; only PostgreSQL has one."""

import http
import time
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bench.exam_sittings import ASKED, begin, exam_hall, give
from bench.learners import Browser
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AnswerRow, AttemptRow, SlotRow
from tests.support.postgres import own_server

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.timeout(180)]

PATIENCE_SECONDS = 60.0


def test_answers_given_before_during_and_after_a_crash_of_the_database_are_kept_once_each() -> None:
    with own_server() as server, exam_hall(server.url, count=1) as (running, exam, (learner,), token):
        browser = Browser(running, learner, token)
        attempt = begin(browser, exam)
        give(browser, attempt, 1, "b")
        db.session.remove()
        server.crash()
        form = {"slot": "2", "key": str(uuid4()), "q2": "b"}
        refused = browser.try_to_post(f"{attempt}/2", form)
        assert refused == http.HTTPStatus.SERVICE_UNAVAILABLE, (
            "a page must hear that it is to send this again"
        )
        assert running.get("/readyz")[0] == http.HTTPStatus.SERVICE_UNAVAILABLE
        server.start()
        # The page that heard nothing sends it again, as its queue does, and once more than it has to. Each web process
        # may have a line of before the crash that it has not asked for a second.
        for _time in range(3):
            until = time.monotonic() + PATIENCE_SECONDS
            while (status := browser.try_to_post(f"{attempt}/2", form)) != http.HTTPStatus.OK:
                assert time.monotonic() < until, f"the exam does not go on: {status}"
                time.sleep(0.2)
        for slot in range(3, ASKED + 1):
            give(browser, attempt, slot, "b")
        told, _said = browser.post(f"{attempt}/finish", {})
        assert urlsplit(told).path.endswith("/result")
        page = browser.get(told)
        assert b"You passed" in page
        browser.close()
        with unit_of_work(read_only=True):
            assert db.session.scalar(select(func.count()).select_from(AttemptRow)) == 1
            assert db.session.scalar(select(func.count()).select_from(AnswerRow)) == ASKED
            given = db.session.scalars(select(SlotRow).order_by(SlotRow.number)).all()
            assert [one.answer_count for one in given] == [1] * ASKED
