"""Which files came; a person says what they earn."""

from collections.abc import Sequence
from uuid import UUID

from lms.courses.values.marking import Rubric
from lms.kernel.messages import Message
from lms.quizzes.kinds.file_hand_in.values import MB, FileHandIn, FileHandInResponse
from lms.quizzes.kinds.kind import FilesAsked, Form, Rules, body_of, own, refused
from lms.quizzes.kinds.rubrics import rubric_of
from lms.quizzes.values import NO_TEXT, ZERO, Interaction, Question, Response, ReviewLine, Text, TextFormat


class FileHandInRules(Rules):
    """Keeps files until a person has marked them."""

    @property
    def is_graded_by_person(self) -> bool:
        """Return that a person marks it."""
        return True

    def rubric(self, question: Question) -> Rubric:
        """Return its criteria."""
        return rubric_of(body_of(question, FileHandIn).criteria)

    def guidance(self, question: Question) -> Text:
        """Return what good work shows."""
        return body_of(question, FileHandIn).guidance

    def files_asked(self, question: Question) -> FilesAsked:
        """Return which files there may be."""
        body = body_of(question, FileHandIn)
        return FilesAsked(body.kinds, body.most_files, body.most_mb * MB)

    def response_of(self, question: Question, file_ids: Sequence[UUID]) -> FileHandInResponse:
        """Return the answer that consists of these files."""
        body_of(question, FileHandIn)
        return FileHandInResponse(tuple(file_ids))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> FileHandInResponse:
        """Read the ids of files that came before; whose they are is for the attempt to say."""
        values = list(dict.fromkeys(form.get(name, ())))
        if len(values) > body_of(question, FileHandIn).most_files:
            raise refused(name, Message("There are more files than are asked for."))
        try:
            return FileHandInResponse(tuple(UUID(value) for value in values))
        except ValueError as error:
            raise refused(
                name, Message("This file is not part of the answer: load the page again.")
            ) from error

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether a file came."""
        body_of(question, FileHandIn)
        return bool(own(response, FileHandInResponse).files)

    def correct_answer(self, question: Question) -> FileHandInResponse:
        """Return a blank one: no rule knows any."""
        body_of(question, FileHandIn)
        return FileHandInResponse()

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return how many files came; pages show them beside it."""
        body_of(question, FileHandIn)
        count = len(own(response, FileHandInResponse).files)
        said = Message("Files: %(count)s", count=count)
        return (ReviewLine(NO_TEXT, Text(said, TextFormat.PLAIN) if count else NO_TEXT, NO_TEXT, ZERO),)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return which files came."""
        body_of(question, FileHandIn)
        return Interaction("other", " ".join(str(one) for one in own(response, FileHandInResponse).files))
