"""Which files are handed in, what they are marked by, and which came."""

from dataclasses import dataclass, field
from typing import ClassVar, Final
from uuid import UUID

from lms.courses.values.marking import FileKind
from lms.kernel.messages import Message
from lms.quizzes.kinds.places import picture_text
from lms.quizzes.kinds.rubrics import Criteria, check_criteria
from lms.quizzes.values import LATER, NO_TEXT, Body, QuestionType, Response, Text

FILE_HAND_IN: Final = QuestionType("file_hand_in")
FILES_AT_MOST: Final = 10
MB: Final = 1_000_000
MB_AT_MOST: Final = 100
MB_UNLESS_SAID: Final = 20
KINDS_UNLESS_SAID: Final = (FileKind.PICTURES, FileKind.PDF, FileKind.DOCUMENTS)


@dataclass(frozen=True, slots=True)
class FileHandIn(Body):
    """Hand in files; a person marks them by these criteria, or as a whole where there are none.

    `guidance` is for who marks it: what good work shows. `drawn_on` is the name of a picture that came with the
    question and that a learner may draw on, `drawn_alt` what it shows.
    """

    type: ClassVar[QuestionType] = FILE_HAND_IN
    criteria: Criteria = ()
    kinds: tuple[FileKind, ...] = KINDS_UNLESS_SAID
    most_files: int = 1
    most_mb: int = MB_UNLESS_SAID
    guidance: Text = NO_TEXT
    drawn_on: str = field(default="", metadata=LATER)
    drawn_alt: str = field(default="", metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, or not be marked."""
        check_criteria(self.criteria)
        if not self.kinds or len(set(self.kinds)) != len(self.kinds):
            raise ValueError(Message("Choose one kind at least."))
        if not 1 <= self.most_files <= FILES_AT_MOST:
            raise ValueError(Message("A hand-in has 1 to %(most)s files.", most=FILES_AT_MOST))
        if not 1 <= self.most_mb <= MB_AT_MOST:
            raise ValueError(Message("A file has 1 to %(most)s MB.", most=MB_AT_MOST))
        if self.drawn_on and not self.drawn_alt.strip():
            raise ValueError(Message("Say what the picture shows, for who cannot see it."))
        if self.drawn_on and FileKind.PICTURES not in self.kinds:
            raise ValueError(Message("What is drawn is handed in as a picture: let pictures be handed in."))

    @property
    def picture(self) -> Text:
        """The picture to draw on, empty where there is none."""
        return picture_text(self.drawn_on, self.drawn_alt) if self.drawn_on else NO_TEXT

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.picture, self.guidance)


@dataclass(frozen=True, slots=True)
class FileHandInResponse(Response):
    """The files that were handed in, by their ids."""

    type: ClassVar[QuestionType] = FILE_HAND_IN
    files: tuple[UUID, ...] = ()

    @property
    def file_ids(self) -> tuple[UUID, ...]:
        """The stored files that belong to it."""
        return self.files
