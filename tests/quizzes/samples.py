"""What of an exam belongs to a partner: the attempts of its people; and real ids of what belongs to none."""

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.sittings import service as sittings
from lms.quizzes.values import Draw, Extra, ExtraTimeId, QuizId, QuizRules
from tests.architecture.samples import sample
from tests.quizzes.by_hand import exam_of, send
from tests.quizzes.exams import WIRING, enrol, fill_bank, finish, set_up_exam, sitting, start
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


@sample("extra_time_id")
def _extra_time(cast: Cast) -> object:
    made = ExtraTimeId(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        sittings.give_extra_time(
            extra_time_id=made,
            person_id=cast.nils,
            quiz_id=None,
            extra=Extra(25),
            reason="A letter",
            actor=SYSTEM,
            now=clock.now(),
        )
    return made


@sample("answer_file_id")
def _answer_file(cast: Cast) -> object:
    course_id, exam = exam_of((WIRING,), slug="sampled-files")
    enrol(cast.nils, course_id)
    attempt = start(exam.id, cast.nils)
    send(attempt, 1, cast.nils)
    finish(attempt, cast.nils)
    return (sitting(attempt, cast.nils).slots[0].given or {})["files"][0]


@sample("slot")
def _slot(_cast: Cast) -> object:
    return 1


@sample("bank_id")
def _bank(_cast: Cast) -> object:
    return fill_bank(name="Walked")


@sample("question_id")
def _question(_cast: Cast) -> object:
    bank_id = fill_bank(name="Walked through")
    with unit_of_work(read_only=True):
        return queries.pool(bank_id, "")[0]


@sample("quiz_id")
def _quiz(_cast: Cast) -> object:
    draws = [Draw(count=2, bank_id=fill_bank(name="Asked"))]
    with unit_of_work(), acting_as(SYSTEM):
        return service.define_quiz(
            quiz_id=QuizId(new_id()),
            quiz_rules=QuizRules(title="Walked"),
            draws=draws,
            actor=SYSTEM,
            now=clock.now(),
        )
