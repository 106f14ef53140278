"""What sittings are to pages: extra time as it was given."""

from dataclasses import dataclass
from datetime import datetime

from lms.identity.values import PersonId
from lms.quizzes.values import Extra, ExtraTimeId, QuizId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraTime:
    """Extra time of a person, for one exam or (`quiz_id` None) for each; `withdrawn_at` None while it holds."""

    id: ExtraTimeId
    person_id: PersonId
    quiz_id: QuizId | None
    extra: Extra
    reason: str
    given_at: datetime
    given_by: PersonId | None
    withdrawn_at: datetime | None
