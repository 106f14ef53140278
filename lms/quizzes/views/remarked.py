"""How an answer that was marked anew is shown: by the key that holds for it now, or as left out of the score."""

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _

from lms.quizzes.attempts import rules
from lms.quizzes.attempts.values import Slot
from lms.quizzes.bank.service import as_asked
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import QuestionVersionId, StoredQuestion
from lms.quizzes.views.paper import Reviewed


def as_marked(
    slot: Slot, versions: Mapping[QuestionVersionId, StoredQuestion]
) -> tuple[Slot, StoredQuestion]:
    """Return an answer and its question as they are marked: as it was asked, with the key that holds for it."""
    stored = as_asked(versions[slot.version_id], slot.drawn)
    if slot.key_id is None:
        return slot, stored
    key = as_asked(versions[slot.key_id], slot.drawn, anew=True)
    shown = replace(
        stored,
        content={**stored.content, "body": key.content["body"]},
        parts=key.parts,
        pictures={**stored.pictures, **key.pictures},
    )
    return replace(slot, tries=rules.regraded(question_from_json(shown.content), slot.tries)), shown


def counted(reviewed: Reviewed, slot: Slot) -> Reviewed:
    """Return how a question went, without a verdict or points where it is left out of the score."""
    if not slot.is_left_out:
        return reviewed
    return replace(reviewed, is_scored=False, state="none", verdict=_("Left out of the score"))
