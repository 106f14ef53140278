"""What a bank decides without a database: which questions are equal, and whether a quiz is set up well."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from lms.kernel.lines import cleaned, fault_of_name
from lms.kernel.messages import Message
from lms.quizzes.values import (
    FOLDER_LEVELS,
    ONE,
    ZERO,
    Draw,
    ImportedQuestion,
    QuestionId,
    QuizRules,
    Telling,
    question_to_json,
)

TITLE_CHARACTERS: Final = 200
MINUTES_AT_MOST: Final = 600
ATTEMPTS_AT_MOST: Final = 100
WAITS_AT_MOST: Final = 10
WAIT_DAYS_AT_MOST: Final = 365
QUESTIONS_AT_MOST: Final = 200
HONOUR_CHARACTERS: Final = 1_000
GROUPS_AT_MOST: Final = 50
GROUP_AT_MOST: Final = 20
SECTIONS_AT_MOST: Final = 20
INSTRUCTIONS_CHARACTERS: Final = 4_000


FOLDERS_MOST: Final = 500
"""How many folders a bank has at most: its tree is read whole."""
LEVELS_MOST: Final = FOLDER_LEVELS
FOLDER_CHARACTERS: Final = 120


def path_of(category: Sequence[str]) -> tuple[str, ...]:
    """Return the folders that a question of this category comes into, outermost first.

    Names are cut and cleaned as folders' are; what lies deeper comes into the deepest that there may be.
    """
    names = (cleaned(name)[:FOLDER_CHARACTERS].strip() for name in category)
    return tuple(name for name in names if name and fault_of_name(name) is None)[:LEVELS_MOST]


def digest(imported: ImportedQuestion) -> str:
    """Return the same letters for equal questions with equal files, whichever file they came from."""
    document = json.dumps(question_to_json(imported.question), sort_keys=True, ensure_ascii=False)
    whole = hashlib.sha256(document.encode("utf-8", "surrogatepass"))
    for attachment in sorted(imported.attachments, key=lambda one: one.name):
        whole.update(attachment.name.encode() + b"\0" + hashlib.sha256(attachment.content).digest())
    return whole.hexdigest()


def bare_digest(imported: ImportedQuestion) -> str:
    """Return the same letters for questions that are equal but for their tags and where they stand."""
    return digest(replace(imported, question=replace(imported.question, tags=(), category=())))


def faults_of(
    rules: QuizRules, draws: Sequence[Draw], apart: Sequence[Collection[QuestionId]] = ()
) -> Mapping[str, Message]:
    """Return what is wrong with the rules of a quiz and what it asks, by field; empty if nothing is."""
    count = sum(draw.count for draw in draws)
    fixed = [draw.question_id for draw in draws if draw.question_id is not None]
    together = [one for group in apart for one in group]
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
        "penalty": (ZERO <= rules.penalty <= ONE, Message("Give a number from 0 to 100.")),
        "honour": (
            len(rules.honour) <= HONOUR_CHARACTERS,
            Message("A statement has at most %(most)s characters.", most=HONOUR_CHARACTERS),
        ),
        "purpose": (
            rules.is_survey or not rules.is_anonymous,
            Message("Only a survey is answered without names."),
        ),
        "survey": (
            not rules.is_survey or (rules.pass_percent == 0 and rules.telling is Telling.AT_END),
            Message("A survey has no pass mark, and nothing in it is right or wrong."),
        ),
        "unhurried": (
            not rules.is_anonymous or rules.minutes is None,
            Message("A survey without names has no time limit."),
        ),
        "draws": (
            count <= QUESTIONS_AT_MOST and all(draw.count >= 1 for draw in draws),
            Message("Ask 1 to %(most)s questions.", most=QUESTIONS_AT_MOST),
        ),
        "fixed": (len(set(fixed)) == len(fixed), Message("A question is asked once.")),
        "apart": (
            len(set(together)) == len(together),
            Message("A question stands in one group of those kept apart: put the groups together."),
        ),
        "groups": (
            len(apart) <= GROUPS_AT_MOST and all(2 <= len(set(group)) <= GROUP_AT_MOST for group in apart),  # noqa: PLR2004  one alone is apart from nothing
            Message(
                "Keep 2 to %(many)s questions apart in a group, in at most %(most)s groups.",
                many=GROUP_AT_MOST,
                most=GROUPS_AT_MOST,
            ),
        ),
        "always": (
            all(len(set(group) & set(fixed)) <= 1 for group in apart),
            Message("Two questions that are always asked are kept apart. Take one of them out."),
        ),
        **_faults_of_sections(rules, draws),
    }
    faults = {field: message for field, (holds, message) in checks.items() if not holds}
    return {**faults, **rules.sitting.faults(rules.minutes)}


def _faults_of_sections(rules: QuizRules, draws: Sequence[Draw]) -> Mapping[str, tuple[bool, Message]]:
    sections = rules.sections
    return {
        "sections": (
            len(sections) <= SECTIONS_AT_MOST
            and all(1 <= draw.section <= max(len(sections), 1) for draw in draws),
            Message("An exam has at most %(most)s sections.", most=SECTIONS_AT_MOST),
        ),
        "section_title": (
            all(0 < len(one.title.strip()) <= TITLE_CHARACTERS for one in sections),
            Message("Give each section a title of at most %(most)s characters.", most=TITLE_CHARACTERS),
        ),
        "section_instructions": (
            all(len(one.instructions) <= INSTRUCTIONS_CHARACTERS for one in sections),
            Message("Instructions have at most %(most)s characters.", most=INSTRUCTIONS_CHARACTERS),
        ),
        "section_minutes": (
            all(one.minutes is None or 1 <= one.minutes <= MINUTES_AT_MOST for one in sections),
            Message("Give 1 to %(most)s minutes, or nothing for no limit.", most=MINUTES_AT_MOST),
        ),
        "section_pass_percent": (
            all(0 <= one.pass_percent <= 100 for one in sections),  # noqa: PLR2004  per cent
            Message("Give a number from 0 to 100."),
        ),
        "survey_sections": (
            not rules.is_survey or not sections,
            Message("A survey has no sections."),
        ),
    }


def shortage(wanted: int, available: int) -> Message | None:
    """Return what to say when a bank has fewer questions than a quiz draws from it."""
    if wanted <= available:
        return None
    return Message(
        "The exam draws %(wanted)s questions where the bank has %(available)s.",
        wanted=wanted,
        available=available,
    )
