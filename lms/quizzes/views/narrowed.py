"""Which questions of a bank an address asks for, and the words of what a list can be narrowed by."""

from collections.abc import Mapping, Sequence

from flask import request
from flask_babel import gettext as _

from lms.quizzes.attempts import queries as attempts
from lms.quizzes.bank import queries
from lms.quizzes.bank.queries.listing import QuestionFilter
from lms.quizzes.bank.values import Folder
from lms.quizzes.values import Difficulty, FolderId, Status
from lms.quizzes.views.paper import asked_type
from lms.web.asked import asked_choice, asked_id, asked_word, unknown

LOOSE = "none"
"""What an address says for questions that lie in no folder."""
UNASKED = "never"


def asked_questions(folders: Sequence[Folder]) -> QuestionFilter:
    """Return the filter that an address holds, for a bank with these folders."""
    return QuestionFilter(
        words=request.args.get("q", "").strip(),
        kind=asked_type(),
        tag=request.args.get("tag", ""),
        objective=request.args.get("objective", ""),
        difficulty=asked_word("difficulty", Difficulty),
        status=asked_word("status", Status),
        folders=_folders(folders),
        unasked=attempts.is_unasked if asked_choice("asked", [UNASKED]) else None,
    )


def _folders(folders: Sequence[Folder]) -> frozenset[FolderId | None]:
    if request.args.get("folder") == LOOSE:
        return frozenset([None])
    folder_id = asked_id("folder", FolderId)
    if folder_id is None:
        return frozenset()
    if all(one.id != folder_id for one in folders):
        raise unknown("folder")
    return queries.folders_within(folders, folder_id)


def difficulty_words() -> Mapping[Difficulty, str]:
    """Return what each difficulty is called, in the reader's language."""
    return {Difficulty.EASY: _("Easy"), Difficulty.MEDIUM: _("Medium"), Difficulty.HARD: _("Hard")}


def status_words() -> Mapping[Status, str]:
    """Return what each status is called, in the reader's language."""
    return {
        Status.REVIEWED: _("Reviewed"),
        Status.DRAFT: _("Draft"),
        Status.RETIRED: _("Retired"),
    }


def folder_options(folders: Sequence[Folder]) -> Sequence[tuple[str, str]]:
    """Return folders as a choice list shows them: by id, each set in beneath the one it lies in."""
    return [(str(one.id), f"{chr(0x2003) * (one.level - 1)}{one.name}") for one in folders]
