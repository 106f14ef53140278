"""An exam as a learner would see it, for its authors: drawn, answered and marked by the same rules, never stored."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel.actor import current
from lms.quizzes.attempts import rules, service
from lms.quizzes.attempts.values import Sheet, Slot
from lms.quizzes.bank import queries
from lms.quizzes.errors import NotNow
from lms.quizzes.kinds import response_in
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import ZERO, Layout, Quiz, QuizId, Shown
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import answered_slot, asking_of, review_of
from lms.web.access import requires
from lms.web.numbers import whole_number

SEED_BITS = 62
SEED_MAX = (1 << SEED_BITS) - 1
MARK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A paper that was drawn to be looked at."""

    quiz: Quiz
    seed: int
    paper: Sequence[service.Place]

    @property
    def digest(self) -> str:
        """Return the same letters for the same paper: a bank may change between two clicks."""
        ids = ",".join(str(one.stored.id) for one in self.paper)
        return hashlib.sha256(ids.encode()).hexdigest()[:16]

    def sheet(self, form: Mapping[str, Sequence[str]]) -> Sheet:
        """Return the paper's slots as a form answers them."""
        return Sheet(
            slots=[
                answered_slot(
                    one.stored,
                    given=response_in(one.question, form, f"q{number}", one.order),
                    number=number,
                    order=one.order,
                    drawn=one.drawn,
                )
                for number, one in enumerate(self.paper, 1)
            ]
        )


@blueprint.get("/author/quizzes/<uuid:quiz_id>/preview")
@requires(VIEW_QUESTIONS)
def preview(quiz_id: UUID) -> ResponseReturnValue:
    """Draw a paper and ask its first question."""
    quiz = queries.get_quiz(QuizId(quiz_id))
    try:
        drawn = _draw(quiz, _seed(request.args.get("seed", "")))
    except NotNow as refusal:
        flash(refusal.message, "expired")
        return redirect(url_for(".edit_quiz", quiz_id=quiz_id), 303)
    return _page(drawn, drawn.sheet({}), 1, {})


@blueprint.post("/author/quizzes/<uuid:quiz_id>/preview")
@requires(AUTHOR_QUESTIONS)
def answer_preview(quiz_id: UUID) -> ResponseReturnValue:
    """Ask another question of the paper, or say what its answers would earn; all of it stays on the page."""
    form = {name: request.form.getlist(name) for name in request.form}
    drawn = _draw(queries.get_quiz(QuizId(quiz_id)), _seed(request.form.get("seed", "")))
    if request.form.get("drawn") != drawn.digest:
        flash(_("The questions have changed meanwhile: this is a new paper."), "soon")
        return redirect(url_for(".preview", quiz_id=quiz_id), 303)
    go, sheet = request.form.get("go", ""), drawn.sheet(form)
    return _result(drawn, sheet) if go == MARK else _page(drawn, sheet, whole_number(go) or 1, form)


def _seed(word: str) -> int:
    number = whole_number(word, most=SEED_MAX)
    return secrets.randbits(SEED_BITS) if number is None else number


def _draw(quiz: Quiz, seed: int) -> Preview:
    paper = service.draw_paper(quiz, seed, seen=set())
    if queries.hidden_among({one.stored.question_id for one in paper}, queries.mine()):
        raise NotNow(
            _("This exam asks questions of a folder that you do not see: it has no preview for you.")
        )
    return Preview(quiz=quiz, seed=seed, paper=paper)


def _page(drawn: Preview, sheet: Sheet, slot: int, form: Mapping[str, Sequence[str]]) -> str:
    may_check = current().may(AUTHOR_QUESTIONS)
    # Going on from question to question sends answers, which whoever only reads may not.
    one_page = drawn.quiz.rules.layout is Layout.ALL or not may_check
    slot = min(max(slot, 1), len(sheet.slots))
    shown = sheet.slots if one_page else [sheet.slots[slot - 1]]
    versions = {one.stored.id: one.stored for one in drawn.paper}
    names = {f"q{one.number}" for one in shown}
    return render_template(
        "quizzes/preview.html",
        preview=drawn,
        rules=drawn.quiz.rules,
        sheet=sheet,
        slot=slot,
        one_page=one_page,
        here=url_for(".preview", quiz_id=drawn.quiz.id),
        askings=[asking_of(versions[one.version_id], slot=one, quiz_rules=drawn.quiz.rules) for one in shown],
        grid=[_place(one, slot, one_page=one_page) for one in sheet.slots],
        # What was answered on other pages travels along: nothing of it is stored anywhere else.
        carried=[
            (name, value)
            for name, values in form.items()
            if name.startswith("q") and name.partition("-")[0] not in names
            for value in values
        ],
        may_check=may_check,
    )


def _place(one: Slot, slot: int, *, one_page: bool) -> dict[str, object]:
    return {
        "number": one.number,
        "href": f"#q{one.number}" if one_page else None,
        "answered": one.is_answered,
        "flagged": False,
        "current": one.number == slot and not one_page,
    }


def _result(drawn: Preview, sheet: Sheet) -> str:
    earned = [
        (rules.marks_in(drawn.quiz.rules, one.question), slot.fraction or ZERO)
        for slot, one in zip(sheet.slots, drawn.paper, strict=True)
    ]
    return render_template(
        "quizzes/preview_result.html",
        preview=drawn,
        rules=drawn.quiz.rules,
        sheet=sheet,
        mark=rules.mark(drawn.quiz.rules, earned, [one.section for one in drawn.paper]),
        waits=any(
            rules.is_awaiting(drawn.quiz.rules, one.question, slot.fraction)
            for slot, one in zip(sheet.slots, drawn.paper, strict=True)
        ),
        reviewed=[
            review_of(
                slot,
                one.stored,
                shows=rules.OWN if drawn.quiz.rules.is_survey else tuple(Shown),
                quiz_rules=drawn.quiz.rules,
            )
            for slot, one in zip(sheet.slots, drawn.paper, strict=True)
        ],
    )
