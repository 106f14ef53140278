"""Where questions stand is theirs and no version's: folder, difficulty, status, tags; of one or of many at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.kernel import clock, search
from lms.kernel.actor import Actor, Role
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.queries import is_unasked
from lms.quizzes.bank import queries, rules, service
from lms.quizzes.bank.models import QuestionVersionRow
from lms.quizzes.bank.queries import QuestionFilter
from lms.quizzes.bank.values import Change, Folder
from lms.quizzes.jobs import make_findable
from lms.quizzes.values import BankId, Difficulty, Draw, FolderId, QuestionId, Status, Text
from lms.web.pages import PageRequest
from tests.quizzes.exams import CHECKS, COLD, NAME, VALVE, actor_of, enrol, fill_bank, set_up_exam, start
from tests.support.portal import Cast, counted_queries

REVIEWED = QuestionFilter(status=Status.REVIEWED)


@pytest.fixture
def trainer(cast: Cast) -> Actor:
    return actor_of(cast.tomas, Role.TRAINER)


@pytest.fixture
def make(app: Portal, trainer: Actor) -> Callable[..., FolderId]:
    def made(bank_id: BankId, name: str, parent_id: FolderId | None = None) -> FolderId:
        with unit_of_work():
            return service.add_folder(
                folder_id=FolderId(new_id()),
                bank_id=bank_id,
                name=name,
                parent_id=parent_id,
                actor=trainer,
                now=clock.now(),
            )

    return made


def change(bank_id: BankId, chosen: QuestionFilter, actor: Actor, **to: object) -> int:
    with unit_of_work():
        return service.change_questions(
            bank_id=bank_id,
            chosen=chosen,
            change=Change(**to),  # type: ignore[arg-type]  # a case's own
            actor=actor,
            now=clock.now(),
        )


def titles(bank_id: BankId, **like: object) -> list[str]:
    with unit_of_work(read_only=True):
        wanted = QuestionFilter(**like)  # type: ignore[arg-type]  # a case's own
        return [one.title for one in queries.page_questions(bank_id, PageRequest(), like=wanted).items]


def tree(bank_id: BankId) -> list[Folder]:
    with unit_of_work(read_only=True):
        return list(queries.list_folders(bank_id))


def ids_of(bank_id: BankId) -> dict[str, QuestionId]:
    with unit_of_work(read_only=True):
        return {one.title: one.id for one in queries.page_questions(bank_id, PageRequest()).items}


def versions() -> list[tuple[int, str]]:
    with unit_of_work(read_only=True):
        rows = db.session.execute(
            select(QuestionVersionRow.number, QuestionVersionRow.digest).order_by(QuestionVersionRow.id)
        )
        return [(row[0], row[1]) for row in rows]


def test_an_import_keeps_its_categories_as_folders_once(app: Portal, make: Callable[..., FolderId]) -> None:
    deep = ("One", "Two", "Three", "Four", "Five", "Six")
    bank_id = fill_bank(
        [
            replace(VALVE, category=("Safety", "Valves")),
            replace(CHECKS, category=("Safety",)),
            replace(COLD, category=deep),
            NAME,
        ]
    )
    assert [(one.path, one.count) for one in tree(bank_id) if one.path[0] == "Safety"] == [
        (("Safety",), 1),
        (("Safety", "Valves"), 1),
    ]
    assert max(one.level for one in tree(bank_id)) == rules.LEVELS_MOST
    assert titles(bank_id, folders=frozenset([None])) == [NAME.title]
    safety = next(one.id for one in tree(bank_id) if one.path == ("Safety",))
    within = queries.folders_within(tree(bank_id), safety)
    assert titles(bank_id, folders=within) == [VALVE.title, CHECKS.title], "a folder shows what lies below it"


def test_a_folder_is_named_moved_and_removed_but_never_into_itself_or_with_something_in_it(
    app: Portal, trainer: Actor, make: Callable[..., FolderId]
) -> None:
    bank_id = fill_bank([VALVE])
    safety = make(bank_id, "Safety")
    valves = make(bank_id, " Valves  ", safety)
    with pytest.raises(Invalid) as twice:
        make(bank_id, "Valves", safety)
    assert "name" in twice.value.fields
    with pytest.raises(Invalid) as into_itself, unit_of_work():
        service.change_folder(folder_id=safety, name="Safety", parent_id=valves, actor=trainer)
    assert "parent" in into_itself.value.fields
    at = valves
    for level in range(3, rules.LEVELS_MOST + 1):
        at = make(bank_id, f"Level {level}", at)
    with pytest.raises(Invalid):
        make(bank_id, "Too deep", at)
    other = make(bank_id, "Other")
    with pytest.raises(Invalid), unit_of_work():
        # Its own depth comes along.
        service.change_folder(folder_id=safety, name="Safety", parent_id=other, actor=trainer)
    change(bank_id, QuestionFilter(), trainer, moves=True, folder_id=other)
    change(bank_id, QuestionFilter(), trainer, status=Status.RETIRED)
    with pytest.raises(Conflict), unit_of_work():
        service.remove_folder(folder_id=other, actor=trainer)
    with pytest.raises(Conflict), unit_of_work():
        service.remove_folder(folder_id=safety, actor=trainer)
    change(bank_id, QuestionFilter(), trainer, moves=True)
    with unit_of_work():
        service.remove_folder(folder_id=other, actor=trainer)
    assert [one.path[0] for one in tree(bank_id) if one.level == 1] == ["Safety"]


def test_who_is_no_author_arranges_nothing(app: Portal, cast: Cast, trainer: Actor) -> None:
    bank_id = fill_bank([VALVE])
    odd = actor_of(cast.odd, Role.AUDITOR)
    with pytest.raises(Forbidden):
        change(bank_id, QuestionFilter(), odd, status=Status.DRAFT)
    with pytest.raises(Forbidden), unit_of_work():
        service.add_folder(
            folder_id=FolderId(new_id()),
            bank_id=bank_id,
            name="Mine",
            parent_id=None,
            actor=odd,
            now=clock.now(),
        )


def test_drafts_and_retired_questions_are_not_drawn_and_no_version_is_made_of_either(
    app: Portal, trainer: Actor
) -> None:
    bank_id = fill_bank([VALVE, CHECKS, COLD])
    found, before = ids_of(bank_id), versions()
    change(bank_id, QuestionFilter(ids=frozenset([found[VALVE.title]])), trainer, status=Status.DRAFT)
    change(bank_id, QuestionFilter(ids=frozenset([found[CHECKS.title]])), trainer, status=Status.RETIRED)
    with unit_of_work(read_only=True):
        assert list(queries.pool(bank_id, "")) == [found[COLD.title]]
        assert queries.list_supplies()[bank_id].by_tag == {}
        assert [one.question.title for one in service.export_bank(bank_id)] == [COLD.title]
    assert titles(bank_id, status=Status.DRAFT) == [VALVE.title]
    assert titles(bank_id, status=Status.RETIRED) == [CHECKS.title]
    assert change(bank_id, QuestionFilter(), trainer, status=Status.REVIEWED) == 3
    assert titles(bank_id, status=Status.REVIEWED) == [VALVE.title, CHECKS.title, COLD.title]
    assert versions() == before


def test_many_are_changed_at_once_even_where_the_change_takes_them_out_of_the_filter(
    app: Portal, trainer: Actor, make: Callable[..., FolderId]
) -> None:
    bank_id = fill_bank([VALVE, CHECKS, COLD])
    folder, before = make(bank_id, "Checked"), versions()
    to = {
        "moves": True,
        "folder_id": folder,
        "judges": True,
        "difficulty": Difficulty.HARD,
        "status": Status.DRAFT,
        "tag": "2027",
    }
    with unit_of_work(read_only=True):
        counts = queries.count_changes(bank_id, REVIEWED, Change(**to))  # type: ignore[arg-type]  # as `change`
    assert counts == {"chosen": 3, "folder": 3, "difficulty": 3, "status": 3, "tag": 3}
    assert change(bank_id, REVIEWED, trainer, **to) == 3
    assert titles(bank_id, tag="2027", status=Status.DRAFT, difficulty=Difficulty.HARD) == [
        VALVE.title,
        CHECKS.title,
        COLD.title,
    ]
    valve_id = ids_of(bank_id)[VALVE.title]
    with unit_of_work(read_only=True):
        valve = queries.get_question(valve_id)
    assert (valve.question.tags, valve.line.folder_id) == (("safety", "2027"), folder)
    assert change(bank_id, QuestionFilter(tag="safety"), trainer, untag="safety") == 1
    assert titles(bank_id, tag="safety") == []
    with unit_of_work(read_only=True):
        assert queries.get_question(valve.line.id).question.tags == ("2027",)
    assert versions() == before, "no version was made, and none changed"


def test_an_act_on_others_than_were_shown_changes_nothing(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank([VALVE, CHECKS])
    with pytest.raises(Invalid), unit_of_work():
        service.change_questions(
            bank_id=bank_id,
            chosen=REVIEWED,
            change=Change(status=Status.RETIRED),
            expected=1,
            actor=trainer,
            now=clock.now(),
        )
    assert titles(bank_id, status=Status.RETIRED) == []


def test_an_act_on_many_is_told_once_in_the_audit(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank([VALVE, CHECKS, COLD])
    change(bank_id, QuestionFilter(), trainer, judges=True, difficulty=Difficulty.EASY)
    with unit_of_work(read_only=True):
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "QuestionsChanged")).all()
    assert [(one.details["chosen"], one.details["difficulty"]) for one in told] == [(3, "easy")]


def test_a_thousand_questions_change_in_as_many_statements_as_one(app: Portal, trainer: Actor) -> None:
    def cost(count: int) -> int:
        bank_id = fill_bank(
            [replace(VALVE, title=f"Question {number}") for number in range(count)], name=f"Bank of {count}"
        )
        with counted_queries() as seen:
            assert change(bank_id, QuestionFilter(), trainer, tag="x", status=Status.DRAFT) == count
        return len(seen)

    assert cost(2) == cost(1_000)


def test_a_question_is_found_by_any_word_of_its_text_and_by_its_new_wording_once_it_has_one(
    app: Portal, trainer: Actor
) -> None:
    bank_id = fill_bank([VALVE, CHECKS, COLD])
    assert titles(bank_id, words="polar") == [CHECKS.title], "a choice is part of it"
    assert titles(bank_id, words="lesson 3") == [VALVE.title], "feedback is"
    assert titles(bank_id, words="…") == [], "what no word can be is found nowhere"
    question_id = ids_of(bank_id)[COLD.title]
    with unit_of_work():
        service.edit_question(
            question_id=question_id,
            question=replace(COLD, stem=Text("The evaporator decides.")),
            seen=1,
            actor=trainer,
            now=clock.now(),
        )
    assert titles(bank_id, words="evaporator") == [COLD.title]
    assert titles(bank_id, words="outlet") == []


def test_questions_that_came_before_the_search_are_indexed_by_a_job(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank([VALVE])
    question_id = ids_of(bank_id)[VALVE.title]
    with unit_of_work():
        search.remove("question", question_id)
    assert titles(bank_id, words="valve") == []
    make_findable()
    assert titles(bank_id, words="valve") == [VALVE.title]


def test_what_nobody_was_asked_can_be_listed(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank([VALVE, CHECKS])
    course_id, exam = set_up_exam([Draw(question_id=ids_of(bank_id)[VALVE.title])])
    enrol(cast.amara, course_id)
    start(exam.id, cast.amara)
    assert titles(bank_id, unasked=is_unasked) == [CHECKS.title]


def test_what_was_moved_and_tagged_goes_out_with_its_folder_and_comes_back_as_known(
    app: Portal, trainer: Actor, make: Callable[..., FolderId]
) -> None:
    bank_id = fill_bank([replace(VALVE, category=("Safety",)), CHECKS])
    change(bank_id, QuestionFilter(), trainer, moves=True, folder_id=make(bank_id, "Kept"), tag="2027")
    with unit_of_work(read_only=True):
        exported = service.export_bank(bank_id)
    assert {one.question.category for one in exported} == {("Kept",)}
    assert [one.question.tags[-1] for one in exported] == ["2027", "2027"]
    with unit_of_work():
        again = service.add_questions(bank_id=bank_id, imported=exported, actor=trainer, now=clock.now())
    assert (len(again.questions), again.known) == (0, 2), (
        "only where it stands differs: it is the same question"
    )
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(QuestionVersionRow)) == 2
