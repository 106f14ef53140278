"""Nothing that a stranger packed can leave its folder, replace a neighbour, or fill the machine."""

import io
import os
import socket
import stat
import struct
import time
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.archives import ArchiveRefused, FileTree, Limits, Refusal, folder_source, open_zip
from tests.kernel.zips import DEFLATED, UTF8, Entry, Zip, deflated_zeros, zip_of

GIGABYTE = 1 << 30


def opened(content: bytes, limits: Limits | None = None) -> FileTree:
    return open_zip(io.BytesIO(content), limits)


def refusal(action: Callable[[], object]) -> ArchiveRefused:
    with pytest.raises(ArchiveRefused) as caught:
        action()
    return caught.value


def test_an_ordinary_archive_is_read_whole() -> None:
    large = os.urandom(300_000) + bytes(300_000)
    tree = opened(
        zip_of(
            Entry(name="course/"),
            Entry(name="./course/course.md", content="Grüße".encode(), mode=stat.S_IFREG | 0o644),
            Entry(name="course/Übung.bin", content=large, method=DEFLATED),
            Entry(name="course/empty.txt"),
        )
    )
    assert tree.names() == ("course/course.md", "course/empty.txt", "course/Übung.bin")
    assert tree.size("course/Übung.bin") == len(large)
    with tree.open("course/Übung.bin") as file:
        assert file.read() == large
    with tree.open("course/course.md") as file:
        assert file.read(3) + file.read() == "Grüße".encode()
    with tree.open("course/empty.txt") as file:
        assert file.read() == b""
    assert tree.notes == ()


@pytest.mark.parametrize(
    "entries, reason, member",
    [
        ([Entry(name="../evil")], Refusal.TRAVERSAL, "../evil"),
        ([Entry(name="a/../../evil")], Refusal.TRAVERSAL, "a/../../evil"),
        ([Entry(name="a/..")], Refusal.TRAVERSAL, "a/.."),
        ([Entry(name="../")], Refusal.TRAVERSAL, ".."),
        ([Entry(name="/etc/passwd")], Refusal.ABSOLUTE, "/etc/passwd"),
        ([Entry(name="//server/share")], Refusal.ABSOLUTE, "//server/share"),
        ([Entry(name="/")], Refusal.ODD_NAME, ""),
        ([Entry(name="C:evil")], Refusal.ABSOLUTE, "C:evil"),
        ([Entry(name="c:/evil")], Refusal.ABSOLUTE, "c:/evil"),
        ([Entry(name="..\\evil")], Refusal.BACKSLASH, "..\\evil"),
        ([Entry(name="a\\b")], Refusal.BACKSLASH, "a\\b"),
        ([Entry(name="\\\\server\\share")], Refusal.BACKSLASH, "\\\\server\\share"),
        ([Entry(name="a\0.html")], Refusal.ODD_NAME, "a\0.html"),
        ([Entry(name="a\nb")], Refusal.ODD_NAME, "a\nb"),
        ([Entry(name="a\x7fb")], Refusal.ODD_NAME, "a\x7fb"),
        ([Entry(name="exe.\u202egpj")], Refusal.ODD_NAME, "exe.\u202egpj"),
        ([Entry(name="")], Refusal.ODD_NAME, ""),
        ([Entry(name=".")], Refusal.ODD_NAME, "."),
        ([Entry(name="a/.")], Refusal.ODD_NAME, "a/."),
        ([Entry(name="a//b")], Refusal.ODD_NAME, "a//b"),
        ([Entry(name="a/", content=b"x")], Refusal.ODD_NAME, "a"),
        ([Entry(name="x" * 256)], Refusal.NAME_TOO_LONG, "x" * 256),
        ([Entry(name="ä" * 128)], Refusal.NAME_TOO_LONG, "ä" * 128),
        ([Entry(name="/".join("x" * 33))], Refusal.NAME_TOO_LONG, "/".join("x" * 33)),
        ([Entry(name="link", content=b"/etc/passwd", mode=stat.S_IFLNK | 0o777)], Refusal.LINK, "link"),
        ([Entry(name="link/", mode=stat.S_IFLNK | 0o777)], Refusal.LINK, "link"),
        ([Entry(name="pipe", mode=stat.S_IFIFO)], Refusal.SPECIAL, "pipe"),
        ([Entry(name="device", mode=stat.S_IFCHR)], Refusal.SPECIAL, "device"),
        ([Entry(name="folder", mode=stat.S_IFDIR)], Refusal.SPECIAL, "folder"),
        ([Entry(name="secret", flags=1)], Refusal.ENCRYPTED, "secret"),
        ([Entry(name="secret", flags=0x41)], Refusal.ENCRYPTED, "secret"),
        ([Entry(name="a", method=14)], Refusal.COMPRESSION, "a"),
        ([Entry(name="a", method=9)], Refusal.COMPRESSION, "a"),
        ([Entry(name="a"), Entry(name="a")], Refusal.DUPLICATE, "a"),
        ([Entry(name="a"), Entry(name="./a")], Refusal.DUPLICATE, "a"),
        ([Entry(name="README"), Entry(name="readme")], Refusal.CLASH, "readme"),
        ([Entry(name="x/straße"), Entry(name="x/STRASSE")], Refusal.CLASH, "x/STRASSE"),
        ([Entry(name="é"), Entry(name=unicodedata.normalize("NFD", "é"))], Refusal.CLASH, "e\u0301"),
        ([Entry(name="a"), Entry(name="a/b")], Refusal.CLASH, "a"),
        ([Entry(name="a/b"), Entry(name="A")], Refusal.CLASH, "A"),
        ([Entry(name="a"), Entry(name="a/")], Refusal.CLASH, "a"),
        ([Entry(name=b"\xff\xfe", flags=UTF8)], Refusal.ENCODING, ""),
    ],
)
def test_a_hostile_name_is_refused_and_named(entries: list[Entry], reason: Refusal, member: str) -> None:
    archive = zip_of(*entries)
    refused = refusal(lambda: opened(archive))
    assert (refused.reason, refused.member) == (reason, member)
    assert str(refused).endswith(".")
    assert not any(unicodedata.category(character) == "Cc" for character in str(refused))


def test_a_folder_named_twice_or_in_two_spellings_hurts_nobody() -> None:
    tree = opened(zip_of(Entry(name="Img/"), Entry(name="Img/"), Entry(name="img/a"), Entry(name="Img/b")))
    assert tree.names() == ("Img/b", "img/a")


def test_names_that_do_not_say_their_encoding_are_read_and_reported() -> None:
    tree = opened(
        zip_of(
            Entry(name="Prüfung-äß.md".encode(), flags=0),
            Entry(name="Übung.md".encode("cp437"), flags=0),
            Entry(name="plain.md", flags=0),
        )
    )
    assert tree.names() == ("Prüfung-äß.md", "plain.md", "Übung.md")
    assert [note for note in tree.notes if "UTF-8" in note and "Prüfung" in note]
    assert [note for note in tree.notes if "cp437" in note and "Übung" in note]
    assert len(tree.notes) == 2


def test_a_unicode_path_field_is_believed_only_for_the_name_it_was_made_for() -> None:
    raw, true_name = "Übung".encode("cp850") + b"\xe1", "Übungß"
    good = struct.pack("<HHBL", 0x7075, 5 + len(true_name.encode()), 1, zlib.crc32(raw)) + true_name.encode()
    evil = struct.pack("<HHBL", 0x7075, 5 + 4, 1, 7) + b"../x"
    traversal = struct.pack("<HHBL", 0x7075, 5 + 4, 1, zlib.crc32(raw)) + b"../x"
    assert opened(zip_of(Entry(name=raw, flags=0, extra=good))).names() == (true_name,)
    assert opened(zip_of(Entry(name=raw, flags=0, extra=evil))).names() == (raw.decode("cp437"),)
    assert (
        refusal(lambda: opened(zip_of(Entry(name=raw, flags=0, extra=traversal)))).reason is Refusal.TRAVERSAL
    )


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", Refusal.NOT_A_ZIP),
        (b"%PDF-1.7 and much more", Refusal.NOT_A_ZIP),
        (zip_of(Entry(name="a", content=b"x" * 100))[:-30], Refusal.NOT_A_ZIP),
        (zip_of(Entry(name="a", content=b"x" * 100))[50:], Refusal.BROKEN),
        (b"Rar!\x1a\x07\x00", Refusal.NOT_A_ZIP),
    ],
)
def test_a_file_that_is_no_zip_is_refused(content: bytes, reason: Refusal) -> None:
    assert refusal(lambda: opened(content)).reason is reason


def test_more_files_than_allowed_are_refused() -> None:
    limits = Limits(files=10)
    assert len(opened(zip_of(*(Entry(name=f"{n}") for n in range(10))), limits).names()) == 10
    archive = zip_of(*(Entry(name=f"{n}") for n in range(11)))
    assert refusal(lambda: opened(archive, limits)).reason is Refusal.TOO_MANY_FILES


def test_files_too_large_alone_or_together_are_refused() -> None:
    limits = Limits(file_bytes=100, total_bytes=150)
    opened(zip_of(Entry(name="a", content=bytes(100)), Entry(name="b", content=bytes(50))), limits)
    refused = refusal(lambda: opened(zip_of(Entry(name="a", content=bytes(101))), limits))
    assert (refused.reason, refused.member) == (Refusal.FILE_TOO_LARGE, "a")
    both = zip_of(Entry(name="a", content=bytes(100)), Entry(name="b", content=bytes(51)))
    assert refusal(lambda: opened(both, limits)).reason is Refusal.TOTAL_TOO_LARGE


@pytest.fixture(scope="module")
def ten_gigabytes() -> bytes:
    return deflated_zeros(10 * GIGABYTE)


@pytest.mark.parametrize(
    "said_bytes, limits, reason",
    [
        (0xFFFFFFFE, Limits(), Refusal.FILE_TOO_LARGE),
        (900 << 20, Limits(ratio=50), Refusal.RATIO),
        (100, Limits(), Refusal.BROKEN),
        (0, Limits(), Refusal.BROKEN),
        (500 << 20, Limits(), Refusal.BROKEN),
    ],
)
def test_ten_gigabytes_in_ten_megabytes_are_refused_in_bounded_memory_and_time(
    ten_gigabytes: bytes, said_bytes: int, limits: Limits, reason: Refusal
) -> None:
    archive = zip_of(Entry(name="bomb", packed=ten_gigabytes, method=DEFLATED, size=said_bytes, crc=7))

    def read() -> None:
        with opened(archive, limits).open("bomb") as file:
            while file.read(1 << 16):
                pass

    began = time.process_time()
    tracemalloc.start()
    refused = refusal(read)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.reason is reason
    assert refused.member == "bomb"
    assert peak_bytes < 4 << 20
    assert time.process_time() - began < 5


def test_a_file_that_hides_its_ratio_behind_a_false_packed_size_is_refused(ten_gigabytes: bytes) -> None:
    packed = ten_gigabytes[: 1 << 20]
    archive = zip_of(Entry(name="a", packed=packed, method=DEFLATED, size=900 << 20, packed_size=50 << 20))
    assert refusal(lambda: opened(archive)).reason is Refusal.OVERLAP


def test_files_that_share_their_bytes_are_refused() -> None:
    packed, size = deflated_zeros(1 << 20), 1 << 20
    kernel = Entry(name="kernel", packed=packed, size=size, method=DEFLATED)
    copies = [
        Entry(name=f"copy{n}", packed=packed, size=size, method=DEFLATED, offset=0) for n in range(1000)
    ]
    assert refusal(lambda: opened(zip_of(kernel, *copies))).reason is Refusal.OVERLAP


def test_a_file_that_quotes_the_header_of_the_next_is_refused() -> None:
    inner = zip_of(Entry(name="inner", content=bytes(1 << 20), method=DEFLATED))[: -22 - 46 - 5]
    outer = Entry(name="outer", content=inner)
    quoted = Entry(name="inner", content=bytes(1 << 20), method=DEFLATED, offset=30 + 5)
    assert refusal(lambda: opened(zip_of(outer, quoted))).reason is Refusal.OVERLAP


def test_a_huge_table_of_contents_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "directory.zip"
    size = 3 * GIGABYTE
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, size, 0, 0))
    tracemalloc.start()
    refused = refusal(lambda: open_zip(path))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.reason is Refusal.TOO_MANY_FILES
    assert peak_bytes < 64 << 20


def test_a_million_empty_files_are_refused_before_they_are_listed() -> None:
    header = struct.pack("<4s6H3L5HLL", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    directory = header * 150_000
    archive = directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, len(directory), 0, 0)
    began = time.process_time()
    assert refusal(lambda: opened(archive)).reason is Refusal.TOO_MANY_FILES
    assert time.process_time() - began < 1


@pytest.mark.parametrize("change", [{"crc": 7}, {"size": 99}, {"size": 101}, {"local_name": b"b"}])
def test_a_file_that_is_not_what_its_header_says_is_refused_when_it_is_read(change: dict[str, int]) -> None:
    entry = Entry(name="a", content=b"x" * 100, method=DEFLATED)
    for field, value in change.items():
        setattr(entry, field, value)
    tree = opened(zip_of(entry))

    def read() -> bytes:
        with tree.open("a") as file:
            return file.read()

    refused = refusal(read)
    assert (refused.reason, refused.member) == (Refusal.BROKEN, "a")


def test_zip64_archives_are_read() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("large.txt", "w", force_zip64=True) as file,
    ):
        file.write(b"hello" * 1000)
    with opened(buffer.getvalue()).open("large.txt") as member:
        assert member.read() == b"hello" * 1000


def test_an_archive_with_a_program_before_it_and_a_comment_behind_is_read() -> None:
    content = b"#!/bin/sh\n" + Zip([Entry(name="a", content=b"x")], comment=b"made by hand").to_bytes()
    with opened(content).open("a") as file:
        assert file.read() == b"x"


WHOLE = zip_of(
    Entry(name="a.txt", content=b"hello " * 9, method=DEFLATED), Entry(name="b/é.txt", content=b"world")
)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.integers(0, len(WHOLE)))
def test_a_damaged_archive_is_refused_or_read_but_never_breaks_anything(at: int, by: int, end: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[at] ^= by
    for content in (bytes(damaged), bytes(damaged[:end])):
        try:
            tree = opened(content)
            for name in tree.names():
                with tree.open(name) as file:
                    assert len(file.read()) == tree.size(name)
        except ArchiveRefused:
            continue


def test_a_path_is_opened_and_closed_and_a_file_stays_the_callers(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(WHOLE)
    with open_zip(path) as tree:
        assert tree.names() == ("a.txt", "b/é.txt")
    file = io.BytesIO(WHOLE)
    open_zip(file).close()
    assert not file.closed
    path.write_bytes(b"no zip")
    refusal(lambda: open_zip(path))
    with pytest.raises(FileNotFoundError):
        open_zip(tmp_path / "none.zip")


def test_a_folder_reads_like_an_archive(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.md").write_bytes(b"hello")
    tree: FileTree = folder_source(tmp_path)
    assert tree.names() == ("sub/a.md",)
    assert tree.size("sub/a.md") == 5
    with tree.open("sub/a.md") as file:
        assert file.read() == b"hello"
    assert tree.notes == ()


@pytest.mark.parametrize("target", ["/etc/passwd", "sub", "missing", "../.."])
def test_a_link_in_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to(target)
    refused = refusal(lambda: folder_source(tmp_path))
    assert (refused.reason, refused.member) == (Refusal.LINK, "link")


def test_what_is_no_file_in_a_folder_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(lambda: folder_source(tmp_path)).reason is Refusal.SPECIAL
    (tmp_path / "pipe").unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert refusal(lambda: folder_source(tmp_path)).reason is Refusal.SPECIAL


@pytest.mark.parametrize(
    "limits, reason",
    [
        (Limits(files=1), Refusal.TOO_MANY_FILES),
        (Limits(file_bytes=3), Refusal.FILE_TOO_LARGE),
        (Limits(total_bytes=5), Refusal.TOTAL_TOO_LARGE),
    ],
)
def test_a_folder_has_the_limits_of_an_archive(tmp_path: Path, limits: Limits, reason: Refusal) -> None:
    (tmp_path / "a").write_bytes(b"1234")
    (tmp_path / "b").write_bytes(b"12")
    assert refusal(lambda: folder_source(tmp_path, limits)).reason is reason


def test_a_folder_with_names_that_an_archive_may_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a\\b").touch()
    assert refusal(lambda: folder_source(tmp_path)).reason is Refusal.BACKSLASH


def test_a_file_swapped_for_a_link_after_the_listing_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(b"12345")
    tree = folder_source(tmp_path)
    (tmp_path / "sub" / "a").unlink()
    (tmp_path / "sub" / "a").symlink_to("/etc/passwd")
    refusal(lambda: tree.open("sub/a"))
    (tmp_path / "sub" / "a").unlink()
    (tmp_path / "sub").rmdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a").write_bytes(b"12345")
    (tmp_path / "sub").symlink_to("other")
    assert refusal(lambda: tree.open("sub/a")).reason is Refusal.LINK


def test_a_file_that_grew_after_the_listing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    tree = folder_source(tmp_path)
    (tmp_path / "a").write_bytes(b"123456")
    with tree.open("a") as file:
        refused = refusal(file.read)
    assert refused.reason is Refusal.BROKEN


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    refusal(lambda: folder_source(tmp_path / "none"))
