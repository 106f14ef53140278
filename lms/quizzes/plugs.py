"""What quizzes offer to the floors below: the exam as a kind of activity, answers to mark, a person's data."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from lms.courses import facade as courses
from lms.courses.values import Activity, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.marking import Criterion, Judgement, Level, Rubric, Work
from lms.courses.values.written import WrittenForm
from lms.identity.values import PersonId
from lms.identity.values.merging import Together
from lms.kernel import clock
from lms.kernel.handing import Owned, count
from lms.kernel.messages import Message
from lms.quizzes.attempts import facade as attempts_facade
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.attempts import rules
from lms.quizzes.attempts.queries import showing
from lms.quizzes.attempts.service import QUIZ, find_quiz_of
from lms.quizzes.attempts.values import tries_from_json
from lms.quizzes.bank import queries as bank_queries
from lms.quizzes.bank import service as bank
from lms.quizzes.bank.service import as_asked
from lms.quizzes.kinds import kind_of, question_from_json, response_from_json
from lms.quizzes.marking import facade as shown
from lms.quizzes.marking import queries as marking
from lms.quizzes.marking import service as marking_service
from lms.quizzes.marking.values import LATE, SOURCE
from lms.quizzes.remarking import queries as remarking
from lms.quizzes.sittings import facade as sittings
from lms.quizzes.sittings import queries as sittings_queries
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import LateAnswerId, ReviewLine, Shown, StoredQuestion, Text, rules_from_json
from lms.web.words import lazy as _l
from lms.web.words import said


class Exam:
    """An exam as an activity of a course.

    Its config is {"quiz_id": …, "minutes": … or None}, with "is_survey" where it is one.
    """

    key = QUIZ
    label = _l("Exam")
    icon = "quiz"
    is_graded = True
    activity_type = "http://adlnet.gov/expapi/activities/assessment"
    rules: Sequence[CompletionRule] = (CompletionRule(RuleKind.FINISHED), CompletionRule(RuleKind.SCORE, 80))
    written: WrittenForm | None = None

    def noun(self, config: Mapping[str, Any]) -> str:
        """Return what it is to a learner: "Exam, 40 minutes"."""
        if config.get("is_survey"):
            return _("Survey")
        minutes = config.get("minutes")
        return ngettext("Exam, %(num)d minute", "Exam, %(num)d minutes", minutes) if minutes else _("Exam")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:
        """Return the page it begins on; without an enrolment, as its author looks at the course, its preview."""
        if enrolment_id is not None:
            return url_for("quizzes.start", activity_id=activity.id)
        quiz = find_quiz_of(activity.config)
        return url_for("quizzes.preview", quiz_id=quiz.id) if quiz is not None else None

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:
        """Return what keeps it from being taken."""
        quiz = find_quiz_of(config)
        if quiz is None:
            return (_("The exam has no questions yet."),)
        return tuple(said(problem) for problem in bank.problems_of(quiz.id))

    def edit_url(self, activity: Activity) -> str | None:
        """Return where its rules and questions are chosen."""
        quiz_id = activity.config.get("quiz_id")
        course, key = activity.course_id, activity.key
        if quiz_id:
            return url_for("quizzes.edit_quiz", quiz_id=quiz_id, course=course, activity=key)
        return url_for("quizzes.new_quiz", title=activity.title, course=course, activity=key)


class AnswersToMark:
    """Answers of exams in the marking queue, each by itself."""

    key = SOURCE
    label = _l("Answer in an exam")
    icon = "quiz"

    def show(self, work: Work) -> str:
        """Return the question with what was answered, and what its author says to who marks it."""
        answer = marking.get_answer(work.ref)
        question = question_from_json(answer.content)
        kind = kind_of(question)
        given = response_from_json(answer.given) if answer.given is not None else None
        stored = as_asked(bank_queries.list_versions([answer.version_id])[answer.version_id], answer.drawn)
        remark = kind.remark(question, given) if given is not None else None
        files = attempts.list_files(answer.attempt_id, given.file_ids if given is not None else ())
        return render_template(
            "quizzes/_to_mark.html",
            stem=Markup(kind.told(stored.stem)),  # noqa: S704  made safe when the question was saved
            # As it was typed: its paragraphs stand as its writer set them.
            texts=[line.given.source for line in kind.describe_response(question, given)]
            if given is not None and not given.file_ids
            else (),
            files=shown.files_shown(files.values(), is_nameless=work.is_blind),
            remark=said(remark) if remark else "",
            guidance=_html(kind.guidance(question), stored),
            marks=question.marks,
            left=attempts.list_absences(answer.attempt_id),
        )

    def rubric(self, work: Work) -> Rubric:
        """Return the rubric of the version that was asked, in the reader's words where they are ours."""
        question = question_from_json(marking.get_answer(work.ref).content)
        return shown.in_words(kind_of(question).rubric(question))

    def may_return(self, work: Work) -> bool:
        """Return that an answer of an exam is never given again."""
        del work
        return False

    def record(self, work: Work, judgement: Judgement) -> None:
        """Let the answer earn it."""
        marking_service.take_mark(work.ref, judgement)

    def url(self, work: Work) -> str:
        """Return the page of the attempt's result."""
        return f"/learn/exams/{marking.get_answer(work.ref).attempt_id}/result"

    def shows(self, work: Work) -> bool:
        """Return whether the rules of the attempt show it now; nothing is while another answer of it waits."""
        attempt = attempts.get_any(marking.get_answer(work.ref).attempt_id)
        return not attempt.is_awaiting and Shown.MARKS in showing.shown_of(attempt, clock.now())


COUNTS = Rubric(
    (
        Criterion(
            Message("Does it count?"),
            (
                Level(0, Message("No, what was saved in time counts")),
                Level(1, Message("Yes, it takes the place of what was saved in time")),
            ),
        ),
    ),
    None,
)


class LateAnswers:
    """Answers of exams that came when none was taken any more, each for a person to decide."""

    key = LATE
    label = _l("Answer that came late")
    icon = "clock"

    def show(self, work: Work) -> str:
        """Return what was asked, what counts now, what came, and when, by whose clock."""
        late, attempt, slot, content = attempts.get_late_with_slot(LateAnswerId(work.ref))
        question, quiz_rules = question_from_json(content), rules_from_json(attempt.rules)
        kind, tries = kind_of(question), tries_from_json(slot.tries)
        stored = as_asked(bank_queries.list_versions([slot.version_id])[slot.version_id], slot.drawn)
        came = response_from_json(late.given)
        counting = response_from_json(slot.given) if slot.given is not None else type(came)()
        return render_template(
            "quizzes/_late.html",
            late=late,
            attempt=attempt,
            ended_at=rules.ended_by(attempt.deadline_at, attempt.finished_at, late.arrived_at),
            reckoned_at=None
            if late.age_seconds is None
            else late.arrived_at - timedelta(seconds=late.age_seconds),
            stem=Markup(kind.told(stored.stem)),  # noqa: S704  made safe when the question was saved
            answers=[
                (title, _lines(kind.describe_response(question, given), stored), earned)
                for title, given, earned in (
                    (_("What counts now"), counting, slot.fraction),
                    (_("What came late"), came, rules.fraction_in(quiz_rules, question, tries, came)),
                )
            ],
            marks=question.marks,
            left=attempts.list_absences(attempt.id),
        )

    def rubric(self, work: Work) -> Rubric:
        """Return the one question that there is."""
        del work
        return shown.in_words(COUNTS)

    def may_return(self, work: Work) -> bool:
        """Return that an answer of an exam is never given again."""
        del work
        return False

    def record(self, work: Work, judgement: Judgement) -> None:
        """Let it count, or not."""
        attempts_facade.decide_late(
            late_answer_id=LateAnswerId(work.ref), counts=judgement.score > 0, now=judgement.marked_at
        )

    def url(self, work: Work) -> str:
        """Return the page of the attempt's result."""
        return f"/learn/exams/{attempts.get_late(LateAnswerId(work.ref)).attempt_id}/result"

    def shows(self, work: Work) -> bool:
        """Return that the page tells whether it counts, and points of it only with those of the whole answer."""
        del work
        return False


def _lines(lines: Sequence[ReviewLine], stored: StoredQuestion) -> Sequence[tuple[Markup, Markup]]:
    return [
        (_html(line.asked, stored), _html(line.given, stored)) for line in lines if line.given or line.asked
    ]


def _html(text: Text, stored: StoredQuestion) -> Markup:
    return Markup(text_to_html(text, attachment=stored.pictures.get))  # noqa: S704  sanitised


class ExamData:
    """A person's attempts and answers, with what was decided of those that people marked."""

    name = "quizzes"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        refs = marking.list_refs(PersonId(person_id))
        marks = courses.marks_of(SOURCE, refs)
        return {
            **attempts.export_person(PersonId(person_id)),
            **sittings_queries.export_person(PersonId(person_id)),
            "marked_anew": remarking.export_person(PersonId(person_id)),
            "marks": [
                {
                    "attempt": str(attempt_id),
                    "question": slot,
                    "at": one.marked_at.isoformat(),
                    "score": str(one.score),
                    "comments": list(one.comments),
                    "comment": one.comment,
                    "reason": one.reason,
                }
                for ref, (attempt_id, slot) in refs.items()
                for one in marks.get(ref, ())
            ],
        }

    def erase(self, person_id: UUID) -> None:
        """Delete the files of answers; attempts prove what certificates rest on, and name the person by a bare id."""
        attempts_facade.erase_files(PersonId(person_id))
        sittings.erase_person(PersonId(person_id), clock.now())


def account_part(kept_id: PersonId, merged_id: PersonId) -> Sequence[Together]:
    """Return what of exams comes together when accounts are joined."""
    taken = Owned("attempts")
    return [Together(_("Attempts at exams"), count(taken, kept_id), count(taken, merged_id))]
