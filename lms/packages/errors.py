"""What can go wrong with packages, as errors that carry their status."""

from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.messages import Message


class PackageRefused(Invalid):
    """The archive is no package that can be played; ``line`` is where in its manifest, None if nowhere."""

    def __init__(self, message: Message, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class OtherEdition(PackageRefused):
    """The manifest is of another edition than the format knows: another format may know it."""


class InvalidTracking(Invalid):
    """A package committed something that its standard does not know; ``element`` names it."""

    def __init__(self, element: str, message: Message) -> None:
        super().__init__(
            Message("%(element)s: %(why)s", element=element[:100], why=message),
            fields={element[:100]: message},
        )
        self.element = element


class StatementRefused(Forbidden):
    """A statement or document that breaks cmi5; ``section`` is the standard's. For programs, so in English."""

    code = "cmi5-refused"

    def __init__(self, section: str, reason: str) -> None:
        super().__init__(f"cmi5 {section}: {reason}")
        self.section = section


class ReachRefused(Forbidden):
    """A launched xAPI package reaches beyond its launch. For programs, so in English."""

    code = "launch-refused"
