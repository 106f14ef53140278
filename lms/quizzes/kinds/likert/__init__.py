"""Likert: statements, each put somewhere on the same scale; an opinion that earns nothing."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.likert.asking import LikertAsking
from lms.quizzes.kinds.likert.editing import LikertEditing
from lms.quizzes.kinds.likert.qti import LikertQti
from lms.quizzes.kinds.likert.rules import LikertRules
from lms.quizzes.kinds.likert.values import (
    LIKERT,
    Likert,
    LikertPoint,
    LikertResponse,
    LikertScale,
    LikertStatement,
)

__all__ = ["Likert", "LikertKind", "LikertPoint", "LikertResponse", "LikertScale", "LikertStatement"]


class LikertKind(LikertRules, LikertEditing, LikertAsking, Kind):
    """Likert: statements, each put somewhere on the same scale; an opinion that earns nothing."""

    type = LIKERT
    title = Message("Rating scale (Likert)")
    lead = Message("How far somebody agrees with statements, or how satisfied they are. It earns no points.")
    icon = "gauge"
    body = Likert
    response = LikertResponse
    qti = LikertQti()
