"""The pages of questions and exams."""

from lms.quizzes.views import banks, checks, exams, previews, questions, quizzes, results
from lms.quizzes.views.blueprint import blueprint

__all__ = ["banks", "blueprint", "checks", "exams", "previews", "questions", "quizzes", "results"]
