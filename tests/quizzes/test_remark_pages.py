"""Trainers mark answers anew on pages: a preview by name, one word to do it, and a learner reads when and why."""

import re
from collections.abc import Callable

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.remarking.values import Way
from tests.quizzes.exams import OPINIONS, fill_bank, fixed, set_up_exam
from tests.quizzes.remarks import REASON, Case, work
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
QUERIES_AT_MOST = 12


def form_of(case: Case, **more: str) -> dict[str, str]:
    return {
        "key": str(new_id()),
        "version": str(case.version(1)),
        "way": "key",
        "key_id": str(case.version(2)),
        "quiz": "",
        "reason": REASON,
        **more,
    }


def test_a_trainer_sees_who_changes_does_it_once_and_the_learner_reads_why(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    case = Case(review="answers")
    attempt = case.sat(cast.amara, "b")
    tomas = visit(cast.tomas)
    page = f"/author/questions/items/{case.question_id}"
    assert "Mark answers again" in tomas.get(page).text
    case.mend()
    asked = tomas.get(f"{page}/remark")
    assert asked.status_code == 200
    assert f'<option selected value="{case.version(2)}">Version 2' in asked.text, (
        "the newest is not taken for right"
    )
    assert f'<option selected value="{case.version(1)}">Version 1' in asked.text
    sent = form_of(case)
    looked = tomas.post(f"{page}/remark", sent)
    assert looked.status_code == 303, looked.text
    assert tomas.post(f"{page}/remark", sent).location == looked.location, "two clicks are two acts"
    preview = tomas.get(looked.location).text
    for words in (
        "This is what would change",
        "1 score rises; 1 attempt passes with it",
        "Amara Osei",
        "50%",
        "100%",
    ):
        assert words in preview, words
    assert "Passes now" in tomas.get(f"{looked.location}?verdict=gained").text
    assert "There is no such attempt" in tomas.get(f"{looked.location}?verdict=lowered").text
    before = visit(cast.amara).get(f"/learn/exams/{attempt}/result").text
    assert "Marked again" not in before
    stale = tomas.post(f"{looked.location}/do", {"looked": "7"})
    assert "Nothing was done: this is how it stands now" in tomas.get(stale.location).text
    number = re.search(r'name="looked" value="(\d+)"', tomas.get(looked.location).text)
    assert number is not None
    for _click in range(2):
        assert tomas.post(f"{looked.location}/do", {"looked": number[1]}).status_code == 303
    assert "0 of 1 attempts" in tomas.get(looked.location).text
    work()
    done = tomas.get(looked.location).text
    assert "This is what changed" in done
    assert "Take it back" in done
    result = visit(cast.amara).get(f"/learn/exams/{attempt}/result").text
    for words in (
        "Marked again on",
        REASON,
        "The score was 50% and is 100% now",
        "With that, the exam is passed",
    ):
        assert words in result, words
    assert "Clear the room." in result
    back = tomas.post(f"{looked.location}/undo", {"key": str(new_id()), "reason": "It was right."})
    again = tomas.post(f"{looked.location}/undo", {"key": str(new_id()), "reason": "It was right."})
    assert again.location == back.location, "two clicks take it back twice"
    assert "Take back how it was marked again" in tomas.get(back.location).text
    assert "taken back" in tomas.get(f"{page}/remark").text
    for _click in range(2):
        assert tomas.post(f"{back.location}/discard").status_code == 303
    assert tomas.post(f"{looked.location}/undo", {"key": str(new_id()), "reason": ""}).status_code == 422


def test_what_was_typed_stays_where_it_is_refused(app: Portal, cast: Cast, visit: Visit) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    case.mend()
    tomas, page = visit(cast.tomas), f"/author/questions/items/{case.question_id}/remark"
    refused = tomas.post(page, form_of(case, key_id=str(case.version(1)), reason="A <b>fault</b>"))
    assert refused.status_code == 422
    assert "another than the faulty one" in refused.text
    assert "A &lt;b&gt;fault&lt;/b&gt;" in refused.text
    assert tomas.post(page, form_of(case, version=str(new_id()))).status_code == 422


def test_a_question_that_is_left_out_of_the_score_is_called_that(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    case = Case()
    attempt = case.sat(cast.amara, "c")
    case.mark(Way.OUT)
    result = visit(cast.amara).get(f"/learn/exams/{attempt}/result").text
    assert "Left out of the score" in result
    assert "0 of 1 point" not in result
    assert "Question 1 was faulty: it is left out of the score." in result


def test_pages_say_where_there_is_nothing_to_mark(app: Portal, cast: Cast, visit: Visit) -> None:
    tomas, bank_id = visit(cast.tomas), fill_bank(OPINIONS, name="Views")
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    set_up_exam(draws, slug="views", pass_percent=0)
    opinion = tomas.get(f"/author/questions/items/{draws[0].question_id}/remark").text
    assert "nothing in it is right or wrong" in opinion
    case = Case()
    assert (
        "Nobody has answered it yet" in tomas.get(f"/author/questions/items/{case.question_id}/remark").text
    )


def test_an_auditor_reads_what_was_done_and_does_nothing(app: Portal, cast: Cast, visit: Visit) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    case.mend()
    act = case.mark()
    page, here = f"/author/questions/items/{case.question_id}/remark", f"/author/questions/remarks/{act.id}"
    odd = visit(cast.odd)
    assert "Amara Osei" in odd.get(here).text
    assert "See what would change" not in odd.get(page).text
    assert odd.post(page, form_of(case)).status_code == 403
    for verb in ("do", "discard", "undo"):
        assert odd.post(f"{here}/{verb}", {"key": str(new_id()), "reason": "x"}).status_code == 403
    for person in (cast.amara, cast.ruth, cast.petra):
        assert visit(person).get(here).status_code == 403
        assert visit(person).get(page).status_code == 403


def test_where_a_question_is_used_leads_to_marking_one_exam_again(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    case = Case()
    case.sat(cast.amara, "b")
    uses = visit(cast.tomas).get(f"/author/questions/items/{case.question_id}/uses").text
    link = re.search(r'href="([^"]+/remark\?exam=([^"]+))"', uses)
    assert link is not None
    assert f'<option selected value="{link[2]}">Exam: Cold' in visit(cast.tomas).get(link[1]).text
    assert (
        "/remark?exam=" not in visit(cast.petra).get(f"/author/questions/items/{case.question_id}/uses").text
    )


def test_looking_and_the_page_ask_no_more_for_many_attempts_than_for_one(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    asked, tomas = [], visit(cast.tomas)
    for slug, people in (("one", [cast.amara]), ("many", [cast.amara, cast.dafydd, cast.ruth, cast.nils])):
        case = Case(slug)
        for person_id in people:
            case.sat(person_id, "b")
        case.mend()
        with counted_queries() as looked:
            act = case.look()
        with counted_queries() as read:
            assert tomas.get(f"/author/questions/remarks/{act.id}").status_code == 200
        asked.append((len(looked), len(read)))
    assert asked[0] == asked[1], asked
    assert asked[0][1] <= QUERIES_AT_MOST
