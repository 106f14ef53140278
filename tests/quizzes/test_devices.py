"""An attempt belongs to one device at a time: another is told so, takes over with a code, and nothing is lost by it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from lms.app.portal import Portal
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Actor, Role
from lms.kernel.errors import Invalid, NotFound, TooMany
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries, service
from lms.quizzes.attempts.values import Saved
from lms.quizzes.errors import OtherDevice
from lms.quizzes.values import AttemptId, SittingRules
from tests.quizzes.exams import RIGHT, actor_of, enrol, set_up_exam, sitting
from tests.quizzes.test_attempts import at_once
from tests.quizzes.test_exam_pages import SCRIPT, named
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
ONE = SittingRules(one_device=True)


def on(person_id: PersonId, device: str) -> Actor:
    return replace(actor_of(person_id), device=device)


def begun(cast: Cast, device: str = "laptop", **rules: object) -> AttemptId:
    course_id, exam = set_up_exam(**{"sitting": ONE, **rules})  # type: ignore[arg-type]  # the rules alone
    enrol(cast.amara, course_id)
    with unit_of_work():
        return service.start_attempt(activity_id=exam.id, actor=on(cast.amara, device), now=clock.now())


def answer(attempt: AttemptId, cast: Cast, device: str, slot: int = 1) -> Saved:
    return service.save_answer(
        attempt_id=attempt,
        slot=slot,
        form=RIGHT[slot - 1],
        client_key=uuid4(),
        actor=on(cast.amara, device),
        now=clock.now(),
    )


def code_from(attempt: AttemptId, cast: Cast, device: str = "laptop") -> str:
    with unit_of_work():
        return service.offer_handover(attempt_id=attempt, actor=on(cast.amara, device), now=clock.now())


def take(attempt: AttemptId, cast: Cast, code: str, device: str = "phone") -> None:
    service.take_over(attempt_id=attempt, code=code, actor=on(cast.amara, device), now=clock.now())


def test_another_device_answers_flags_checks_and_finishes_nothing(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    with unit_of_work():
        answer(attempt, cast, "laptop")
    phone = on(cast.amara, "phone")
    for act in (
        lambda: answer(attempt, cast, "phone"),
        lambda: service.flag(attempt_id=attempt, slot=1, is_flagged=True, actor=phone),
        lambda: service.finish_attempt(attempt_id=attempt, actor=phone, now=clock.now()),
        lambda: service.offer_handover(attempt_id=attempt, actor=phone, now=clock.now()),
    ):
        with pytest.raises(OtherDevice), unit_of_work():
            act()


def test_a_code_hands_over_once_and_the_first_device_is_refused_from_then_on(app: Portal, cast: Cast) -> None:
    attempt = begun(cast)
    code = code_from(attempt, cast)
    with unit_of_work():
        take(attempt, cast, code.lower())
    with unit_of_work():
        answer(attempt, cast, "phone", 2)
    with pytest.raises(OtherDevice), unit_of_work():
        answer(attempt, cast, "laptop")
    with pytest.raises(Invalid), unit_of_work():
        take(attempt, cast, code, "laptop")


def test_a_code_holds_for_ten_minutes_and_a_newer_one_voids_it(app: Portal, cast: Cast) -> None:
    with clock.frozen_at(clock.now()) as advance:
        attempt = begun(cast)
        old, code = code_from(attempt, cast), code_from(attempt, cast)
        with pytest.raises(Invalid), unit_of_work():
            take(attempt, cast, old)
        advance(timedelta(minutes=10))
        with pytest.raises(Invalid), unit_of_work():
            take(attempt, cast, code)


def test_nobody_guesses_codes(app: Portal, cast: Cast, visit: Visit) -> None:
    attempt = begun(cast)
    code_from(attempt, cast)
    amara = visit(cast.amara)
    told = [
        amara.post(f"/learn/exams/{attempt}/take-over", {"code": f"AAAA-AAA{place}"}).status_code
        for place in range(2, 12)
    ]
    assert told[0] == 409
    assert told[-1] == 429
    with pytest.raises(TooMany), unit_of_work():
        take(attempt, cast, "AAAA-AAAA")


def test_a_supervisor_hands_over_for_whose_device_is_gone_and_nobody_else_does(
    app: Portal, cast: Cast
) -> None:
    attempt = begun(cast)
    for stranger in (
        actor_of(cast.ruth),
        actor_of(cast.ruth, Role.PARTNER_ADMIN),
        actor_of(cast.odd, Role.AUDITOR),
    ):
        with pytest.raises(NotFound), unit_of_work():
            service.offer_handover(attempt_id=attempt, actor=stranger, now=clock.now())
    with unit_of_work():
        trainer = actor_of(cast.tomas, Role.TRAINER)
        code = service.offer_handover(attempt_id=attempt, actor=trainer, now=clock.now())
    with pytest.raises(NotFound), unit_of_work():
        service.take_over(attempt_id=attempt, code=code, actor=on(cast.ruth, "phone"), now=clock.now())
    with unit_of_work():
        take(attempt, cast, code)
    assert sitting(attempt, cast.amara).attempt.device == "phone"


def test_of_two_devices_that_bring_one_code_at_once_one_takes_over_and_no_answer_is_between(
    app: Portal, cast: Cast
) -> None:
    attempt = begun(cast)
    code = code_from(attempt, cast)

    def by(device: str) -> Callable[[], Any]:
        return lambda: take(attempt, cast, code, device)

    outcomes = at_once(app, by("phone"), by("tablet"), lambda: answer(attempt, cast, "laptop"), by("watch"))
    takers = [one for place, one in enumerate(outcomes) if place != 2]
    assert sorted(type(one).__name__ for one in takers) == ["Invalid", "Invalid", "NoneType"]
    assert isinstance(outcomes[2], Saved | OtherDevice)
    done = sitting(attempt, cast.amara)
    assert done.attempt.device in {"phone", "tablet", "watch"}
    assert done.slots[0].is_answered is isinstance(outcomes[2], Saved)


def test_two_devices_that_begin_at_once_share_one_attempt_and_one_of_them_has_it(
    app: Portal, cast: Cast
) -> None:
    course_id, exam = set_up_exam(sitting=ONE)
    enrol(cast.amara, course_id)

    def begin(device: str) -> Callable[[], Any]:
        actor = on(cast.amara, device)
        return lambda: service.start_attempt(activity_id=exam.id, actor=actor, now=clock.now())

    made = at_once(app, *[begin(f"device {number}") for number in range(4)])
    assert len(set(made)) == 1
    device = sitting(made[0], cast.amara).attempt.device
    outcomes = at_once(
        app, *[lambda number=number: answer(made[0], cast, f"device {number}") for number in range(4)]
    )
    assert [isinstance(one, Saved) for one in outcomes] == [
        device == f"device {number}" for number in range(4)
    ]


def test_an_attempt_without_the_rule_is_taken_on_as_many_devices_as_ever(app: Portal, cast: Cast) -> None:
    attempt = begun(cast, sitting=SittingRules())
    with unit_of_work():
        answer(attempt, cast, "phone")
    assert sitting(attempt, cast.amara).attempt.device is None


def test_the_pages_refuse_the_second_browser_let_it_take_over_and_keep_what_the_first_sends_after(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(minutes=40, sitting=ONE)
    enrol(cast.amara, course_id)
    laptop, phone = visit(cast.amara), visit(cast.amara)
    start = f"/learn/exams/{exam.id}/start"
    laptop.get(start)
    address = laptop.post(start).location
    attempt = AttemptId(sitting_id(cast))
    assert laptop.post(address, {"slot": "1", **named(1)}, headers=SCRIPT).status_code == 200
    assert "one device at a time" in phone.get(start).text
    assert phone.post(start).location == address.replace("/1", "/2")
    refused = phone.get(address)
    assert (refused.status_code, "under way on another device" in refused.text) == (409, True)
    assert "Relief valve" not in refused.text
    assert "relief valve opens" not in refused.text
    told = phone.post(address, {"slot": "2", **named(2)}, headers=SCRIPT)
    assert told.status_code == 409
    assert told.json is not None
    assert "another device" in told.json["detail"]
    shown = laptop.post(f"/learn/exams/{attempt}/handover").text
    (code,) = re.findall(r"data-code>([A-Z0-9-]+)<", shown)
    assert phone.post(f"/learn/exams/{attempt}/take-over", {"code": "WRONG"}).status_code == 409
    for _click in range(2):
        assert phone.post(f"/learn/exams/{attempt}/take-over", {"code": code}).status_code == 303
    assert "Question 1 of 6" in phone.get(address).text
    assert laptop.get(address).status_code == 409
    late = laptop.post(address, {"slot": "3", "key": str(uuid4()), **named(3)}, headers=SCRIPT)
    assert late.json is not None
    assert "a trainer decides" in late.json["detail"]
    assert laptop.post(f"/learn/exams/{attempt}/finish").location.endswith("/1")
    with unit_of_work(read_only=True):
        assert {one.slot for one in queries.list_late(cast.amara)} == {2, 3}
    with counted_queries() as saved:
        phone.post(address, {"slot": "4", "key": str(uuid4()), **named(4)}, headers=SCRIPT)
    assert len(saved) <= 4, saved


def sitting_id(cast: Cast) -> AttemptId:
    with unit_of_work():
        return queries.lock_open(cast.amara, None)[0].id


def test_whoever_watches_sees_who_sits_in_the_exam_and_gives_a_code(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(sitting=ONE)
    enrol(cast.amara, course_id)
    visit(cast.amara).post(f"/learn/exams/{exam.id}/start")
    tomas, address = visit(cast.tomas), f"/author/quizzes/{exam.config['quiz_id']}/under-way"
    page = tomas.get(address).text
    assert "Amara Osei" in page
    tomas.post(address, {"attempt": str(sitting_id(cast))})
    assert re.search(r"The code is [A-Z2-9]{4}-[A-Z2-9]{4}\.", tomas.get(address).text)
    assert visit(cast.ruth).get(address).status_code == 403
    assert visit(cast.odd).post(address, {"attempt": str(sitting_id(cast))}).status_code == 403
