"""The pages of curricula: who follows one, whose team it is, and who writes it."""

from lms.courses.curricula.views import equivalences, learners, trainers
from lms.courses.curricula.views.blueprint import blueprint

__all__ = ["blueprint", "equivalences", "learners", "trainers"]
