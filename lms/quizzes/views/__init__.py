"""The pages of questions and exams."""

from lms.quizzes.views import exams, results
from lms.quizzes.views.blueprint import blueprint

__all__ = ["blueprint", "exams", "results"]
