"""A trainer builds an exam on its page: draws narrowed, questions chosen, some kept apart; nothing typed is lost."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.values import Change
from lms.quizzes.values import BankId, Difficulty, Draw, FolderId, QuestionId, Quiz, QuizId
from tests.quizzes.exams import SIX_KINDS, fill_bank
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
ROW = "section-0-draw-0"


@pytest.fixture
def tomas(app: Portal, cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.tomas)


def blank(key: object, **fields: str) -> dict[str, str]:
    rules = {"title": "Exam", "pass_percent": "80", "layout": "one", "review": "marks", "telling": "at_end"}
    return {"key": str(key), **rules, "penalty": "33", "section-0-shuffle": "on", **fields}


def stored(key: object) -> tuple[Quiz, dict[QuestionId, int]]:
    with unit_of_work(read_only=True):
        quiz_id = QuizId(UUID(str(key)))
        return queries.get_quiz(quiz_id), dict(queries.list_apart(quiz_id))


def arranged() -> tuple[BankId, FolderId, list[QuestionId]]:
    """Return a bank with a folder within a folder, half of its questions hard and in there."""
    bank_id = fill_bank([replace(one, objective="Heat") for one in SIX_KINDS])
    with unit_of_work(), acting_as(SYSTEM):
        now = clock.now()
        top = service.add_folder(
            folder_id=FolderId(new_id()), bank_id=bank_id, name="Top", parent_id=None, actor=SYSTEM, now=now
        )
        deep = service.add_folder(
            folder_id=FolderId(new_id()), bank_id=bank_id, name="Deep", parent_id=top, actor=SYSTEM, now=now
        )
        ids = list(queries.pool(bank_id, ""))
        service.change_questions(
            bank_id=bank_id,
            chosen=queries.QuestionFilter(ids=frozenset(ids[:3])),
            change=Change(moves=True, folder_id=deep, judges=True, difficulty=Difficulty.HARD),
            actor=SYSTEM,
            now=now,
        )
    return bank_id, top, ids


def test_a_draw_is_narrowed_by_folder_tag_objective_and_difficulty(tomas: Visitor) -> None:
    bank_id, top, ids = arranged()
    key = new_id()
    typed = blank(key, **{f"{ROW}-bank": str(bank_id), f"{ROW}-count": "2"})
    narrowed = tomas.post("/author/quizzes/new", {**typed, "do": "narrow:section-0-draw:0"})
    assert narrowed.status_code == 200
    for offered in ("Any folder", "Deep", "Any tag", "safety", "Any objective", "Heat", "Any difficulty"):
        assert offered in narrowed.text
    drawn = {f"{ROW}-folder": str(top), f"{ROW}-objective": "Heat", f"{ROW}-difficulty": "hard"}
    assert tomas.post("/author/quizzes/new", {**typed, **drawn}).status_code == 303
    quiz, _apart = stored(key)
    assert quiz.draws == (
        Draw(count=2, bank_id=bank_id, folder_id=top, objective="Heat", difficulty=Difficulty.HARD),
    )
    with unit_of_work(read_only=True):
        _fixed, (pool,) = queries.draw_pools(quiz.draws, {})
    assert set(pool.questions) == set(ids[:3]), "what lies within the folder is drawn too"
    assert 'value="Heat" selected' in tomas.get(f"/author/quizzes/{key}").text


def test_rows_are_added_moved_and_removed_without_script_and_nothing_typed_is_lost(tomas: Visitor) -> None:
    bank_id = fill_bank()
    form = blank(new_id(), title="Typed", **{f"{ROW}-bank": str(bank_id), f"{ROW}-count": "2"})
    added = tomas.post("/author/quizzes/new", {**form, "do": "add:section-0-draw"}).text
    assert 'value="Typed"' in added
    assert "Nothing was saved yet" not in added, "a row that just came is not found fault with"
    two = {**form, "section-0-draw-1-bank": str(bank_id), "section-0-draw-1-count": "1"}
    moved = tomas.post("/author/quizzes/new", {**two, "do": "up:section-0-draw:1"}).text
    counts = re.findall(r'name="section-0-draw-(\d)-count"[^>]*value="(\d)"', moved)
    assert counts == [("0", "1"), ("1", "2")]
    removed = tomas.post("/author/quizzes/new", {**two, "do": "remove:section-0-draw:0"}).text
    assert "section-0-draw-0-" not in removed
    assert "section-0-draw-1-count" in removed


def test_questions_are_chosen_from_a_search_and_what_was_typed_is_saved_on_the_way(tomas: Visitor) -> None:
    bank_id = fill_bank()
    key = new_id()
    sent = tomas.post(
        "/author/quizzes/new?course=x",
        blank(key, **{f"{ROW}-bank": str(bank_id), f"{ROW}-count": "1", "do": "choose:section:1"}),
    )
    assert sent.status_code == 303
    assert sent.location == f"/author/quizzes/{key}/choose?section=1&course=x"
    page = tomas.get(f"{sent.location}&bank={bank_id}&tag=safety").text
    ids = [UUID(one) for one in re.findall(r'name="question" value="([^"]+)"', page)]
    assert len(ids) == 1
    took = tomas.post(sent.location, {"question": [str(ids[0])]})
    assert took.status_code == 303
    assert took.location == f"/author/quizzes/{key}?course=x#asked"
    quiz, _apart = stored(key)
    assert quiz.draws == (Draw(count=1, bank_id=bank_id), Draw(question_id=QuestionId(ids[0])))
    assert "Chosen" in tomas.get(f"{sent.location}&bank={bank_id}&tag=safety").text
    again = tomas.post(sent.location, {"question": [str(ids[0])]})
    assert again.status_code == 303
    assert stored(key)[0].draws == quiz.draws, "sent twice, it is asked once"


def test_questions_are_kept_apart_and_what_can_never_be_drawn_is_said(tomas: Visitor) -> None:
    bank_id = fill_bank()
    key = new_id()
    with unit_of_work(read_only=True):
        ids = list(queries.pool(bank_id, ""))
    drawn = {f"{ROW}-bank": str(bank_id), f"{ROW}-count": "5"}
    tomas.post("/author/quizzes/new", blank(key, **drawn))
    choose = f"/author/quizzes/{key}/choose?group=0"
    alone = tomas.post(choose, {"question": [str(ids[0])]})
    assert alone.status_code == 422
    assert "Keep 2 to 20 questions apart" in alone.text
    assert tomas.post(choose, {"question": [str(one) for one in ids[:2]]}).status_code == 303
    assert stored(key)[1] == dict.fromkeys(ids[:2], 1)
    assert "It cannot be taken yet" not in tomas.get(f"/author/quizzes/{key}").text
    assert tomas.post(f"/author/quizzes/{key}/choose?group=1", {"question": [str(ids[2])]}).status_code == 303
    assert stored(key)[1] == dict.fromkeys(ids[:3], 1)
    page = tomas.get(f"/author/quizzes/{key}").text
    assert "together they cannot all be filled" in page, "three apart leave four of six"
    groups = re.findall(r'name="(group-\d-item-\d-question)" value="([^"]+)"', page)
    kept = blank(key, revision="3", **drawn, **dict(groups))
    kept.pop(next(name for name, value in groups if value == str(ids[2])))
    assert tomas.post(f"/author/quizzes/{key}", kept).status_code == 303
    assert stored(key)[1] == dict.fromkeys(ids[:2], 1)


@pytest.mark.parametrize(
    "fields, said",
    [
        ({f"{ROW}-bank": "nonsense", f"{ROW}-count": "2"}, "Choose a bank with questions."),
        ({f"{ROW}-count": "many"}, "Give a whole number of questions."),
        ({f"{ROW}-count": "201"}, "Ask 1 to 200 questions."),
        ({f"{ROW}-count": ""}, "Give a whole number of questions."),
    ],
)
def test_what_is_wrong_with_a_draw_is_said_and_kept(
    tomas: Visitor, fields: dict[str, str], said: str
) -> None:
    bank_id = fill_bank()
    refused = tomas.post("/author/quizzes/new", blank(new_id(), **{f"{ROW}-bank": str(bank_id)} | fields))
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{fields[f"{ROW}-count"]}"' in refused.text


def test_a_folder_that_an_exam_draws_from_stays(tomas: Visitor) -> None:
    bank_id, top, _ids = arranged()
    key = new_id()
    with unit_of_work(), acting_as(SYSTEM):
        deep = next(one.id for one in queries.list_folders(bank_id) if one.parent_id == top)
        empty = service.add_folder(
            folder_id=FolderId(new_id()),
            bank_id=bank_id,
            name="Empty",
            parent_id=deep,
            actor=SYSTEM,
            now=clock.now(),
        )
    drawn = {f"{ROW}-bank": str(bank_id), f"{ROW}-count": "1", f"{ROW}-folder": str(empty)}
    assert tomas.post("/author/quizzes/new", blank(key, **drawn)).status_code == 303
    page = tomas.get(f"/author/quizzes/{key}").text
    assert "The exam draws 1 questions where the bank has 0." in page
    refused = tomas.post(f"/author/questions/folders/{empty}/remove")
    assert "An exam draws from this folder." in tomas.get(refused.location).text


def test_every_complaint_comes_at_once_and_names_its_section(tomas: Visitor) -> None:
    wrong = {"title": "", "pass_percent": "101", "wait_days": "soon", "section-1-shuffle": "on"}
    titles = {"section-0-title": "Safety", "section-1-title": "", f"{ROW}-bank": str(fill_bank())}
    told = tomas.post("/author/quizzes/new", blank(new_id(), **wrong, **titles))
    assert told.status_code == 422
    for words in (
        "Section 2: Give a title.",
        "Section 1: Give a whole number of questions.",
        "Give whole days, such as 1, 14, 60.",
        '<a href="#pass_percent">Pass mark</a>',
        '<a href="#title">Title</a>',
    ):
        assert words in told.text


def test_choosing_nothing_is_said_and_saves_nothing(tomas: Visitor) -> None:
    bank_id, key = fill_bank(), new_id()
    tomas.post("/author/quizzes/new", blank(key, **{f"{ROW}-bank": str(bank_id), f"{ROW}-count": "1"}))
    for place in ("section=1", "group=0"):
        told = tomas.post(f"/author/quizzes/{key}/choose?{place}", {})
        assert told.status_code == 422
        assert "Nothing was chosen." in told.text
    quiz, apart = stored(key)
    assert (quiz.revision, apart) == (1, {})


def test_a_closing_time_in_the_past_is_saved_and_warned_about(tomas: Visitor) -> None:
    key = new_id()
    tomas.post("/author/quizzes/new", blank(key, **{f"{ROW}-bank": str(fill_bank()), f"{ROW}-count": "1"}))
    address = f"/author/quizzes/{key}/sitting"
    assert "The exam has closed" not in tomas.get(address).text
    past = {"seen": "1", "grace_minutes": "60", "closes_at": "2026-01-05T12:00"}
    assert tomas.post(address, past).status_code == 303
    assert "The exam has closed" in tomas.get(address).text


def test_what_is_said_three_times_before_a_page_is_looked_at_stands_there_once(tomas: Visitor) -> None:
    key = new_id()
    tomas.post("/author/quizzes/new", blank(key, **{f"{ROW}-bank": str(fill_bank()), f"{ROW}-count": "1"}))
    address = f"/author/quizzes/{key}/sitting"
    for seen in "123":
        assert tomas.post(address, {"seen": seen, "grace_minutes": "60"}).status_code == 303
    page = tomas.get(address).text
    assert page.count("It is saved. Attempts under way keep what they began with.") == 1
