"""What quizzes offer to the floors below: the exam as a kind of activity, and a person's data."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.courses.values import Activity, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.written import WrittenForm
from lms.identity.values import PersonId
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.attempts.service import QUIZ, find_quiz_of
from lms.quizzes.bank import service as bank
from lms.web.words import lazy as _l
from lms.web.words import said


class Exam:
    """An exam as an activity of a course. Its config is {"quiz_id": …, "minutes": … or None}."""

    key = QUIZ
    label = _l("Exam")
    icon = "quiz"
    is_graded = True
    activity_type = "http://adlnet.gov/expapi/activities/assessment"
    rules: Sequence[CompletionRule] = (CompletionRule(RuleKind.FINISHED), CompletionRule(RuleKind.SCORE, 80))
    written: WrittenForm | None = None

    def noun(self, config: Mapping[str, Any]) -> str:
        """Return what it is to a learner: "Exam, 40 minutes"."""
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


class ExamData:
    """A person's attempts and answers."""

    name = "quizzes"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return them as JSON values."""
        return attempts.export_person(PersonId(person_id))

    def erase(self, person_id: UUID) -> None:
        """Erase nothing: attempts prove what certificates rest on, and name the person by their bare id alone."""
