"""What of an exam belongs to a partner: the attempts of its people."""

from lms.quizzes.values import Draw
from tests.architecture.samples import sample
from tests.quizzes.exams import enrol, fill_bank, finish, set_up_exam, start
from tests.support.portal import Cast


@sample("attempt_id")
def _attempt(cast: Cast) -> object:
    course_id, exam = set_up_exam(slug="sampled")
    enrol(cast.nils, course_id)
    return start(exam.id, cast.nils)


@sample("quizzes.result:attempt_id")
def _finished_attempt(cast: Cast) -> object:
    bank_id = fill_bank(name="Finished")
    course_id, exam = set_up_exam([Draw(count=1, bank_id=bank_id)], slug="finished")
    enrol(cast.nils, course_id)
    attempt = start(exam.id, cast.nils)
    finish(attempt, cast.nils)
    return attempt


@sample("slot")
def _slot(_cast: Cast) -> object:
    return 1
