"""The pages of questions and exams."""

from lms.quizzes.views import banks, exams, quizzes, results
from lms.quizzes.views.blueprint import blueprint

__all__ = ["banks", "blueprint", "exams", "quizzes", "results"]
