"""XML from strangers is read with its lines, and nothing in it can read a file or fill the memory."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.messages import Message
from lms.kernel.xmltree import XML_NAMESPACE, XmlRefused, parse_xml

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol">
 <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
 <!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">
]>
<lolz>&lol3;</lolz>"""


def test_elements_know_their_lines_namespaces_and_text() -> None:
    root = parse_xml(
        b'<?xml version="1.0"?>\n<a xmlns="urn:a" xmlns:b="urn:b" x=" 1 " b:x="2" xml:base="up/">\n'
        b"one<b:c>two</b:c><![CDATA[<three>]]>\n\n<c/></a>"
    )
    assert (root.name, root.namespace, root.line) == ("a", "urn:a", 2)
    assert root.attribute("x") == "1"
    assert root.attribute("x", "urn:b") == "2"
    assert root.attribute("base", XML_NAMESPACE) == "up/"
    assert root.attribute("none") == ""
    assert root.text == "\none<three>\n\n"
    assert [(child.name, child.namespace, child.line, child.text) for child in root.all("c")] == [
        ("c", "urn:b", 3, "two"),
        ("c", "urn:a", 5, ""),
    ]
    first = root.first("c")
    assert first is not None
    assert first.text == "two"
    assert root.first("d") is None


@pytest.mark.parametrize(
    "content, line, says",
    [
        (BILLION_LAUGHS, 2, "document type"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 1, "document type"),
        (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]><a/>', 1, "document type"),
        (b'\n\n<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>', 3, "document type"),
        (b"<!DOCTYPE html><a/>", 1, "document type"),
        (b"<a>&undefined;</a>", 1, "broken in line 1"),
        (b"<a>\n<b>\n</a>", 3, "broken in line 3"),
        (b"<a/><b/>", 1, "broken"),
        (b"", 1, "broken"),
        (b"GIF89a", 1, "broken"),
        (b"<a x:y='1'/>", 1, "broken"),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\xe4</a>', 2, "broken in line 2"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', 1, "encoding"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a/>', 1, "encoding"),
        (b"<a>" * 101 + b"</a>" * 101, 1, "too deeply"),
    ],
)
def test_hostile_or_broken_xml_is_refused_with_its_line(content: bytes, line: int, says: str) -> None:
    with pytest.raises(XmlRefused, match=says) as refused:
        parse_xml(content)
    assert refused.value.line == line


def test_a_reader_of_german_is_told_why_the_xml_is_broken_in_german() -> None:
    with pytest.raises(XmlRefused) as refused:
        parse_xml(b"<a>\n<b>\n</a>")
    told = refused.value.message
    assert isinstance(told, Message)
    german = {
        "The XML is broken in line %(line)s, column %(column)s: %(why)s": "Zeile %(line)s, %(column)s: %(why)s",
        "this tag closes another element than the one that is open.": "falsch geschlossen.",
    }
    assert told.translated(german.__getitem__) == "Zeile 3, 3: falsch geschlossen."


def test_a_million_open_elements_are_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(XmlRefused, match="too deeply"):
        parse_xml(b"<a>" * 1_000_000)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    assert parse_xml(f'<?xml version="1.0" encoding="{name}"?><a>Grüße</a>'.encode(encoding)).text == "Grüße"


def test_an_external_file_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(XmlRefused):
        parse_xml(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        parse_xml(content)
    except XmlRefused as refused:
        assert str(refused)  # noqa: PT017 - either outcome is right, the refusal says why
