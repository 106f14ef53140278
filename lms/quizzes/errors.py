"""What can go wrong with quizzes, as errors that carry their status."""

from lms.kernel.errors import Conflict, Invalid, Stale


class InvalidResponse(Invalid):
    """An answer that no form of ours could have sent; ``fields`` names the field."""


class InvalidQuestion(Invalid):
    """A question that cannot be asked as an author wrote it; ``fields`` names each field of its form."""


class EditedMeanwhile(Stale):
    """Somebody else saved the same question or quiz after this page was opened."""

    code = "edited-meanwhile"


class NotNow(Conflict):
    """An attempt cannot begin: none is left, the wait is not over, or the exam is not complete."""

    code = "not-now"


class AttemptOver(Conflict):
    """The attempt is finished and takes no more answers."""

    code = "attempt-over"


class OtherDevice(Conflict):
    """The attempt belongs to another device, to which it was handed over or on which it began."""

    code = "other-device"


class SectionClosed(Conflict):
    """The section of the answer is closed, or not open yet; the attempt goes on."""

    code = "section-closed"


class AlreadyChecked(Conflict):
    """The answer was checked, and stays as it is."""

    code = "already-checked"


class TooLate(Conflict):
    """The time was up when the answer arrived."""

    code = "too-late"
