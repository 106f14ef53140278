"""What can go wrong with courses, each with its status."""

from collections.abc import Sequence

from lms.kernel.errors import Conflict, Forbidden, Invalid, Stale


class NotPublishable(Invalid):
    """The draft has problems, in sentences, that keep it from being published."""

    code = "not-publishable"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


class ImportRefused(Invalid):
    """The files are no course that can be taken; `problems` name file and line."""

    code = "import-refused"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


class FileInUse(Conflict):
    """A version of the course shows this file."""

    code = "file-in-use"


class EditedMeanwhile(Stale):
    """Somebody else saved the same activity after this page was opened."""

    code = "edited-meanwhile"


class Locked(Forbidden):
    """The activity is shut for this learner; the message says until what. `page` explains it, where that is known."""

    code = "locked"

    def __init__(self, message: str, *, page: str = "") -> None:
        super().__init__(message)
        self.page = page


class NotDoneYet(Invalid):
    """The page asks for more before it is done; the message says what."""

    code = "not-done-yet"


class NotBookable(Conflict):
    """This date cannot be booked, or not any more; the message says why."""

    code = "not-bookable"


class SheetNotOpen(Conflict):
    """The attendance sheet is not open yet, or closed already, or still has gaps."""

    code = "sheet-not-open"


class DraftOvertaken(Stale):
    """A newer draft of the same work was saved elsewhere, or it was handed in there."""

    code = "draft-overtaken"


class NotHandedIn(Conflict):
    """This work cannot be handed in, or not now; the message says why."""

    code = "not-handed-in"


class NotToMark(Conflict):
    """Somebody else marks this work, or has marked it meanwhile."""

    code = "not-to-mark"
