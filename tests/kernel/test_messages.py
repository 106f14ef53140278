"""A sentence made by a parser can still be read in the reader's language."""

from lms.kernel.messages import Message

GERMAN = {"%(file)s is missing.": "%(file)s fehlt.", "Line %(line)s: %(why)s": "Zeile %(line)s: %(why)s"}


def test_a_message_is_its_english_sentence_and_can_be_said_in_german() -> None:
    inner = Message("%(file)s is missing.", file="a%b.png")
    message = Message("Line %(line)s: %(why)s", line=57, why=inner)
    assert message == "Line 57: a%b.png is missing."
    assert message.translated(GERMAN.__getitem__) == "Zeile 57: a%b.png fehlt."
