"""Pages of essays and files: writing without script, waiting, the marking queue, the result, and what each costs."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from lms.app.portal import Portal
from lms.kernel.uow import unit_of_work
from lms.quizzes.values import Layout, Review, Text
from lms.quizzes.views.checks import KnowledgeChecks
from tests.quizzes.by_hand import ESSAY, PICTURE, exam_of, handed_in, mark, sat, send, waiting
from tests.quizzes.exams import LEAK, VALVE, WIRING, enrol, finish, sitting, start
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def amara(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.amara)


@pytest.fixture
def tomas(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.tomas)


def file_of(name: str = "plan.png", content: bytes = PICTURE) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_an_essay_is_written_handed_in_and_marked_without_a_line_of_script(
    app: Portal, cast: Cast, amara: Visitor, tomas: Visitor
) -> None:
    course_id, exam = exam_of((LEAK,), review=Review.MARKS)
    enrol(cast.amara, course_id)
    asked = amara.get(amara.post(f"/learn/exams/{exam.id}/start").location)
    assert "At least 5 words." in asked.text
    assert "clear the room" not in asked.text, "what is said to markers is no affair of learners"
    attempt = re.findall(r"/learn/exams/([0-9a-f-]{36})/1", asked.text)[0]
    amara.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1": "Too short.", "go": "1"})
    assert "2 words so far; 5 are asked for." in amara.get(f"/learn/exams/{attempt}/1").text
    amara.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1": ESSAY["answer"], "go": "check"})
    result = amara.get(amara.post(f"/learn/exams/{attempt}/finish").location).text
    assert "Waits to be marked" in result
    assert "There is no result yet" in result
    assert "Not passed" not in result
    assert "Try again" not in result
    assert ESSAY["answer"][0] in result
    assert "Your answers wait to be marked" in amara.get(f"/learn/exams/{exam.id}/start").text

    queue = tomas.get("/author/marking").text
    address = re.findall(r"/author/marking/[0-9a-f-]{36}", queue)[0]
    tomas.post(f"{address}/take")
    item = tomas.get(address).text
    for said in ("A customer reports a smell", ESSAY["answer"][0], "clear the room", "People leave first"):
        assert said in item
    unfinished = tomas.post(address, {"seen": "0", "level-0": "1", "do": "decide"})
    assert unfinished.status_code == 422
    decided = {"seen": "0", "level-0": "1", "level-1": "1", "comment": "Say who calls whom.", "do": "decide"}
    assert tomas.post(address, decided).status_code == 303
    result = amara.get(f"/learn/exams/{attempt}/result").text
    for said in ("You passed with 80%.", "Say who calls whom.", "Some order", "Tomas"):
        assert said in result


def test_a_file_is_sent_taken_out_and_kept_by_the_page_alone(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = exam_of((WIRING, VALVE), layout=Layout.ALL)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    here = f"/learn/exams/{attempt}/1"
    assert 'enctype="multipart/form-data"' in amara.get(here).text
    sent = {"slot": ["1", "2"], "q2": "b", "q1-file": file_of(), "go": "1"}
    assert amara.post(here, sent).status_code == 303
    slots = sitting(attempt, cast.amara).slots
    assert [slot.is_answered for slot in slots] == [True, True], "the button saves what else the page holds"
    page = amara.get(here).text
    (address,) = set(re.findall(r"/learn/exams/files/[0-9a-f-]{36}", page))
    assert "plan.png" in page
    served = amara.get(address)
    assert (served.data, served.mimetype) == (PICTURE, "image/png")
    assert "sandbox" in served.headers["Content-Security-Policy"]
    refused = {"slot": ["1", "2"], "q2": "a", "q1": address[-36:], "q1-file": file_of("plan.exe"), "go": "1"}
    assert amara.post(here, refused).status_code == 303
    assert "no kind of file" in amara.get(here).text
    assert (sitting(attempt, cast.amara).slots[1].given or {})["key"] == "a", (
        "what was picked beside it is lost"
    )
    amara.post(here, {"slot": "1", "q1": address[-36:], "remove": f"1:{address[-36:]}"})
    assert not sitting(attempt, cast.amara).slots[0].is_answered


def test_a_script_is_told_what_an_answer_consists_of_then(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = exam_of((WIRING,))
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    told = amara.post(
        f"/learn/exams/{attempt}/1",
        {"slot": "1", "key": str(uuid4()), "q1-file": file_of()},
        headers=SCRIPT,
    ).get_json()
    assert (told["answered"], [one["name"] for one in told["files"]]) == (True, ["plan.png"])
    refused = amara.post(
        f"/learn/exams/{attempt}/1",
        {"slot": "1", "key": str(uuid4()), "q1-file": file_of("plan.exe")},
        headers=SCRIPT,
    )
    assert refused.status_code == 422
    assert [one["field"] for one in refused.get_json()["errors"]] == ["q1-file"]


def test_three_gigabytes_are_refused_before_they_are_read(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = exam_of((WIRING,))
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    refused = amara.post(
        f"/learn/exams/{attempt}/1",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(3 << 30)},
        input_stream=io.BytesIO(b"--x"),
    )
    assert refused.status_code == 413
    assert "larger than this page takes" in refused.text
    assert not sitting(attempt, cast.amara).slots[0].is_answered


def test_a_file_is_for_its_owner_and_who_marks_it(
    app: Portal, cast: Cast, visit: Visit, tomas: Visitor
) -> None:
    course_id, exam = exam_of((WIRING,), blind=True)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    send(attempt, 1, cast.amara, "amara-osei.png")
    page = visit(cast.amara).get(f"/learn/exams/{attempt}/1").text
    (address,) = set(re.findall(r"/learn/exams/files/[0-9a-f-]{36}", page))
    assert tomas.get(address).status_code == 404, "it is not handed in yet"
    finish(attempt, cast.amara)
    served = tomas.get(address)
    assert served.data == PICTURE
    assert "amara" not in served.headers["Content-Disposition"]
    assert visit(cast.nils).get(address).status_code == 404


def test_no_page_of_the_queue_tells_whose_answer_it_is_until_it_is_marked(
    app: Portal, cast: Cast, tomas: Visitor, visit: Visit
) -> None:
    course_id, exam = exam_of((WIRING,), blind=True)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    send(attempt, 1, cast.amara, "amara-osei.png")
    finish(attempt, cast.amara)
    (work,) = waiting(app, cast.tomas)
    for address in ("/author/marking", f"/author/marking/{work.id}"):
        page = tomas.get(address).text.lower()
        assert "without name" in page
        for telling in ("amara", "osei", "northway", str(cast.amara)):
            assert telling not in page, (address, telling)
    team = visit(cast.ada).get("/team/hand-ins").text
    assert "Wiring plan" in team
    assert "Amara" not in team, "who marks learns it from the team's list"
    mark(app, cast.tomas, work, (4,))
    assert "Amara Osei" in tomas.get(f"/author/marking/{work.id}").text
    assert "Amara Osei" in tomas.get("/author/marking?show=marked").text


def test_pages_of_marking_cost_no_more_with_more_of_it(
    app: Portal, cast: Cast, amara: Visitor, tomas: Visitor
) -> None:
    few_course, few = exam_of((VALVE, LEAK), slug="few")
    enrol(cast.amara, few_course)
    one = handed_in(few, cast.amara)
    many_course, many = exam_of(
        (VALVE, LEAK, *(replace(LEAK, title=f"Leak {n}", stem=Text(f"Leak {n}?")) for n in range(6))),
        slug="many",
    )
    enrol(cast.amara, many_course)
    other = start(many.id, cast.amara)
    for slot in range(2, 9):
        amara.post(f"/learn/exams/{other}/{slot}", {"slot": str(slot), f"q{slot}": ESSAY["answer"]})
    finish(other, cast.amara)

    def costs(address: str, visitor: Visitor) -> int:
        visitor.get(address)
        with counted_queries() as seen:
            assert visitor.get(address).status_code == 200
        return len(seen)

    assert costs(f"/learn/exams/{one}/result", amara) == costs(f"/learn/exams/{other}/result", amara)
    waits = waiting(app, cast.tomas)
    assert len(waits) == 8
    assert costs(f"/author/marking/{waits[0].id}", tomas) <= 14
    for work in waits:
        mark(app, cast.tomas, work)
    assert costs(f"/learn/exams/{one}/result", amara) == costs(f"/learn/exams/{other}/result", amara) <= 12


def test_a_lowered_mark_is_said_to_who_keeps_the_pass(app: Portal, cast: Cast, amara: Visitor) -> None:
    _course, _exam, attempt = sat(cast.amara)
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work)
    mark(app, cast.tomas, work, (0, 0), seen=1, reason="Copied from the handout.")
    page = amara.get(f"/learn/exams/{attempt}/result").text
    for said in ("Who has passed stays passed.", "Copied from the handout.", "As it was marked before"):
        assert said in page


def test_an_author_sets_the_rubric_and_reads_what_learners_would_see(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    exam_of((VALVE,))
    bank = re.findall(r"/author/questions/[0-9a-f-]{36}", tomas.get("/author/questions").text)[0]
    fields = {
        "stem": "Describe how you hand a plant over.",
        "criterion-0-title": "Order",
        "criterion-0-levels": "0: None\n2 every step",
        "criterion-1-title": "Safety",
        "criterion-1-levels": "all of it",
        "least": "900",
        "most": "100",
        "do": "save",
    }
    wrong = tomas.post(f"{bank}/new?type=essay", fields)
    assert wrong.status_code == 422
    assert "Write each level on a line of its own" in wrong.text
    right = tomas.post(f"{bank}/new?type=essay", {**fields, "criterion-1-levels": "1: all", "least": "50"})
    assert right.status_code == 303
    page = tomas.get(right.location).text
    assert "50 to 100 words." in page
    assert "Show the right answer" not in page
    assert "How it is marked" in page
    checks = KnowledgeChecks()
    name = right.location.rpartition("/")[2]
    with unit_of_work(read_only=True):
        assert checks.missing([name]) == [name], "a lesson has nobody who marks"
        assert name not in dict(checks.choices())
