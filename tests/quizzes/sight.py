"""A bank with a vault that is one trainer's, and another bank that is hers whole, with exams that ask from both."""

from dataclasses import dataclass, replace
from io import BytesIO
from uuid import UUID

from sqlalchemy import select

from lms.app.factory import deliver_outbox
from lms.identity import service as identity
from lms.identity.values import PersonId, PersonState
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, Role, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import run, unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.models import FolderRow, QuestionRow
from lms.quizzes.remarking import service as remarking
from lms.quizzes.remarking.values import Ask, Way
from lms.quizzes.values import (
    BankId,
    Draw,
    FolderId,
    ImportedQuestion,
    QuestionId,
    QuestionImportId,
    QuestionVersionId,
    QuizId,
    RemarkId,
    Text,
)
from tests.quizzes.exams import (
    COLD,
    PLANT,
    RATED,
    SPOTS,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    give,
    set_up_exam,
    start,
)
from tests.support.portal import Cast

SECRET = replace(
    COLD,
    title="Zanzibar",
    stem=Text("Quagga or not?"),
    tags=("quokka",),
    objective="Umbrage",
    category=("Vault", "Crypt"),
)
MAP = replace(SPOTS, title="Zanzibar by map", tags=("quokka",), category=("Vault",))
OPINION = replace(RATED, title="Zanzibar rated", category=("Vault",))
CLOSED = replace(COLD, title="Zanzibar closed", stem=Text("Quagga once more?"), tags=("quokka",))
OPEN = replace(VALVE, category=("Open",))
WORDS = ("Zanzibar", "Quagga", "quokka", "Umbrage", "Vault", "Crypt", "Xanadu")
"""What nobody reads anywhere who is not named."""


def add_trainer(name: str, cast: Cast, role: Role = Role.TRAINER) -> PersonId:
    """Return a new trainer at Halden."""
    with unit_of_work(), acting_as(SYSTEM):
        person_id = identity.add_person(
            email=f"{name.split(maxsplit=1)[0].lower()}@example.com",
            name=name,
            now=clock.now(),
            state=PersonState.ACTIVE,
        )
        identity.employ(
            person_id=person_id,
            organisation_id=cast.halden,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
        identity.grant_role(person_id=person_id, role=role, scope=EVERYTHING, actor=SYSTEM, now=clock.now())
    return person_id


def name(
    bank_id: BankId,
    folder_id: FolderId | None,
    person_id: PersonId,
    *,
    change: bool = True,
    by: Actor = SYSTEM,
) -> None:
    """Name a person."""
    with unit_of_work(), acting_as(by):
        service.name_person(
            bank_id=bank_id,
            folder_id=folder_id,
            person_id=person_id,
            may_change=change,
            actor=by,
            now=clock.now(),
        )


@dataclass(frozen=True)
class Stage:
    """What stands on it: `nora` is named for the vault and the closed bank, `sven` sees both and changes nothing."""

    nora: PersonId
    sven: PersonId
    shared: BankId
    closed: BankId
    folders: dict[str, FolderId]
    questions: dict[str, QuestionId]
    exam: QuizId
    survey: QuizId
    version: QuestionVersionId
    remark: RemarkId
    upload: QuestionImportId

    @property
    def hidden(self) -> set[str]:
        """Return the ids of what is hidden."""
        folders = {str(self.folders[one]) for one in ("Vault", "Crypt")}
        questions = {str(one) for title, one in self.questions.items() if title != OPEN.title}
        return {*folders, *questions, str(self.closed), str(self.version), str(self.remark), str(self.upload)}


def set_the_stage(cast: Cast) -> Stage:
    """Make it all, attempts at the exam and the survey included."""
    nora, sven = add_trainer("Nora Berg", cast), add_trainer("Sven Ek", cast)
    shared, closed = fill_bank((OPEN, SECRET, OPINION), name="Shared"), fill_bank((CLOSED,), name="Xanadu")
    with unit_of_work(), acting_as(SYSTEM):
        service.add_questions(
            bank_id=shared, imported=[ImportedQuestion(MAP, (PLANT,))], actor=SYSTEM, now=clock.now()
        )
        folders = {row.name: row.id for row in db.session.scalars(select(FolderRow))}
        questions = {row.title: row.id for row in db.session.scalars(select(QuestionRow))}
    draws = [
        Draw(question_id=questions[OPEN.title]),
        Draw(question_id=questions[SECRET.title]),
        Draw(count=1, bank_id=shared, folder_id=folders["Vault"], tag="quokka"),
        Draw(count=1, bank_id=closed, tag="quokka"),
    ]
    course_id, activity = set_up_exam(draws, pass_percent=10)
    exam = QuizId(UUID(activity.config["quiz_id"]))
    with unit_of_work(), acting_as(SYSTEM):
        service.keep_apart(
            quiz_id=exam,
            questions=[questions[OPINION.title], questions[OPEN.title]],
            actor=SYSTEM,
            now=clock.now(),
        )
    enrol(cast.amara, course_id)
    attempt = start(activity.id, cast.amara)
    give(attempt, 1, {"answer": ["b"]}, cast.amara)
    give(attempt, 2, {"answer": ["true"]}, cast.amara)
    finish(attempt, cast.amara)
    asked = [Draw(question_id=questions[OPINION.title])]
    course_id, activity = set_up_exam(asked, slug="survey", is_survey=True, pass_percent=0)
    survey = QuizId(UUID(activity.config["quiz_id"]))
    enrol(cast.amara, course_id)
    attempt = start(activity.id, cast.amara)
    give(attempt, 1, {"answer-a": ["5"]}, cast.amara)
    finish(attempt, cast.amara)
    deliver_outbox()
    remark = RemarkId(new_id())
    with unit_of_work(read_only=True), acting_as(SYSTEM):
        version = queries.get_question(questions[SECRET.title]).stored.id
    ask = Ask(
        id=remark,
        question_id=questions[SECRET.title],
        version_id=version,
        way=Way.FULL,
        reason="It had two right answers.",
    )
    with acting_as(SYSTEM):
        run(lambda: remarking.look(ask=ask, actor=SYSTEM, now=clock.now()))
    author = actor_of(nora, Role.TRAINER)
    name(shared, folders["Vault"], nora)
    name(shared, folders["Vault"], sven, change=False)
    name(closed, None, nora)
    name(closed, None, sven, change=False)
    upload = QuestionImportId(new_id())
    with unit_of_work(), acting_as(author):
        service.upload_questions(
            import_id=upload,
            bank_id=shared,
            filename="more.gift",
            source=BytesIO(b"$CATEGORY: Vault\n\n::Zanzibar again::Quagga twice?{TRUE}\n"),
            actor=author,
            now=clock.now(),
        )
    return Stage(
        nora=nora,
        sven=sven,
        shared=shared,
        closed=closed,
        folders=folders,
        questions=questions,
        exam=exam,
        survey=survey,
        version=version,
        remark=remark,
        upload=upload,
    )
