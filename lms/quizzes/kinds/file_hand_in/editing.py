"""How an author writes it: fields in, body out."""

from lms.courses.values.marking import FileKind
from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields, ticked
from lms.quizzes.kinds.file_hand_in.values import (
    FILES_AT_MOST,
    KINDS_UNLESS_SAID,
    MB_AT_MOST,
    MB_UNLESS_SAID,
    FileHandIn,
)
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.places_editing import picture_fields
from lms.quizzes.kinds.rubrics import blank_criteria, criteria_fields, read_criteria
from lms.quizzes.values import Question
from lms.web.numbers import whole_number


class FileHandInEditing(Editing):
    """The fields of its form: kinds of files, how many and how large, the rubric, and words for who marks it."""

    def blank_fields(self) -> Fields:
        """Return what most hand-ins need, and spare rows of a rubric."""
        return {"files": "1", "mb": str(MB_UNLESS_SAID), **_kinds(KINDS_UNLESS_SAID), **blank_criteria()}

    def fields_of(self, question: Question) -> Fields:
        """Return the limits, the rubric row by row, and the rest."""
        body = body_of(question, FileHandIn)
        return {
            "files": str(body.most_files),
            "mb": str(body.most_mb),
            **_kinds(body.kinds),
            **criteria_fields(body.criteria),
            **text_fields("guidance", body.guidance),
            **(picture_fields(body.drawn_on, body.drawn_alt) if body.drawn_on else {}),
        }

    def parse_body(self, fields: Fields) -> FileHandIn:
        """Read limits and rows."""
        draft = Draft(fields)
        kinds = tuple(kind for kind in FileKind if draft.is_ticked(f"kind-{kind.value}"))
        if not kinds:
            draft.refuse("kinds", Message("Choose one kind at least."))
        most_files, most_mb = _number(draft, "files", FILES_AT_MOST), _number(draft, "mb", MB_AT_MOST)
        criteria, guidance = read_criteria(draft), draft.text("guidance")
        picture = draft.word("picture")
        alt = draft.word("alt") if picture else ""
        if picture and not alt:
            draft.refuse("alt", Message("Say what the picture shows, for who cannot see it."))
        return draft.whole(
            "kinds", lambda: FileHandIn(criteria, kinds, most_files, most_mb, guidance, picture, alt)
        )


def _kinds(kinds: tuple[FileKind, ...]) -> Fields:
    return {name: value for kind in kinds for name, value in ticked(f"kind-{kind.value}", holds=True).items()}


def _number(draft: Draft, name: str, most: int) -> int:
    number = whole_number(draft.word(name), most=most)
    if not number:
        draft.refuse(name, Message("Give a number from 1 to %(most)s.", most=most))
    return number or 1
