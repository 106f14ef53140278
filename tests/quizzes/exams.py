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
from lms.courses.values.marking import Criterion, FileKind, Level
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries, service
from lms.quizzes.attempts.values import Saved, Sitting
from lms.quizzes.bank import queries as bank_queries
from lms.quizzes.bank import service as bank
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.kinds.free_text import FreeText
from lms.quizzes.kinds.gap_fill import Gap, GapChoice, GapFill, GapWay
from lms.quizzes.kinds.hotspot import Hotspot, Place, PlaceShape
from lms.quizzes.kinds.likert import Likert, LikertStatement
from lms.quizzes.kinds.marked_words import MarkedWord, MarkedWords
from lms.quizzes.kinds.matching import Matching, MatchOption, MatchStem
from lms.quizzes.kinds.matrix import Matrix, MatrixColumn, MatrixRow
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer
from lms.quizzes.kinds.ordering import Ordering, OrderItem
from lms.quizzes.kinds.picture_labels import Label, LabelPlace, PictureLabels
from lms.quizzes.kinds.picture_order import OrderPlace, PictureOrder
from lms.quizzes.kinds.picture_pairs import Pair, PicturePairs
from lms.quizzes.kinds.picture_points import Area, PicturePoints
from lms.quizzes.kinds.places import Outline
from lms.quizzes.kinds.short_text import ShortText, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice, SingleChoiceResponse
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.kinds.words import Words
from lms.quizzes.policy import ALLOWED
from lms.quizzes.values import (
    Attachment,
    AttemptId,
    BankId,
    Draw,
    ImportedQuestion,
    Question,
    QuizId,
    QuizRules,
    Text,
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
TENTH = Decimal("0.1")
WORDS = ("Evacuate", "Hold the vacuum", "Charge by weight")
STEPS = Question(
    title="Charging",
    stem=Text("Put the steps of charging in order."),
    body=Ordering(tuple(OrderItem(key, Text(words)) for key, words in zip("abc", WORDS, strict=True))),
)
SORTS = Question(
    title="Refrigerants",
    stem=Text("Which of these burn?"),
    body=Matrix(
        (MatrixRow("a", Text("Propane"), ("y",)), MatrixRow("b", Text("Carbon dioxide"), ("n",))),
        (MatrixColumn("y", "burns"), MatrixColumn("n", "does not burn")),
    ),
)
RATED = Question(
    title="The training",
    stem=Text("How far do you agree?"),
    body=Likert(
        (
            LikertStatement("a", Text("The exercises were close to my work.")),
            LikertStatement("b", Text("I had enough time.")),
        ),
        not_applicable=True,
    ),
)
GAPS = Question(
    title="A vacuum",
    stem=Text("First [[1]], then [[2]]."),
    body=GapFill(
        (
            Gap("1", GapWay.PICK, choices=(GapChoice("a", "evacuate", Decimal(1)), GapChoice("b", "charge"))),
            Gap("2", GapWay.TYPE, words=Words((TextAnswer("a", "hold"),))),
        )
    ),
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
PLANT = Attachment("plant.png", PIXEL)
SPOTS = Question(
    title="Plant",
    stem=Text("Where is pressure kept in?"),
    body=Hotspot(
        "plant.png",
        "A plant with two parts",
        (
            Place("a", PlaceShape.RECTANGLE, (TENTH, TENTH, TENTH, TENTH), "Top left", is_right=True),
            Place("b", PlaceShape.ELLIPSE, (TENTH * 7, TENTH, TENTH, TENTH), "Top right"),
        ),
    ),
)
TOP_LEFT = (TENTH, TENTH, TENTH * 2, TENTH * 2)
TOP_RIGHT = (TENTH * 7, TENTH, TENTH * 2, TENTH * 2)
BELOW = (TENTH * 4, TENTH * 6, TENTH * 2, TENTH * 2)
BOX = PlaceShape.RECTANGLE
LABELLED = Question(
    title="Parts of a plant",
    stem=Text("What is what?"),
    body=PictureLabels(
        "plant.png",
        "A plant with two parts",
        (
            LabelPlace("a", BOX, TOP_LEFT, "Top left", ("x",)),
            LabelPlace("b", BOX, TOP_RIGHT, "Top right", ("y",)),
        ),
        (Label("x", Text("Compressor")), Label("y", Text("Condenser")), Label("z", Text("Receiver"))),
    ),
)
POINTED = Question(
    title="Relief valve",
    stem=Text("Mark the relief valve."),
    body=PicturePoints(
        "plant.png", "A plant", (Area("a", PlaceShape.ELLIPSE, TOP_LEFT, "The valve on the vessel"),)
    ),
)
NUMBERED = Question(
    title="Way of the refrigerant",
    stem=Text("Number the parts as the refrigerant passes them."),
    body=PictureOrder(
        "plant.png",
        "A plant with three parts",
        (
            OrderPlace("a", BOX, BELOW, "Below", 1),
            OrderPlace("b", BOX, TOP_RIGHT, "Top right", 2),
            OrderPlace("c", BOX, TOP_LEFT, "Top left", 3),
        ),
    ),
)
JOINED = Question(
    title="Lines of a plant",
    stem=Text("Which parts are joined by the liquid line?"),
    body=PicturePairs(
        "plant.png",
        "A plant with three parts",
        (
            Outline("a", BOX, TOP_LEFT, "Top left"),
            Outline("b", BOX, TOP_RIGHT, "Top right"),
            Outline("c", BOX, BELOW, "Below"),
        ),
        (Pair("a", "b"),),
    ),
)
ON_A_PICTURE = (SPOTS, LABELLED, POINTED, NUMBERED, JOINED)
SAID = Question(title="What to change", stem=Text("What should we change?"), body=FreeText(200))
LEAK = Question(
    title="Leak report",
    stem=Text("A customer reports a smell of gas. Write what you do, and in which order."),
    body=Essay(
        (
            Criterion("Safety", (Level(0, "People stay in the room"), Level(3, "People leave first"))),
            Criterion(
                "Order", (Level(0, "No order"), Level(1, "Some order"), Level(2, "Every step in order"))
            ),
        ),
        least_words=5,
        guidance=Text("Good answers clear the room before anything else."),
    ),
    marks=Decimal(4),
)
WIRING = Question(
    title="Wiring plan",
    stem=Text("Draw the wiring of the controller and hand the plan in."),
    body=FileHandIn(kinds=(FileKind.PICTURES, FileKind.PDF), most_files=2, most_mb=5),
    marks=Decimal(2),
)
BY_HAND = (LEAK, WIRING)
OPINIONS = (RATED, SAID)
FOUND = Question(
    title="The wrong words",
    stem=Text("A pump [[makes]] a vacuum, [[fills]] the plant, and [[holds]] for an hour."),
    body=MarkedWords(
        (MarkedWord("a"), MarkedWord("b", Decimal(1), Text("It is filled later.")), MarkedWord("c"))
    ),
)
SIX_KINDS = (VALVE, CHECKS, COLD, NAME, NUMBER, PAIRS)
EVERY_KIND = (*SIX_KINDS, STEPS, SORTS, GAPS, FOUND, *ON_A_PICTURE, *BY_HAND, *OPINIONS)
"""A question of each: whoever adds a kind adds one here."""


def actor_of(person_id: PersonId, *roles: Role) -> Actor:
    """Return a signed-in learner, with more roles if named."""
    grants = tuple(Grant(role, Scope(everything=True)) for role in (Role.LEARNER, *roles))
    return Actor(person_id=person_id, name="Test", grants=grants, scopes=scopes_of(grants, ALLOWED))


def fill_bank(questions: Sequence[Question] = SIX_KINDS, name: str = "Cold") -> BankId:
    """Return a bank with these questions."""
    with unit_of_work(), acting_as(SYSTEM):
        bank_id = bank.add_bank(bank_id=BankId(new_id()), name=name, actor=SYSTEM, now=clock.now())
        bank.add_questions(
            bank_id=bank_id,
            imported=[
                ImportedQuestion(question, (PLANT,) if question in ON_A_PICTURE else ())
                for question in questions
            ],
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
"""What answers every question of `SIX_KINDS` rightly."""
PICKED_B = SingleChoiceResponse("b")
