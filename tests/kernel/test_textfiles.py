"""A text file is read in the encoding it is in, or refused with the line where it is in none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.textfiles import UnreadableText, decode

TEXT = "Erste Zeile\nÄrger mit „Umlauten“ – naïve Grüße\n"


@pytest.mark.parametrize(
    "encoding, guess",
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-32", ""),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("windows-1252", "Windows-1252"),
    ],
)
def test_the_usual_encodings_are_read_and_a_guess_is_said(encoding: str, guess: str) -> None:
    decoded = decode(TEXT.encode(encoding))
    assert (decoded.text, decoded.guess) == (TEXT, guess)
    assert decoded.first_odd_line == (2 if guess == "Windows-1252" else None)


@pytest.mark.parametrize(
    "content, line, says",
    [
        ("one\n\u0434\u0432\u0430 \u0441\u043b\u043e\u0432\u0430".encode("windows-1251"), 2, "byte 0xE4"),
        ("one\n日本語".encode("shift_jis"), 2, "Line 2 is not UTF-8"),
        ("one\n\u0395\u03bb\u03bb\u03b7".encode("iso-8859-7"), 2, "Line 2"),
        (b"one\n\ntwo \x81 three", 3, "byte 0x81"),
        (b"\xef\xbb\xbfone\nt\xe4st", 2, "byte 0xE4"),
        (b"\xff\xfeo\x00n\x00\n\x00\x00\xd8a\x00", 2, "UTF-16"),
        (b"one\ntwo\x00three", 2, "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 3, "zero byte in line 3"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(content: bytes, line: int, says: str) -> None:
    with pytest.raises(UnreadableText, match=says) as refused:
        decode(content)
    assert refused.value.line == line


def test_line_ends_of_every_system_become_one() -> None:
    assert decode(b"a\r\nb\rc\nd\x0be").text == "a\nb\nc\nd\x0be"
    assert decode(b"").text == ""


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff")))
def test_every_text_in_utf8_comes_back(text: str) -> None:
    assert decode(text.encode()).text == text
    assert decode(text.encode("utf-8-sig")).text == text
    assert decode(text.encode("utf-16")).text == text


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert "\0" not in decode(content).text
    except UnreadableText as refused:
        assert str(refused)  # noqa: PT017 - either outcome is right, the refusal says why
