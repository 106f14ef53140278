"""Authors look at a question, write one, change it and retire it on pages; nothing that was typed is ever lost."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AnswerRow, AttemptRow
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import QuestionVersionRow
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import BankId, Draw, QuestionId, QuestionType
from tests.quizzes.exams import EVERY_KIND, VALVE, enrol, fill_bank, finish, set_up_exam, start
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]


@pytest.fixture
def tomas(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.tomas)


def ids_in(bank_id: BankId) -> list[QuestionId]:
    with unit_of_work(read_only=True):
        return list(queries.pool(bank_id, ""))


def fields_on(page: str) -> dict[str, str]:
    """Return what a browser would send of the page's form, untouched."""
    form = page[page.index('id="draft"') : page.index("</form>", page.index('id="draft"'))]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        at = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if at.get("type") in {"radio", "checkbox"} and " checked" not in tag:
            continue
        sent[at["name"]] = at.get("value", "")
    for name, value in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        sent[name] = unescape(value)
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        listed = re.findall(r'<option([^>]*?) value="([^"]*)"([^>]*)>', options)
        chosen = (unescape(value) for before, value, after in listed if "selected" in before + after)
        sent[name] = next(chosen, listed[0][1])
    # Each visitor sends their own.
    del sent["csrf_token"]
    return sent


def version_count(question_id: QuestionId) -> int:
    with unit_of_work(read_only=True):
        return (
            db.session.scalar(
                select(func.count())
                .select_from(QuestionVersionRow)
                .where(QuestionVersionRow.question_id == question_id)
            )
            or 0
        )


def test_a_question_is_seen_as_asked_and_answered_without_a_trace(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}"
    page = tomas.get(address).text
    assert "What do you do first?" in page
    assert "People come first." not in page, "the answer is not shown before it is asked for"
    assert "safety" in page
    wrong = tomas.get(f"{address}?try=1&q1=a").text
    assert "Wrong" in wrong
    assert "Clear the room." in wrong
    right = tomas.get(f"{address}?solve=1").text
    assert "Right" in right
    assert "People come first." in right
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AnswerRow)) == 0


@pytest.mark.parametrize("number", range(len(EVERY_KIND)), ids=[one.type for one in EVERY_KIND])
def test_every_kind_opens_in_its_form_and_saving_it_untouched_makes_no_version(
    app: Portal, cast: Cast, tomas: Visitor, number: int
) -> None:
    question = ids_in(fill_bank([EVERY_KIND[number]]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text)
    saved = tomas.post(address, sent)
    assert saved.status_code == 303, saved.text
    assert version_count(question) == 1


def test_there_is_a_sample_of_every_kind() -> None:
    assert {one.type for one in EVERY_KIND} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_to_write_it(
    app: Portal, cast: Cast, tomas: Visitor, kind: QuestionType
) -> None:
    bank_id = fill_bank([VALVE])
    assert f"type={kind}" in tomas.get(f"/author/questions/{bank_id}/new").text
    address = f"/author/questions/{bank_id}/new?type={kind}"
    page = tomas.get(address)
    assert page.status_code == 200
    empty = tomas.post(address, fields_on(page.text))
    assert empty.status_code == 422
    assert "Write the question." in empty.text


def test_a_question_written_and_sent_twice_is_one(app: Portal, cast: Cast, tomas: Visitor) -> None:
    bank_id = fill_bank([VALVE])
    address = f"/author/questions/{bank_id}/new?type=single_choice"
    sent = fields_on(tomas.get(address).text)
    sent |= {"stem": "Which is *cold*?", "choice-0-text": "Ice", "choice-1-text": "Fire", "right": "0"}
    first, second = tomas.post(address, sent), tomas.post(address, sent)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(ids_in(bank_id)) == 2
    assert "Which is cold?" in tomas.get(first.location).text
    again = tomas.post(address, {**sent, "key": str(new_id())})
    assert again.status_code == 422
    assert "equal in everything" in again.text


def test_an_edit_makes_a_version_and_a_double_click_only_one(app: Portal, cast: Cast, tomas: Visitor) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text) | {
        "stem": "A valve opens. What now?",
        "objective": "Keeps people safe",
    }
    assert tomas.post(address, sent).status_code == 303
    assert tomas.post(address, sent).status_code == 303
    assert version_count(question) == 2
    page = tomas.get(f"/author/questions/items/{question}").text
    assert "A valve opens. What now?" in page
    assert "Keeps people safe" in page
    assert "Tomas" in page, "the history says who"
    old = tomas.get(f"/author/questions/items/{question}?version=1").text
    assert "27 bar" in old
    assert "This is version 1" in old


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text) | {"stem": " ", "choice-0-credit": "lots", "title": "Kept name"}
    refused = tomas.post(address, sent)
    assert refused.status_code == 422
    assert "Write the question." in refused.text
    assert 'href="#choice-0-credit"' in refused.text
    assert fields_on(refused.text)["title"] == "Kept name"
    assert fields_on(refused.text)["choice-0-credit"] == "lots"
    assert version_count(question) == 1


def test_a_stale_tab_is_told_and_loses_nothing(app: Portal, cast: Cast, visit: Visit, tomas: Visitor) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    mine = fields_on(tomas.get(address).text) | {"stem": "My careful wording"}
    ada = visit(cast.ada)
    assert ada.post(address, fields_on(ada.get(address).text) | {"stem": "Hers"}).status_code == 303
    told = tomas.post(address, mine)
    assert told.status_code == 409
    assert "Somebody else saved version 2 meanwhile" in told.text
    assert "Ada Holm" in told.text
    kept = fields_on(told.text)
    assert kept["stem"] == "My careful wording"
    assert version_count(question) == 2
    assert tomas.post(address, kept).status_code == 303, "saving again is a choice"
    assert version_count(question) == 3


def test_rows_are_added_and_removed_by_buttons_alone_and_nothing_is_saved(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text) | {"choice-0-text": "Half typed"}
    more = tomas.post(address, {**sent, "do": "add:choice"})
    assert more.status_code == 200
    grown = fields_on(more.text)
    assert grown["choice-3-text"] == ""
    assert grown["choice-0-text"] == "Half typed"
    less = fields_on(tomas.post(address, {**grown, "do": "remove:choice:2"}).text)
    assert "choice-2-text" not in less
    assert version_count(question) == 1
    assert tomas.post(address, {**less, "choice-3-text": "Call for help."}).status_code == 303
    with unit_of_work(read_only=True):
        body = queries.get_question(question).question.body
    assert isinstance(body, SingleChoice)
    assert [one.key for one in body.choices] == ["a", "b", "c"]
    assert body.choices[2].text.source == "Call for help."


def test_a_check_names_mistakes_shows_the_question_and_saves_nothing(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text)
    fine = tomas.post(address, {**sent, "stem": "Shown *before* it is saved", "do": "check"})
    assert fine.status_code == 200
    assert "Shown <em>before</em> it is saved" in fine.text
    wrong = tomas.post(address, {**sent, "stem": "", "do": "check"})
    assert wrong.status_code == 200
    assert "Write the question." in wrong.text
    assert "Nothing was saved yet" not in wrong.text
    assert version_count(question) == 1


def test_an_answer_tried_beside_the_form_is_graded_by_what_stands_in_the_form_and_stored_nowhere(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = {**fields_on(tomas.get(address).text), "q1": "a"}
    tried = tomas.post(address, {**sent, "do": "try"}).text
    assert re.search(r'data-tried>.*data-state="danger"', tried, re.DOTALL)
    row = next(name for name, value in sent.items() if name.endswith("-key") and value == "a").split("-")[1]
    edited = tomas.post(address, {**sent, "right": row, "do": "try"}).text
    assert re.search(r'data-tried>.*data-state="valid"', edited, re.DOTALL), "as it stands in the form"
    typed_on = tomas.post(address, {**sent, "do": "check"}).text
    assert "data-tried" not in typed_on, "it is told only when it is asked for"
    seen = typed_on[typed_on.index("data-seen") :]
    assert re.search(r'value="a"[^>]* checked', seen), "what was answered stays while the author types on"
    assert "data-tried" not in tomas.post(address, {**sent, "stem": "", "do": "try"}).text
    assert version_count(question) == 1


def test_a_retired_question_is_drawn_no_more_until_it_is_back(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    bank_id = fill_bank([VALVE])
    question = ids_in(bank_id)[0]
    address = f"/author/questions/items/{question}"
    assert tomas.post(f"{address}/retire").status_code == 303
    assert "Random draws leave it out" in tomas.get(address).text
    assert ids_in(bank_id) == []
    assert tomas.post(f"{address}/retire", {"is_back": "yes"}).status_code == 303
    assert ids_in(bank_id) == [question]


def test_a_question_says_which_exams_ask_it_and_how_often_it_was_asked(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    bank_id = fill_bank()
    first, other = ids_in(bank_id)[:2]
    course_id, exam = set_up_exam([Draw(question_id=first), Draw(count=1, bank_id=bank_id, tag="wiring")])
    enrol(cast.amara, course_id)
    finish(start(exam.id, cast.amara), cast.amara)
    page = tomas.get(f"/author/questions/items/{first}").text
    assert "Exam: Cold" in page
    assert "always asked" in page
    assert "in 1 attempt" in page
    assert "may be drawn" in tomas.get(f"/author/questions/items/{other}").text
    unasked = ids_in(bank_id)[3]
    assert "No exam asks it yet." in tomas.get(f"/author/questions/items/{unasked}").text


def test_a_question_page_costs_the_same_however_many_versions_it_has(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}"

    def cost() -> int:
        with counted_queries() as seen:
            assert tomas.get(address).status_code == 200
        return len(seen)

    def edit(number: int) -> None:
        sent = fields_on(tomas.get(f"{address}/edit").text) | {"stem": f"Wording {number}"}
        assert tomas.post(f"{address}/edit", sent).status_code == 303

    edit(0)
    once = cost()
    for number in range(1, 5):
        edit(number)
    assert cost() == once


def test_who_may_look_looks_and_only_authors_change(
    app: Portal, cast: Cast, visit: Visit, tomas: Visitor
) -> None:
    bank_id = fill_bank([VALVE])
    question = ids_in(bank_id)[0]
    address = f"/author/questions/items/{question}"
    sent = fields_on(tomas.get(f"{address}/edit").text) | {"stem": "Not mine to change"}
    odd, petra = visit(cast.odd), visit(cast.petra)
    for reader in (odd, petra):
        page = reader.get(address)
        assert page.status_code == 200
        assert "/edit" not in page.text
        assert "/retire" not in page.text
    for visitor in (odd, petra, visit(cast.amara), visit(cast.ruth)):
        assert visitor.get(f"{address}/edit").status_code == 403
        assert visitor.post(f"{address}/edit", sent).status_code == 403
        assert visitor.post(f"{address}/retire").status_code == 403
        assert visitor.post(f"/author/questions/{bank_id}/new?type=true_false", sent).status_code == 403
    assert visit(cast.amara).get(address).status_code == 403, "a learner would read the answers"
    assert version_count(question) == 1


def test_an_attempt_keeps_the_version_it_was_asked(
    app: Portal, cast: Cast, visit: Visit, tomas: Visitor
) -> None:
    bank_id = fill_bank([VALVE])
    question = ids_in(bank_id)[0]
    course_id, exam = set_up_exam([Draw(question_id=question)])
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text) | {"stem": "Reworded"}
    assert tomas.post(address, sent).status_code == 303
    page = visit(cast.amara).get(f"/learn/exams/{attempt}/1").text
    assert "27 bar" in page
    assert "Reworded" not in page
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AttemptRow)) == 1


def test_hints_and_what_is_said_by_outcome_are_written_and_shown_whatever_the_kind(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    said = {
        "general_feedback": "Said to all.",
        "feedback_correct": "Said to who is right.",
        "feedback_partial": "Said to who is partly right.",
        "feedback_incorrect": "Said to who is wrong.",
        "hint-0-text": "Said after the first try.",
    }
    for question in (one for one in EVERY_KIND if kind_of(one).is_scored):
        asked = ids_in(fill_bank([question], name=question.type))[0]
        address = f"/author/questions/items/{asked}"
        form = fields_on(tomas.get(f"{address}/edit").text)
        assert said.keys() <= form.keys(), question.type
        assert tomas.post(f"{address}/edit", {**form, **said}).status_code == 303
        page = tomas.get(address).text
        assert all(words in page for words in said.values()), question.type
        again = fields_on(tomas.get(f"{address}/edit").text)
        assert {name: again[name] for name in said} == said, question.type


def test_a_hint_is_added_without_script_and_its_fold_stands_open(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    question = ids_in(fill_bank([VALVE]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text)
    page = tomas.post(address, {**sent, "hint-0-text": "Who is in the room?", "do": "add:hint"}).text
    assert 'id="hint-1-text"' in page
    assert '<details class="card draft-fold" open><summary>Hints' in page
    assert version_count(question) == 1
