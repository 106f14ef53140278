"""Who sees a folder of a bank and changes in it: the nearest place that names anybody says so, by one piece for all."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.app.portal import Portal
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Role, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.models import NamedRow
from lms.quizzes.bank.queries import QuestionFilter
from lms.quizzes.bank.rules.sight import EVERYTHING, Named, Sight, sight_of
from lms.quizzes.bank.values import Change
from lms.quizzes.values import BankId, Draw, FolderId, ImportedQuestion, QuestionId, QuizId, QuizRules, Status
from lms.web.pages import PageRequest
from tests.quizzes.exams import CHECKS, COLD, NAME, VALVE, actor_of, fill_bank
from tests.quizzes.sight import add_trainer, name
from tests.support.portal import Cast, counted_queries

BANK, OTHER = BankId(UUID(int=1)), BankId(UUID(int=2))
OUTER, INNER, DEEP, BESIDE = (FolderId(UUID(int=number)) for number in (11, 12, 13, 14))
LIES = {OUTER: (BANK, None), INNER: (BANK, OUTER), DEEP: (BANK, INNER), BESIDE: (BANK, None)}
ALL = QuestionFilter()
ANNA, BORIS = PersonId(UUID(int=21)), PersonId(UUID(int=22))


def named(place: FolderId | None, person: PersonId, *, change: bool = True) -> Named:
    return Named(BANK, place, person, change)


@pytest.mark.parametrize(
    "names, seen, changed",
    [
        pytest.param([], "top outer inner deep beside", "top outer inner deep beside", id="nobody is named"),
        pytest.param(
            [named(OUTER, ANNA)],
            "top outer inner deep beside",
            "top outer inner deep beside",
            id="named, and so for all that lies in it",
        ),
        pytest.param([named(OUTER, BORIS)], "top beside", "top beside", id="another is named"),
        pytest.param([named(INNER, BORIS)], "top outer beside", "top outer beside", id="further in"),
        pytest.param(
            [named(OUTER, ANNA, change=False)],
            "top outer inner deep beside",
            "top beside",
            id="to see and not to change",
        ),
        pytest.param(
            [named(OUTER, BORIS), named(INNER, ANNA)],
            "top inner deep beside",
            "top inner deep beside",
            id="the nearest that says something holds, also where it opens",
        ),
        pytest.param(
            [named(OUTER, ANNA), named(INNER, BORIS), named(DEEP, ANNA, change=False)],
            "top outer deep beside",
            "top outer beside",
            id="in turns",
        ),
        pytest.param([named(None, BORIS)], "", "", id="another is named for the whole bank"),
        pytest.param(
            [named(None, BORIS), named(BESIDE, ANNA)],
            "beside",
            "beside",
            id="a folder of a bank that is another’s",
        ),
        pytest.param(
            [named(None, ANNA), named(None, BORIS), named(OUTER, BORIS)],
            "top beside",
            "top beside",
            id="named for the bank and not for a folder of it",
        ),
    ],
)
def test_the_nearest_place_that_names_anybody_says_who_sees_and_changes(
    names: list[Named], seen: str, changed: str
) -> None:
    places = {"top": None, "outer": OUTER, "inner": INNER, "deep": DEEP, "beside": BESIDE}
    found = sight_of(names, LIES, actor_of(ANNA, Role.TRAINER))
    assert [word for word, place in places.items() if found.sees(BANK, place)] == seen.split()
    assert [word for word, place in places.items() if found.may_change(BANK, place)] == changed.split()
    assert found.sees(OTHER, None), "another bank is not concerned"
    assert (BANK in found.banks) is (not seen), "a bank of which nothing is seen is none"


def test_administrators_see_and_change_everything_and_auditors_see_it() -> None:
    names = [named(None, BORIS)]
    assert sight_of(names, LIES, actor_of(ANNA, Role.ADMINISTRATOR)) == EVERYTHING
    assert sight_of(names, LIES, SYSTEM) == EVERYTHING
    auditor = sight_of(names, LIES, actor_of(ANNA, Role.AUDITOR))
    assert not auditor.is_narrowed
    assert not auditor.may_change(BANK, OUTER), "who audits and teaches changes nothing of others’ folders"
    assert sight_of(names, LIES, Actor()).sees(BANK, None) is False, "nobody sees nothing of it"
    assert Sight() == EVERYTHING


@pytest.fixture
def anna(app: Portal, cast: Cast) -> Actor:
    return actor_of(cast.tomas, Role.TRAINER)


@pytest.fixture
def boris(app: Portal, cast: Cast) -> Actor:
    return actor_of(add_trainer("Boris Lind", cast), Role.TRAINER)


class Bank:
    """A bank with a folder that is Boris's, another beside it, and a question in each and in none."""

    def __init__(self, boris: Actor) -> None:
        """Fill it."""
        self.id = fill_bank([replace(VALVE, category=("Own",)), replace(CHECKS, category=("All",)), COLD])
        with unit_of_work(read_only=True), acting_as(SYSTEM):
            self.own, self.all = (
                next(one.id for one in queries.list_folders(self.id) if one.name == word)
                for word in ("Own", "All")
            )
            lines = queries.page_questions(self.id, PageRequest()).items
        self.questions = {one.title: one.id for one in lines}
        assert boris.person_id is not None
        name(self.id, self.own, PersonId(boris.person_id))


@pytest.fixture
def bank(boris: Actor) -> Bank:
    return Bank(boris)


def titles(bank_id: BankId, actor: Actor, like: QuestionFilter = ALL) -> list[str]:
    with unit_of_work(read_only=True), acting_as(actor):
        return [one.title for one in queries.page_questions(bank_id, PageRequest(), like=like).items]


def test_lists_searches_offers_and_counts_hold_what_is_seen_and_no_more(
    bank: Bank, anna: Actor, boris: Actor
) -> None:
    rest = [CHECKS.title, COLD.title]
    assert titles(bank.id, boris) == [VALVE.title, *rest]
    assert titles(bank.id, anna) == rest
    assert titles(bank.id, anna, QuestionFilter(words="relief")) == []
    assert titles(bank.id, boris, QuestionFilter(words="relief")) == [VALVE.title]
    for actor, folders, tags, count in (
        (boris, ["All", "Own"], ["safety", "wiring"], 3),
        (anna, ["All"], ["wiring"], 2),
    ):
        with unit_of_work(read_only=True), acting_as(actor):
            assert [one.name for one in queries.list_folders(bank.id)] == folders
            assert list(queries.list_tags(bank.id)) == tags
            assert queries.get_bank(bank.id).count == count
            assert queries.list_supplies()[bank.id].total == count
            assert len(queries.list_in_use()) == count
            assert len(service.export_bank(bank.id)) == count
    with unit_of_work(read_only=True), acting_as(anna):
        with pytest.raises(NotFound):
            queries.get_question(bank.questions[VALVE.title])
        with pytest.raises(NotFound):
            queries.get_folder(bank.own)
        assert not queries.list_lines([bank.questions[VALVE.title]])


def test_exams_go_on_drawing_from_a_folder_that_is_somebodys(bank: Bank, anna: Actor) -> None:
    with unit_of_work(read_only=True), acting_as(anna):
        assert bank.questions[VALVE.title] in queries.pool(bank.id, "")
        drawn = queries.pools([Draw(bank_id=bank.id, folder_id=bank.own)], enough=1, seen=(), at=0)
        assert drawn == [[bank.questions[VALVE.title]]]


def test_nobody_writes_where_they_see_nothing_and_who_only_sees_is_told_so(
    bank: Bank, anna: Actor, boris: Actor, cast: Cast
) -> None:
    question_id = bank.questions[VALVE.title]

    def acts(actor: Actor, error: type[Exception]) -> None:
        now = clock.now()
        with unit_of_work(), acting_as(actor):
            with pytest.raises(error):
                service.retire_question(question_id=question_id, is_back=False, actor=actor, now=now)
            with pytest.raises(error):
                service.edit_question(
                    question_id=question_id,
                    question=replace(VALVE, title="Mine"),
                    seen=1,
                    actor=actor,
                    now=now,
                )
            with pytest.raises(error):
                service.change_folder(folder_id=bank.own, name="Mine", parent_id=None, actor=actor)
            with pytest.raises(error):
                service.remove_folder(folder_id=bank.own, actor=actor)
            with pytest.raises(error):
                service.name_person(
                    bank_id=bank.id,
                    folder_id=bank.own,
                    person_id=cast.tomas,
                    may_change=True,
                    actor=actor,
                    now=now,
                )
            with pytest.raises((error, Invalid)):
                service.add_folder(
                    folder_id=FolderId(new_id()),
                    bank_id=bank.id,
                    name="Mine",
                    parent_id=bank.own,
                    actor=actor,
                    now=now,
                )
            with pytest.raises((error, Invalid)):
                service.write_question(
                    question_id=QuestionId(new_id()),
                    bank_id=bank.id,
                    question=NAME,
                    place=Change(moves=True, folder_id=bank.own),
                    actor=actor,
                    now=now,
                )
            with pytest.raises((error, Invalid)):
                service.change_questions(
                    bank_id=bank.id,
                    chosen=QuestionFilter(ids=frozenset([bank.questions[COLD.title]])),
                    change=Change(moves=True, folder_id=bank.own),
                    actor=actor,
                    now=now,
                )

    acts(anna, NotFound)
    name(bank.id, bank.own, cast.tomas, change=False, by=boris)
    acts(anna, Forbidden)
    with unit_of_work(), acting_as(anna), pytest.raises(Forbidden):
        service.change_questions(
            bank_id=bank.id, chosen=QuestionFilter(), change=Change(tag="mine"), actor=anna, now=clock.now()
        )
    assert titles(bank.id, anna) == [VALVE.title, CHECKS.title, COLD.title]


def test_an_act_on_all_leaves_what_is_not_seen_as_it_is(bank: Bank, anna: Actor) -> None:
    with unit_of_work(), acting_as(anna):
        changed = service.change_questions(
            bank_id=bank.id,
            chosen=QuestionFilter(),
            change=Change(status=Status.RETIRED),
            actor=anna,
            now=clock.now(),
        )
    assert changed == 2
    with unit_of_work(read_only=True):
        assert list(queries.pool(bank.id, "")) == [bank.questions[VALVE.title]]


def test_a_file_puts_nothing_into_a_folder_that_is_somebodys(bank: Bank, anna: Actor, boris: Actor) -> None:
    for actor, question, folder in ((anna, NAME, None), (boris, replace(NAME, title="His"), bank.own)):
        with unit_of_work(), acting_as(actor):
            added = service.add_questions(
                bank_id=bank.id,
                imported=[ImportedQuestion(replace(question, category=("Own", "Deep")))],
                actor=actor,
                now=clock.now(),
            )
        with unit_of_work(read_only=True), acting_as(SYSTEM):
            held = queries.get_question(added.questions[0]).line.folder_id
            lies_in = queries.get_folder(held).parent_id if held else None
        assert lies_in == folder


def test_what_an_exam_asks_already_stays_and_nothing_hidden_comes_to_it(bank: Bank, anna: Actor) -> None:
    own = Draw(count=1, bank_id=bank.id, folder_id=bank.own)
    fixed = Draw(question_id=bank.questions[VALVE.title])
    rules = QuizRules(title="Exam", pass_percent=0)
    quiz_id = QuizId(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        service.define_quiz(quiz_id=quiz_id, quiz_rules=rules, draws=[own], actor=SYSTEM, now=clock.now())
    with unit_of_work(), acting_as(anna):
        service.edit_quiz(
            quiz_id=quiz_id,
            quiz_rules=replace(rules, title="Hers"),
            draws=[replace(own, count=2)],
            revision=1,
            actor=anna,
            now=clock.now(),
        )
    for draws, apart in (
        ([own, fixed], ()),
        ([own], [[bank.questions[VALVE.title], bank.questions[COLD.title]]]),
    ):
        with unit_of_work(), acting_as(anna), pytest.raises(Invalid, match="restricted"):
            service.edit_quiz(
                quiz_id=quiz_id,
                quiz_rules=rules,
                draws=draws,
                apart=apart,
                revision=2,
                actor=anna,
                now=clock.now(),
            )
    with unit_of_work(), acting_as(anna), pytest.raises(Invalid, match="restricted"):
        service.define_quiz(
            quiz_id=QuizId(new_id()), quiz_rules=rules, draws=[own], actor=anna, now=clock.now()
        )


def test_who_names_the_first_is_named_too_and_the_last_name_opens_the_folder(
    bank: Bank, anna: Actor, boris: Actor, cast: Cast
) -> None:
    person_id = PersonId(boris.person_id)  # type: ignore[arg-type]  # a person
    for _click in range(2):
        name(bank.id, bank.all, person_id, change=False, by=anna)
    held = {(cast.tomas, True), (person_id, False)}
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(NamedRow).where(NamedRow.folder_id == bank.all))
        assert {(row.person_id, row.may_change) for row in rows} == held
        kinds = [one.action for one in db.session.scalars(select(AuditEntry))]
        assert sum("named" in one.lower() for one in kinds) == 3, (
            "each is told once: Boris’s own folder, and these"
        )

    def drop(who: PersonId, by: Actor) -> None:
        with unit_of_work(), acting_as(by):
            service.name_no_more(bank_id=bank.id, folder_id=bank.all, person_id=who, actor=by)

    with pytest.raises(Invalid):
        drop(cast.tomas, anna)
    with pytest.raises(Forbidden):
        drop(cast.tomas, boris)
    with pytest.raises(Invalid):
        name(bank.id, bank.all, cast.tomas, change=False, by=anna)
    with pytest.raises(Invalid):
        name(bank.id, bank.all, cast.amara, by=anna)
    for _click in range(2):
        drop(person_id, anna)
    assert CHECKS.title not in titles(bank.id, boris)
    drop(cast.tomas, anna)
    assert CHECKS.title in titles(bank.id, boris), "nobody is named: everybody sees it again"


def test_a_folder_that_is_moved_follows_what_it_lies_in_then(bank: Bank, anna: Actor, boris: Actor) -> None:
    with unit_of_work(), acting_as(anna), pytest.raises(Invalid):
        service.change_folder(folder_id=bank.all, name="All", parent_id=bank.own, actor=anna)
    with unit_of_work(), acting_as(boris):
        service.change_folder(folder_id=bank.all, name="All", parent_id=bank.own, actor=boris)
    assert titles(bank.id, anna) == [COLD.title]
    name(bank.id, bank.all, PersonId(anna.person_id), by=boris)  # type: ignore[arg-type]  # a person
    assert titles(bank.id, anna) == [CHECKS.title, COLD.title]
    with unit_of_work(), acting_as(anna):
        shown = queries.get_folder(bank.all)
        assert (shown.said, shown.parent_id) == ("All", None), "what it lies in has no name for her"
        service.change_folder(folder_id=bank.all, name="Renamed", parent_id=None, actor=anna)
    with unit_of_work(read_only=True), acting_as(boris):
        assert queries.get_folder(bank.all).path == ("Own", "Renamed"), "it stays where it lies"


def test_whoever_sees_everything_pays_one_query_and_many_names_cost_no_more(
    bank: Bank, anna: Actor, boris: Actor
) -> None:
    def cost(actor: Actor) -> int:
        with unit_of_work(read_only=True), acting_as(actor), counted_queries() as seen:
            queries.page_questions(bank.id, PageRequest())
        return len(seen)

    few = cost(anna)
    with unit_of_work(), acting_as(boris):
        for number in range(20):
            folder_id = FolderId(new_id())
            service.add_folder(
                folder_id=folder_id,
                bank_id=bank.id,
                name=f"Folder {number}",
                parent_id=None,
                actor=boris,
                now=clock.now(),
            )
            service.name_person(
                bank_id=bank.id,
                folder_id=folder_id,
                person_id=PersonId(boris.person_id),  # type: ignore[arg-type]  # a person
                may_change=True,
                actor=boris,
                now=clock.now(),
            )
    assert cost(anna) == few == 3
    assert cost(actor_of(PersonId(new_id()), Role.ADMINISTRATOR)) == 1
