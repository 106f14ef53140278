"""A quiz that the demo adds to a course for who likes to take it: its bank, its questions, all of them always asked."""

from collections.abc import Sequence

from lms.app.demo.stage import Stage
from lms.courses import facade as courses
from lms.courses.values import ActivityKey, SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.quizzes import facade as quizzes
from lms.quizzes.values import Attachment, BankId, Draw, ImportedQuestion, Question, QuizId, QuizRules


def add_quiz(
    stage: Stage,
    questions: Sequence[Question],
    rules: QuizRules,
    *,
    bank: str,
    course: str,
    section: SectionKey,
    minutes: int,
    attachments: tuple[Attachment, ...] = (),
) -> None:
    """Put the questions into a bank of this name, and the quiz that asks them into the draft of a course."""
    actor, now = current(), clock.now()
    bank_id = quizzes.add_bank(bank_id=BankId(new_id()), name=bank, actor=actor, now=now)
    imported = [ImportedQuestion(one, attachments) for one in questions]
    added = quizzes.add_questions(bank_id=bank_id, imported=imported, actor=actor, now=now)
    quiz_id = quizzes.define_quiz(
        quiz_id=QuizId(new_id()),
        quiz_rules=rules,
        draws=[Draw(question_id=one) for one in added.questions],
        actor=actor,
        now=now,
    )
    courses.add_activity(
        course_id=stage.courses[course],
        section_key=section,
        key=ActivityKey(new_id()),
        kind="quiz",
        title=rules.title,
        minutes=minutes,
        is_required=False,
        config={"quiz_id": str(quiz_id)} | ({"is_survey": True} if rules.is_survey else {}),
        actor=actor,
        now=now,
    )
