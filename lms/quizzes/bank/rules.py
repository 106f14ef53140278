"""What a bank decides without a database: which questions are equal, and whether a quiz is set up well."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.values import Draw, ImportedQuestion, QuizRules, question_to_json

TITLE_CHARACTERS: Final = 200
MINUTES_AT_MOST: Final = 600
ATTEMPTS_AT_MOST: Final = 100
WAITS_AT_MOST: Final = 10
WAIT_DAYS_AT_MOST: Final = 365
QUESTIONS_AT_MOST: Final = 200


def digest(imported: ImportedQuestion) -> str:
    """Return the same letters for equal questions with equal files, whichever file they came from."""
    document = json.dumps(question_to_json(imported.question), sort_keys=True, ensure_ascii=False)
    whole = hashlib.sha256(document.encode("utf-8", "surrogatepass"))
    for attachment in sorted(imported.attachments, key=lambda one: one.name):
        whole.update(attachment.name.encode() + b"\0" + hashlib.sha256(attachment.content).digest())
    return whole.hexdigest()


def faults_of(rules: QuizRules, draws: Sequence[Draw]) -> Mapping[str, Message]:
    """Return what is wrong with the rules of a quiz, by field; empty if nothing is."""
    count = sum(draw.count for draw in draws)
    checks = {
        "title": (
            0 < len(rules.title.strip()) <= TITLE_CHARACTERS,
            Message("Give a title of at most %(most)s characters.", most=TITLE_CHARACTERS),
        ),
        "pass_percent": (0 <= rules.pass_percent <= 100, Message("Give a number from 0 to 100.")),  # noqa: PLR2004
        "minutes": (
            rules.minutes is None or 1 <= rules.minutes <= MINUTES_AT_MOST,
            Message("Give 1 to %(most)s minutes, or nothing for no limit.", most=MINUTES_AT_MOST),
        ),
        "attempts_allowed": (
            rules.attempts_allowed is None or 1 <= rules.attempts_allowed <= ATTEMPTS_AT_MOST,
            Message("Give 1 to %(most)s attempts, or nothing for no limit.", most=ATTEMPTS_AT_MOST),
        ),
        "wait_days": (
            len(rules.wait_days) <= WAITS_AT_MOST
            and all(0 <= days <= WAIT_DAYS_AT_MOST for days in rules.wait_days),
            Message(
                "Give at most %(many)s waits of 0 to %(most)s days, such as 1, 14, 60.",
                many=WAITS_AT_MOST,
                most=WAIT_DAYS_AT_MOST,
            ),
        ),
        "draws": (
            count <= QUESTIONS_AT_MOST and all(draw.count >= 1 for draw in draws),
            Message("Ask 1 to %(most)s questions.", most=QUESTIONS_AT_MOST),
        ),
    }
    return {field: message for field, (holds, message) in checks.items() if not holds}


def shortage(wanted: int, available: int) -> Message | None:
    """Return what to say when a bank has fewer questions than a quiz draws from it."""
    if wanted <= available:
        return None
    return Message(
        "The exam draws %(wanted)s questions where the bank has %(available)s.",
        wanted=wanted,
        available=available,
    )
