"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields
from lms.quizzes.kinds.essay.values import WORDS_AT_MOST, Essay
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.rubrics import blank_criteria, criteria_fields, read_criteria
from lms.quizzes.values import Question
from lms.web.numbers import whole_number


class EssayEditing(Editing):
    """The fields of its form: rows of the rubric, numbers of words, and words for who marks it."""

    def blank_fields(self) -> Fields:
        """Return spare rows of a rubric."""
        return blank_criteria()

    def fields_of(self, question: Question) -> Fields:
        """Return the rubric row by row, and the rest."""
        body = body_of(question, Essay)
        return {
            "least": str(body.least_words or ""),
            "most": str(body.most_words or ""),
            **criteria_fields(body.criteria),
            **text_fields("guidance", body.guidance),
        }

    def parse_body(self, fields: Fields) -> Essay:
        """Read the rows; an empty number is no limit."""
        draft = Draft(fields)
        least, most = _words(draft, "least"), _words(draft, "most")
        criteria, guidance = read_criteria(draft), draft.text("guidance")
        return draft.whole("least", lambda: Essay(criteria, least, most, guidance))


def _words(draft: Draft, name: str) -> int | None:
    word = draft.word(name)
    if not word:
        return None
    number = whole_number(word, most=WORDS_AT_MOST)
    if not number:
        draft.refuse(name, Message("Give a number of words from 1 to %(most)s.", most=WORDS_AT_MOST))
    return number
