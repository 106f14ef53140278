"""The question types: one folder each behind one Protocol. Everything else asks KINDS and knows none by name."""

from lms.quizzes.kinds.drafts import Fields
from lms.quizzes.kinds.kind import Form, Kind, MoodleXmlForm, TableForm
from lms.quizzes.kinds.reading import response_in
from lms.quizzes.kinds.registry import KINDS, kind_of
from lms.quizzes.kinds.stored import question_from_json, response_from_json

__all__ = [
    "KINDS",
    "Fields",
    "Form",
    "Kind",
    "MoodleXmlForm",
    "TableForm",
    "kind_of",
    "question_from_json",
    "response_from_json",
    "response_in",
]
