"""Questions come in whole or not at all, keep every version, and go out as they came."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import Actor, Role
from lms.kernel.db import READ_ONLY, db, new_id
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.models import QuestionRow, QuestionVersionRow
from lms.quizzes.bank.queries.listing import QuestionFilter
from lms.quizzes.bank.service import imports, questions
from lms.quizzes.cli import questions as commands
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.formats import WRITTEN, read_questions
from lms.quizzes.values import (
    Attachment,
    BankId,
    Draw,
    ImportedQuestion,
    QuestionImportId,
    QuizId,
    QuizRules,
    Text,
)
from lms.web.pages import PageRequest
from tests.quizzes.exams import NAME, SIX_KINDS, VALVE, actor_of, fill_bank
from tests.support.portal import Cast, Visitor, counted_queries

GIFT = b"""::One:: Two and two is {=four ~five}

::Bad:: Nothing is right here {~a ~b}

::Three:: The earth is round {T}
"""


@pytest.fixture
def trainer(cast: Cast) -> Actor:
    return actor_of(cast.tomas, Role.TRAINER)


def upload(bank_id: BankId, trainer: Actor, content: bytes = GIFT, name: str = "q.gift") -> QuestionImportId:
    with unit_of_work():
        return service.upload_questions(
            import_id=QuestionImportId(new_id()),
            bank_id=bank_id,
            filename=name,
            source=BytesIO(content),
            actor=trainer,
            now=clock.now(),
        )


def confirm(import_id: QuestionImportId, trainer: Actor) -> service.Added:
    with unit_of_work(read_only=True):
        ready = service.read_import(import_id)
    with unit_of_work():
        return service.confirm_import(import_id=import_id, ready=ready, actor=trainer, now=clock.now())


def stored() -> int:
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(QuestionRow)) or 0


def test_an_import_says_what_will_come_and_names_what_will_not(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank(())
    import_id = upload(bank_id, trainer)
    assert stored() == 0, "nothing is taken before it is confirmed"
    with unit_of_work(read_only=True):
        seen = service.look_at_import(import_id)
    assert [one.question.title for one in seen.new] == ["One", "Three"]
    assert [(problem.line, problem.name) for problem in seen.refused] == [(3, "Bad")]
    assert len(confirm(import_id, trainer).questions) == stored() == 2
    assert not confirm(import_id, trainer).questions, "a second click takes nothing twice"
    assert stored() == 2


def test_a_file_imported_again_is_recognised(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank(())
    confirm(upload(bank_id, trainer), trainer)
    again = upload(bank_id, trainer, GIFT + b"\n::Four:: Four is {=4}\n")
    with unit_of_work(read_only=True):
        seen = service.look_at_import(again)
    assert [one.question.title for one in seen.new] == ["Four"]
    assert [one.question.title for one in seen.known] == ["One", "Three"]
    added = confirm(again, trainer)
    assert (len(added.questions), added.known, stored()) == (1, 2, 3)


@pytest.mark.parametrize(
    "name, content",
    [("q.pdf", b"%PDF-1.7"), ("q.docx", b"PK\x03\x04")],
)
def test_a_file_of_another_kind_is_refused_before_it_is_kept(
    app: Portal, trainer: Actor, name: str, content: bytes
) -> None:
    bank_id = fill_bank(())
    with pytest.raises(Invalid) as refusal:
        upload(bank_id, trainer, content, name)
    assert "file" in refusal.value.fields


def test_a_file_without_a_good_question_takes_nothing(app: Portal, trainer: Actor) -> None:
    import_id = upload(fill_bank(()), trainer, b"::Bad:: x {~a ~b}")
    with pytest.raises(Invalid):
        confirm(import_id, trainer)
    assert stored() == 0


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_bank_goes_out_and_comes_back(app: Portal, trainer: Actor, name: str) -> None:
    bank_id = fill_bank()
    with unit_of_work(read_only=True):
        whole = service.export_bank(bank_id)
    written = WRITTEN[name].write(whole)
    report = WRITTEN[name].parse(written)
    assert not report.errors
    assert [one.question.title for one in report.questions] == [one.title for one in SIX_KINDS]


def test_a_picture_is_stored_once_and_shown_from_our_own_place(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank(())
    shown = replace(VALVE, stem=Text("![valve](attachment:v.png) What now?"))
    other = replace(shown, title="Another")
    picture = (Attachment("v.png", b"\x89PNG"),)
    with unit_of_work():
        added = service.add_questions(
            bank_id=bank_id,
            imported=[ImportedQuestion(shown, picture), ImportedQuestion(other, picture)],
            actor=trainer,
            now=clock.now(),
        )
    with unit_of_work(read_only=True):
        views = [queries.get_question(one) for one in added.questions]
        assert len({url for view in views for url in view.stored.pictures.values()}) == 1
        assert 'src="/learn/exams/pictures/' in views[0].stored.stem
        assert service.export_bank(bank_id)[0].attachments == picture


def test_an_edit_is_a_new_version_and_the_old_one_stays(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank([VALVE])
    with unit_of_work(read_only=True):
        (question_id,) = queries.pool(bank_id, "safety")
    edited = replace(VALVE, title="Valve, reworded", tags=("pressure",), marks=Decimal(3))

    def save(seen: int) -> int:
        with unit_of_work():
            return service.edit_question(
                question_id=question_id, question=edited, seen=seen, actor=trainer, now=clock.now()
            )

    assert save(1) == 2
    assert save(1) == 2, "saving the same again makes no version"
    with unit_of_work(read_only=True):
        view = queries.get_question(question_id)
        assert (view.question, view.line.title, view.line.number) == (edited, "Valve, reworded", 2)
        assert queries.pool(bank_id, "safety") == []
        assert queries.pool(bank_id, "pressure") == [question_id]
        assert db.session.scalar(select(func.count()).select_from(QuestionVersionRow)) == 2
    with pytest.raises(EditedMeanwhile), unit_of_work():
        service.edit_question(question_id=question_id, question=VALVE, seen=1, actor=trainer, now=clock.now())


def test_a_retired_question_is_drawn_no_more_until_it_is_back(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank([VALVE, NAME])
    with unit_of_work(read_only=True):
        before = queries.pool(bank_id, "")
    for is_back, left in ((False, 1), (True, 2)):
        with unit_of_work():
            service.retire_question(question_id=before[0], is_back=is_back, actor=trainer, now=clock.now())
        with unit_of_work(read_only=True):
            assert len(queries.pool(bank_id, "")) == left


@pytest.mark.parametrize(
    "field, given",
    [
        ("title", {"title": " "}),
        ("pass_percent", {"pass_percent": 101}),
        ("minutes", {"minutes": 0}),
        ("attempts_allowed", {"attempts_allowed": 0}),
        ("wait_days", {"wait_days": (1, -1)}),
    ],
)
def test_a_quiz_with_a_rule_that_cannot_hold_is_refused_by_field(
    app: Portal, trainer: Actor, field: str, given: dict[str, object]
) -> None:
    with pytest.raises(Invalid) as refusal, unit_of_work():
        service.define_quiz(
            quiz_id=QuizId(new_id()),
            quiz_rules=QuizRules(**{"title": "Exam", **given}),  # type: ignore[arg-type]
            draws=(),
            actor=trainer,
            now=clock.now(),
        )
    assert set(refusal.value.fields) == {field}


def test_a_quiz_says_what_it_lacks_before_it_is_published(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank()
    quiz_id = QuizId(new_id())
    with unit_of_work():
        service.define_quiz(
            quiz_id=quiz_id, quiz_rules=QuizRules(title="Exam"), draws=(), actor=trainer, now=clock.now()
        )
    with unit_of_work(read_only=True):
        assert service.problems_of(quiz_id) == ("The exam has no questions yet.",)
    for count, faults in ((6, 0), (7, 1)):
        with unit_of_work():
            service.edit_quiz(
                quiz_id=quiz_id,
                quiz_rules=QuizRules(title="Exam"),
                draws=[Draw(count=count, bank_id=bank_id)],
                revision=count - 5,
                actor=trainer,
                now=clock.now(),
            )
        with unit_of_work(read_only=True):
            assert len(service.problems_of(quiz_id)) == faults


@pytest.mark.parametrize("role", [Role.LEARNER, Role.AUDITOR, Role.PROGRAMME_MANAGER])
def test_who_is_no_author_changes_nothing(app: Portal, cast: Cast, role: Role) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        service.add_bank(
            bank_id=BankId(new_id()), name="Mine", actor=actor_of(cast.amara, role), now=clock.now()
        )


def test_questions_come_and_go_by_command_line(app: Portal, tmp_path: Path) -> None:
    file = tmp_path / "q.gift"
    file.write_bytes(GIFT)
    first = CliRunner().invoke(commands, ["import", str(file), "--bank", "Cold"])
    assert (first.exit_code, first.stdout) == (0, "2 added, 0 known already, 1 refused\n")
    assert "q.gift:3: refused “Bad”" in first.stderr
    again = CliRunner().invoke(commands, ["import", str(file), "--bank", "Cold"])
    assert again.stdout == "0 added, 2 known already, 1 refused\n"
    out = CliRunner().invoke(commands, ["export", "--bank", "Cold", "--format", "gift"])
    assert "::One::" in out.stdout
    assert CliRunner().invoke(commands, ["export", "--bank", "None"]).exit_code == 1


MANY = b"\n\n".join(b"// [tag:cold]\n::Q%d::It is <b>%d</b> degrees {T}" % (n, n) for n in range(2000))


def test_thousands_of_questions_come_in_without_a_statement_for_each(app: Portal, trainer: Actor) -> None:
    bank_id = fill_bank(())
    import_id = upload(bank_id, trainer, MANY)
    with counted_queries() as few:
        assert len(confirm(import_id, trainer).questions) == 2000
    assert len(few) < 60, "while they come in, the whole portal waits"
    with unit_of_work(read_only=True):
        found = queries.page_questions(bank_id, PageRequest(), like=QuestionFilter(tag="cold")).items[0]
        assert queries.get_question(found.id).stored.stem == "It is <b>0</b> degrees"


def test_the_questions_of_a_file_are_made_ready_before_anything_is_locked(
    app: Portal, cast: Cast, visit: Callable[..., Visitor], trainer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id, modes = upload(fill_bank(()), trainer), []
    made_ready = questions.made_ready

    def watched(imported: ImportedQuestion) -> service.Ready:
        modes.append(READ_ONLY.get())
        return made_ready(imported)

    monkeypatch.setattr(imports, "made_ready", watched)
    assert visit(cast.tomas).post(f"/author/questions/imports/{import_id}").status_code == 303
    assert (modes, stored()) == ([True, True], 2)


def test_a_file_of_too_many_questions_is_refused_with_both_numbers(app: Portal, trainer: Actor) -> None:
    xml = b"<quiz>" + b"<question type='truefalse'/>" * 10001 + b"</quiz>"
    for content, name in ((b"::Q:: x {T}\n\n" * 10001, "q.gift"), (xml, "q.xml")):
        import_id = upload(fill_bank((), name=name), trainer, content, name)
        with unit_of_work(read_only=True):
            seen = service.look_at_import(import_id)
        assert not seen.new
        assert "10001 questions in this file, and one file may bring at most 10000" in seen.unfit[0].message
        with pytest.raises(Invalid):
            confirm(import_id, trainer)
    assert stored() == 0


def test_a_question_that_is_too_long_is_named_with_its_line_and_the_limit(
    app: Portal, trainer: Actor
) -> None:
    content = GIFT + b"\n::Long::" + b"x" * 3_000_000 + b" {T}"
    with unit_of_work(read_only=True):
        report = read_questions(WRITTEN["gift"], content)
    assert [(one.line, one.name, one.message) for one in report.errors][1:] == [
        (7, "Long", "A question has at most 200000 characters.")
    ]
    assert len(report.questions) == 2


@pytest.mark.parametrize("content", [b"", b"// nothing but a comment\n"])
def test_a_file_without_a_question_says_so(
    app: Portal, cast: Cast, visit: Callable[..., Visitor], trainer: Actor, content: bytes
) -> None:
    import_id = upload(fill_bank(()), trainer, content)
    page = visit(cast.tomas).get(f"/author/questions/imports/{import_id}").text
    assert "There is no question in this file." in page
