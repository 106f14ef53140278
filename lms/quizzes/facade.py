"""The door of quizzes: values in, values out."""

from collections.abc import Sequence

from lms.kernel.actor import Actor
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.attempts import service as attempts_service
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank import service as bank_service
from lms.quizzes.kinds import question_from_json
from lms.quizzes.surveys import service as surveys
from lms.quizzes.values import AttemptId, BankId, Question

# Writing questions and quizzes: the demo and imports.
add_bank = bank_service.add_bank
add_questions = bank_service.add_questions
define_quiz = bank_service.define_quiz
edit_quiz = bank_service.edit_quiz

# Taking an exam, as a learner does.
start_attempt = attempts_service.start_attempt
save_response = attempts_service.save_response
add_file = attempts_service.add_file
finish_attempt = attempts_service.finish_attempt
hand_in_survey = surveys.hand_in


def find_bank(name: str) -> BankId | None:
    """Return the bank of this name, or None."""
    found = bank.find_bank_by_name(name)
    return found.id if found else None


def list_drawn(attempt_id: AttemptId, actor: Actor) -> Sequence[tuple[int, Question]]:
    """Return the slots of one's own attempt with the questions drawn for them."""
    attempts.get_attempt(attempt_id, actor)
    return [(slot.number, question_from_json(content)) for slot, content in attempts.list_marked(attempt_id)]
