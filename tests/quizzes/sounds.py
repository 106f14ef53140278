"""A film, a sound and captions as small as they get."""

import io
import wave

CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nThe valve closes.\n"
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


def sound(seconds: float = 1.0) -> bytes:
    """Return silence as a WAV file, which every browser plays."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * int(8000 * seconds))
    return target.getvalue()
