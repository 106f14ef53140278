"""kill -9 of the worker amid digests: every notice is in one letter, and every letter reaches its reader."""

import contextlib
import re
import time
from collections import Counter
from datetime import timedelta

import psutil
import pytest
from sqlalchemy import func, select

from lms.courses import handlers
from lms.identity import facade as identity
from lms.identity.values import PersonState
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.mail import Mail, MailState
from lms.kernel.uow import unit_of_work
from lms.notifications import facade, service
from lms.notifications.models import WaitingNotice
from lms.notifications.values import Delivery, LetterHours, NoticeGroup
from tests.support.guests import House, house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE, EACH = 240, 4
KILLS = [2, pytest.param(5, marks=pytest.mark.proof)]


def _kill_workers(home: House) -> int:
    killed = 0
    for process in psutil.Process(home.running.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "lms worker" in " ".join(process.cmdline()):
                process.kill()
                killed += 1
    return killed


def _count(model: type, *where: object) -> int:
    db.session.remove()
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def _tell_everybody() -> None:
    """Let everybody wait for a digest that is due at once when the clock moves on by a day."""
    with unit_of_work():
        people = [
            identity.add_person(
                email=f"p{number}@example.com",
                name=f"Person {number}",
                now=clock.now(),
                state=PersonState.ACTIVE,
            )
            for number in range(PEOPLE)
        ]
    hours = LetterHours(time_zone="UTC", digest_minute=clock.now().hour * 60, weekday=0, quiet=None)
    for start in range(0, PEOPLE, 100):
        with unit_of_work():
            for person_id in people[start : start + 100]:
                service.choose(
                    person_id=person_id,
                    deliveries={NoticeGroup.LEARNING: Delivery.DAILY},
                    hours=hours,
                    now=clock.now(),
                )
    for number in range(EACH):
        with unit_of_work():
            facade.notify(handlers.ASSIGNED, to=people, values={"course": f"Course {number}."}, url="/learn")


@pytest.mark.parametrize("kills", KILLS)
def test_a_worker_that_is_killed_again_and_again_writes_each_notice_into_one_letter(tmp_path, mailbox, kills):
    mail_url = f"{mailbox.url}?from=portal@halden.example"
    with house(tmp_path / "house", environment={"LMS_MAIL_URL": mail_url}) as home:
        _tell_everybody()
        assert _count(WaitingNotice) == PEOPLE * EACH
        shift = timedelta(days=1).total_seconds()
        home.move_clock(shift)
        in_the_middle, seen = 0, 0
        deadline = time.monotonic() + 150
        while _count(WaitingNotice) and time.monotonic() < deadline:
            written = _count(Mail)
            if in_the_middle < kills and written > seen:
                in_the_middle += bool(_kill_workers(home) and written < PEOPLE)
                seen = written + PEOPLE // (kills + 2)
            time.sleep(0.02)
        assert in_the_middle >= 2, "nobody was killed in the middle"
        assert _count(WaitingNotice) == 0
        while _count(Mail, Mail.state != MailState.SENT) and time.monotonic() < deadline + 100:
            # What a dead worker held is free again once its lease has run out.
            shift += 60
            home.move_clock(shift)
            time.sleep(0.5)
        with unit_of_work(read_only=True):
            kept = db.session.execute(select(Mail.to, Mail.text, Mail.message_id)).all()
        told = Counter((to, course) for to, text, _id in kept for course in re.findall(r"Course \d+\.", text))
        assert len(kept) == PEOPLE
        assert set(told.values()) == {1}
        assert len(told) == PEOPLE * EACH
        arrived: dict[str, set[str]] = {}
        for letter in mailbox.mails:
            arrived.setdefault(letter["To"], set()).add(letter["Message-ID"].strip())
        # Twice at most under one Message-ID, by which mail systems drop the copy.
        assert arrived == {to: {message_id} for to, _text, message_id in kept}
