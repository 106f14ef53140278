"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lms.courses.values.marking import endings
from lms.kernel.messages import Message
from lms.quizzes.kinds.file_hand_in.values import MB, FileHandIn, FileHandInResponse
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.places_asking import PICTURE
from lms.quizzes.values import Question, Response, Text


@dataclass(frozen=True, slots=True)
class AskedFiles:
    """How the names of files may end, how many files there may be and how large, how many came, what is drawn on."""

    endings: tuple[str, ...]
    most: int
    most_bytes: int
    count: int
    drawn_on: Markup


class FileHandInAsking(Asking):
    """The files that came, and a field for another."""

    def hint(self, question: Question) -> Message | None:
        """Say which files are asked for."""
        body = body_of(question, FileHandIn)
        return Message(
            "%(kinds)s; files at most: %(most)s, each with at most %(mb)s MB.",
            kinds=", ".join(one.upper() for one in endings(body.kinds)),
            most=body.most_files,
            mb=body.most_mb,
        )

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the picture to draw on."""
        picture = body_of(question, FileHandIn).picture
        return {PICTURE: picture} if picture else {}

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedFiles:
        """Return what may be handed in; the page adds the files that were."""
        del order
        body = body_of(question, FileHandIn)
        count = len(given.files) if isinstance(given, FileHandInResponse) else 0
        return AskedFiles(
            endings(body.kinds), body.most_files, body.most_mb * MB, count, words.get(PICTURE, Markup())
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return what good work shows."""
        guidance = body_of(question, FileHandIn).guidance
        return (guidance.source,) if guidance else ()
