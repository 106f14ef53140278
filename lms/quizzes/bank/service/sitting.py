"""How an exam is sat: set apart from its rules and questions, on a page of its own."""

from flask_babel import gettext as _

from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.bank.models import QuizRow
from lms.quizzes.bank.service.pictures import check_may_author
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.events import SittingChanged
from lms.quizzes.values import QuizId, SittingRules, sitting_to_json
from lms.web.words import said


def set_sitting(*, quiz_id: QuizId, sitting: SittingRules, revision: int, actor: Actor) -> None:
    """Change how an exam is sat; attempts under way keep what they began with."""
    check_may_author(actor)
    row = db.session.get(QuizRow, quiz_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.revision != revision:
        raise EditedMeanwhile(
            _("Somebody else saved this after you opened it. Your text is below; compare before you save it.")
        )
    faults = {field: said(message) for field, message in sitting.faults(row.minutes).items()}
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    row.sitting = sitting_to_json(sitting)
    row.revision += 1
    db.session.flush()
    events.record(
        SittingChanged(
            quiz_id=quiz_id,
            revision=row.revision,
            opens_at=sitting.opens_at,
            closes_at=sitting.closes_at,
        )
    )
