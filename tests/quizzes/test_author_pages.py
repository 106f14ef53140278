"""Trainers bring questions in and set exams up on pages; others look or are turned away."""

from collections.abc import Callable
from io import BytesIO

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.values import Draw, QuizId
from tests.quizzes.exams import fill_bank
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
GIFT = b"::One:: Two and two is {=four ~five}\n\n::Bad:: Nothing is right {~a ~b}\n"


def test_a_trainer_brings_a_file_in_by_two_steps(app: Portal, cast: Cast, visit: Visit) -> None:
    tomas = visit(cast.tomas)
    made = tomas.post("/author/questions", {"name": "Cold", "key": str(new_id())})
    assert made.status_code == 303
    sent = {"key": str(new_id()), "file": (BytesIO(GIFT), "q.gift")}
    looked = tomas.post(made.location, sent, content_type="multipart/form-data")
    assert looked.status_code == 303, looked.text
    report = tomas.get(looked.location).text
    assert "1 question cannot be taken" in report
    assert "Add 1 question" in report
    assert "This bank is empty" in tomas.get(made.location).text
    assert tomas.post(looked.location).location == made.location
    assert "One" in tomas.get(made.location).text


def test_a_file_that_cannot_be_read_is_not_counted_as_a_question(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    tomas = visit(cast.tomas)
    made = tomas.post("/author/questions", {"name": "Cold", "key": str(new_id())})
    sent = {"key": str(new_id()), "file": (BytesIO(b"<quiz><question"), "q.xml")}
    report = tomas.get(tomas.post(made.location, sent, content_type="multipart/form-data").location).text
    assert "The file cannot be read" in report
    assert "question cannot be taken" not in report


def test_a_trainer_sets_an_exam_up_and_changes_it(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id, key = fill_bank(), new_id()
    form = {
        "key": str(key),
        "title": "Exam: Cold",
        "pass_percent": "80",
        "minutes": "40",
        "wait_days": "1, 14",
        "layout": "one",
        "review": "marks",
        "section-0-draw-0-bank": str(bank_id),
        "section-0-draw-0-count": "3",
        "section-0-draw-1-bank": str(bank_id),
        "section-0-draw-1-count": "1",
        "section-0-draw-1-tag": "safety",
        "section-0-draw-2-bank": "",
    }
    tomas = visit(cast.tomas)
    assert tomas.post("/author/quizzes/new", form).status_code == 303
    page = tomas.get(f"/author/quizzes/{key}")
    assert "Exam: Cold" in page.text
    changed = {**form, "pass_percent": "70", "revision": "1"}
    assert tomas.post(f"/author/quizzes/{key}", changed).status_code == 303
    stale = tomas.post(f"/author/quizzes/{key}", {**changed, "title": "Mine"})
    assert stale.status_code == 422, "a stale form changes nothing"
    assert 'value="Mine"' in stale.text
    assert "<p>Tomas Lindqvist saved it" in stale.text, "who saved the other, and when"
    assert f'<a href="/author/quizzes/{key}" target="_blank"' in stale.text
    assert "Replace what was saved meanwhile" in stale.text
    assert 'name="revision" value="2"' in stale.text, "having seen that, the author may save again"
    told = {**changed, "overtaken": "yes", "revision": "2", "do": "add:section"}
    assert "Replace what was saved meanwhile" in tomas.post(f"/author/quizzes/{key}", told).text
    settings = f"/author/quizzes/{key}/sitting"
    mine = {"seen": "1", "grace_minutes": "60"}
    stale = tomas.post(settings, mine)
    assert stale.status_code == 422
    assert f'<a href="{settings}" target="_blank"' in stale.text
    assert "Replace what was saved meanwhile" in stale.text
    assert tomas.post(settings, {**mine, "seen": "2", "overtaken": "yes"}).status_code == 303
    with unit_of_work(read_only=True):
        quiz = queries.get_quiz(QuizId(key))
    assert (quiz.rules.pass_percent, quiz.rules.wait_days) == (70, (1, 14))
    assert quiz.draws == (Draw(count=3, bank_id=bank_id), Draw(count=1, bank_id=bank_id, tag="safety"))


def test_a_refused_exam_keeps_the_draws_that_were_typed(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id = fill_bank()
    form = {"key": str(new_id()), "title": "", "pass_percent": "80", "layout": "one", "review": "marks"}
    row = "section-0-draw-0"
    drawn = {f"{row}-bank": str(bank_id), f"{row}-tag": "safety", f"{row}-count": "7"}
    refused = visit(cast.tomas).post("/author/quizzes/new", {**form, **drawn})
    assert refused.status_code == 422
    assert f'value="{bank_id}" selected' in refused.text
    assert 'value="safety" selected' in refused.text
    assert 'value="7"' in refused.text


def test_an_auditor_looks_and_a_learner_does_not(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id = fill_bank()
    assert visit(cast.odd).get(f"/author/questions/{bank_id}").status_code == 200
    assert visit(cast.odd).post("/author/questions", {"name": "X", "key": str(new_id())}).status_code == 403
    assert visit(cast.amara).get("/author/questions").status_code == 403
