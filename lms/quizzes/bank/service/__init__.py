"""Every write of the bank."""

from lms.quizzes.bank.service.imports import (
    FILE_BYTES,
    confirm_import,
    export_bank,
    look_at_import,
    read_import,
    upload_questions,
)
from lms.quizzes.bank.service.questions import (
    Added,
    Ready,
    add_bank,
    add_questions,
    edit_question,
    html_of,
    retire_question,
    stored_as,
    write_question,
)
from lms.quizzes.bank.service.quizzes import define_quiz, edit_quiz, problems_of

__all__ = [
    "FILE_BYTES",
    "Added",
    "Ready",
    "add_bank",
    "add_questions",
    "confirm_import",
    "define_quiz",
    "edit_question",
    "edit_quiz",
    "export_bank",
    "html_of",
    "look_at_import",
    "problems_of",
    "read_import",
    "retire_question",
    "stored_as",
    "upload_questions",
    "write_question",
]
