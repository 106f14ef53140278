"""Questions drawn by chance for tests."""

from dataclasses import replace
from decimal import Decimal

from lms.quizzes.kinds.chance import settled
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer
from lms.quizzes.values import Computed, Drawing, Question, Text, Variable

PIPE = settled(
    Question(
        title="Charge of a pipe",
        stem=Text(
            "{count} metres of pipe take {each} g a metre. {#many}Mind the trap. {/many}How many grams?"
        ),
        body=Numeric((NumericAnswer("a", Decimal(1), Decimal(1), feedback=Text("{count} × {each}")),)),
        feedback_incorrect=Text("It is {count} × {each}."),
        hints=(Text("Multiply {count} by what a metre takes."),),
        drawing=Drawing(
            (
                Variable("count", "whole(3, 30)"),
                Variable("each", "pick(20, 35, 60)"),
                Variable("many", "count > 20"),
            ),
            ("count <> 10",),
            (Computed("answers.a.value", "count * each"), Computed("answers.a.tolerance", "count * 0.5")),
        ),
    )
)
FAULTY = settled(
    replace(PIPE, drawing=replace(PIPE.drawing, computed=(Computed("answers.a.value", "count + each"),)))
)
"""The same with a wrong key."""
