"""How a text's files are called when something is wrong with them, and what is said of what will not be shown."""

from collections.abc import Mapping
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.richtext import MediaKind, NotShown, Oddity

FILES: Final[Mapping[MediaKind, Message]] = {
    MediaKind.PICTURE: Message("The picture"),
    MediaKind.VIDEO: Message("The film or sound"),
    MediaKind.CAPTIONS: Message("The file of captions"),
    MediaKind.FILE: Message("The file"),
}
"""How a sentence about a file begins, by what the text makes of it."""


def said_of(oddity: Oddity) -> Message:
    """Return why something will stand in the text as it is written, and what to write instead."""
    words = oddity.words[:200]
    if oddity.kind is NotShown.BLOCK:
        return Message("There is no block called %(name)s: its lines will show as they are.", name=words)
    if oddity.kind is NotShown.LINK:
        return Message(
            "A link to %(address)s could act: it will show as it is written, and lead nowhere.", address=words
        )
    return Message(
        "The knowledge check will not come: write ::: check and the id of its question on one line, then ::: alone."
    )
