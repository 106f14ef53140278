"""Every write of the bank."""

from lms.quizzes.bank.service.changing import change_questions, check_change
from lms.quizzes.bank.service.drawn import as_asked
from lms.quizzes.bank.service.folders import add_folder, change_folder, remove_folder
from lms.quizzes.bank.service.imports import (
    FILE_BYTES,
    confirm_import,
    export_bank,
    look_at_import,
    read_import,
    upload_questions,
)
from lms.quizzes.bank.service.pictures import PICTURE_BYTES, add_media, add_picture
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
from lms.quizzes.bank.service.quizzes import (
    ask_also,
    define_quiz,
    edit_quiz,
    groups_of,
    keep_apart,
    problems_of,
)
from lms.quizzes.bank.service.searching import make_missing_findable
from lms.quizzes.bank.service.sight import name_no_more, name_person
from lms.quizzes.bank.service.sitting import set_sitting

__all__ = [
    "FILE_BYTES",
    "PICTURE_BYTES",
    "Added",
    "Ready",
    "add_bank",
    "add_folder",
    "add_media",
    "add_picture",
    "add_questions",
    "as_asked",
    "ask_also",
    "change_folder",
    "change_questions",
    "check_change",
    "confirm_import",
    "define_quiz",
    "edit_question",
    "edit_quiz",
    "export_bank",
    "groups_of",
    "html_of",
    "keep_apart",
    "look_at_import",
    "make_missing_findable",
    "name_no_more",
    "name_person",
    "problems_of",
    "read_import",
    "remove_folder",
    "retire_question",
    "set_sitting",
    "stored_as",
    "upload_questions",
    "write_question",
]
