"""Exams for tests: a bank, a quiz, a course that holds it, and people enrolled on that."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from lms.courses import facade as courses
from lms.courses.authoring.values import CourseFacts
from lms.courses.values import (
    Activity,
    ActivityId,
    ActivityKey,
    CourseId,
    EnrolmentId,
    EnrolmentSource,
    SectionKey,
)
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries, service
from lms.quizzes.attempts.values import Saved, Sitting
from lms.quizzes.bank import queries as bank_queries
from lms.quizzes.bank import service as bank
from lms.quizzes.policy import ALLOWED
from lms.quizzes.values import (
    AttemptId,
    BankId,
    Choice,
    Draw,
    ImportedQuestion,
    Matching,
    MatchOption,
    MatchStem,
    MultipleChoice,
    Numeric,
    NumericAnswer,
    Question,
    QuizId,
    QuizRules,
    ShortText,
    SingleChoice,
    SingleChoiceResponse,
    Text,
    TextAnswer,
    TrueFalse,
)

VALVE = Question(
    title="Relief valve",
    stem=Text("A relief valve opens at **27 bar**. What do you do first?"),
    body=SingleChoice(
        (
            Choice("a", Text("Reset the controller.")),
            Choice("b", Text("Clear the room."), Decimal(1), Text("People come first.")),
            Choice("c", Text("Tighten the valve.")),
        )
    ),
    general_feedback=Text("See lesson 3."),
    tags=("safety",),
)
CHECKS = Question(
    title="Before power",
    stem=Text("What is checked before power is on?"),
    body=MultipleChoice(
        (
            Choice("a", Text("Earth"), Decimal("0.5")),
            Choice("b", Text("Polarity"), Decimal("0.5")),
            Choice("c", Text("The invoice"), Decimal("-0.5")),
        )
    ),
    marks=Decimal(2),
    tags=("wiring",),
)
COLD = Question(
    title="Superheat", stem=Text("Superheat is measured at the outlet."), body=TrueFalse(answer=True)
)
NAME = Question(
    title="Refrigerant",
    stem=Text("Which refrigerant is carbon dioxide?"),
    body=ShortText((TextAnswer("a", "R744"), TextAnswer("b", "CO2"))),
)
NUMBER = Question(
    title="Degrees",
    stem=Text("At how many kelvin does water freeze?"),
    body=Numeric((NumericAnswer("a", Decimal(273), Decimal(1)),)),
)
PAIRS = Question(
    title="Stations",
    stem=Text("What does each station do?"),
    body=Matching(
        (MatchStem("a", Text("Compressor"), "x"), MatchStem("b", Text("Condenser"), "y")),
        (MatchOption("x", "raises pressure"), MatchOption("y", "gives heat away"), MatchOption("z", "rests")),
    ),
)
ALL_TYPES = (VALVE, CHECKS, COLD, NAME, NUMBER, PAIRS)


def actor_of(person_id: PersonId, *roles: Role) -> Actor:
    """Return a signed-in learner, with more roles if named."""
    grants = tuple(Grant(role, Scope(everything=True)) for role in (Role.LEARNER, *roles))
    return Actor(person_id=person_id, name="Test", grants=grants, scopes=scopes_of(grants, ALLOWED))


def fill_bank(questions: Sequence[Question] = ALL_TYPES, name: str = "Cold") -> BankId:
    """Return a bank with these questions."""
    with unit_of_work(), acting_as(SYSTEM):
        bank_id = bank.add_bank(bank_id=BankId(new_id()), name=name, actor=SYSTEM, now=clock.now())
        bank.add_questions(
            bank_id=bank_id,
            imported=[ImportedQuestion(question) for question in questions],
            actor=SYSTEM,
            now=clock.now(),
        )
    return bank_id


def fixed(bank_id: BankId) -> tuple[Draw, ...]:
    """Return draws of every question of a bank, in order."""
    return tuple(Draw(question_id=one) for one in bank_queries.pool(bank_id, ""))


def set_up_exam(
    draws: Sequence[Draw] | None = None, *, slug: str = "cold", **rules: object
) -> tuple[CourseId, Activity]:
    """Return a published course that is one exam, and the exam."""
    now = clock.now()
    if draws is None:
        bank_id = fill_bank(name=slug.title())
        with unit_of_work(read_only=True):
            draws = fixed(bank_id)
    given: dict[str, object] = {
        "title": "Exam: Cold",
        "shuffle_questions": False,
        "shuffle_choices": False,
        **rules,
    }
    with unit_of_work(), acting_as(SYSTEM):
        quiz_id = bank.define_quiz(
            quiz_id=QuizId(new_id()),
            quiz_rules=QuizRules(**given),  # type: ignore[arg-type]
            draws=draws,
            actor=SYSTEM,
            now=now,
        )
        course_id = courses.create_course(
            course_id=CourseId(new_id()),
            facts=CourseFacts(title=slug.title(), slug=slug),
            actor=SYSTEM,
            now=now,
        )
        section = SectionKey(new_id())
        courses.add_section(course_id=course_id, key=section, title="Part 1", actor=SYSTEM, now=now)
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=ActivityKey(new_id()),
            kind="quiz",
            title="Exam: Cold",
            config={"quiz_id": str(quiz_id), "minutes": rules.get("minutes")},
            actor=SYSTEM,
            now=now,
        )
        courses.publish(course_id=course_id, actor=SYSTEM, now=now)
    return course_id, courses.list_activities(course_id)[0]


def enrol(person_id: PersonId, course_id: CourseId) -> EnrolmentId:
    """Enrol a person."""
    with unit_of_work(), acting_as(SYSTEM):
        made = courses.enrol(
            person_id=person_id,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=None,
            actor=SYSTEM,
            now=clock.now(),
        )
    assert made is not None, "all places of the course are taken"
    return made


def start(activity_id: ActivityId, person_id: PersonId, now: datetime | None = None) -> AttemptId:
    """Begin an attempt."""
    with unit_of_work():
        return service.start_attempt(
            activity_id=activity_id, actor=actor_of(person_id), now=now or clock.now()
        )


def give(
    attempt_id: AttemptId,
    slot: int,
    form: Mapping[str, Sequence[str]],
    person_id: PersonId,
    *,
    key: object = None,
    now: datetime | None = None,
) -> Saved:
    """Save an answer."""
    with unit_of_work():
        return service.save_answer(
            attempt_id=attempt_id,
            slot=slot,
            form=form,
            client_key=key or uuid4(),  # type: ignore[arg-type]
            actor=actor_of(person_id),
            now=now or clock.now(),
        )


def finish(attempt_id: AttemptId, person_id: PersonId, now: datetime | None = None) -> None:
    """Finish an attempt."""
    with unit_of_work():
        service.finish_attempt(attempt_id=attempt_id, actor=actor_of(person_id), now=now or clock.now())


def sitting(attempt_id: AttemptId, person_id: PersonId) -> Sitting:
    """Return how an attempt stands."""
    with unit_of_work(read_only=True):
        return queries.get_sitting(attempt_id, actor_of(person_id))


RIGHT: tuple[Mapping[str, Sequence[str]], ...] = (
    {"answer": ["b"]},
    {"answer": ["a", "b"]},
    {"answer": ["true"]},
    {"answer": ["r744"]},
    {"answer": ["273.4"]},
    {"answer-a": ["x"], "answer-b": ["y"]},
)
"""What answers every question of `ALL_TYPES` rightly."""
PICKED_B = SingleChoiceResponse("b")
