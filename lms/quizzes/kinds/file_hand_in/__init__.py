"""File hand-in: files that a person marks by a rubric."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.file_hand_in.asking import FileHandInAsking
from lms.quizzes.kinds.file_hand_in.editing import FileHandInEditing
from lms.quizzes.kinds.file_hand_in.moodle_xml import FileHandInMoodleXml
from lms.quizzes.kinds.file_hand_in.qti import FileHandInQti
from lms.quizzes.kinds.file_hand_in.rules import FileHandInRules
from lms.quizzes.kinds.file_hand_in.values import FILE_HAND_IN, FileHandIn, FileHandInResponse
from lms.quizzes.kinds.kind import Kind

__all__ = ["FileHandIn", "FileHandInKind", "FileHandInResponse"]


class FileHandInKind(FileHandInRules, FileHandInEditing, FileHandInAsking, Kind):
    """File hand-in: files that a person marks by a rubric."""

    type = FILE_HAND_IN
    title = Message("File hand-in")
    lead = Message(
        "A photo, a plan, a spreadsheet. A trainer marks it by a rubric; the result waits until then."
    )
    icon = "upload"
    body = FileHandIn
    response = FileHandInResponse
    moodle_xml = FileHandInMoodleXml()
    qti = FileHandInQti()
