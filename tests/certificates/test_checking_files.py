"""A file in the page: genuine, altered and where, another's, unsigned, no PDF, revoked since; and hostile ones."""

import io
import json
import zlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.certificates.verification.rules import compare
from lms.certificates.verification.service import checking, looking_up
from lms.certificates.verification.values import Claim, Ruling
from lms.kernel import clock, confined, files, signing
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.buckets import Buckets
from lms.kernel.signing import authority
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(pango):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch):
    monkeypatch.setattr(checking, "_files", Buckets(seconds=lambda: 0.0))
    for name in ("_misses", "_of_all"):
        monkeypatch.setattr(looking_up, name, Buckets(seconds=lambda: 0.0))


@pytest.fixture
def certificate(sqlite_app, scene, cast):
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        return ledger.list_of_person(cast.amara)[-1]


@pytest.fixture
def paper(certificate, cast, visit):
    return visit(cast.amara).get(f"/certificates/{certificate.id}.pdf").data


def check(content):
    with unit_of_work(read_only=True):
        return checking.check(content, now=clock.now())


def send(visitor, content, path="/verify", **more):
    """Send a form with a file as browsers do; the test client would leave a file of its own behind."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="certificate.pdf"\r\n\r\n'
    body = head + content + b"\r\n--x--\r\n"
    return visitor.post(path, body, content_type="multipart/form-data; boundary=x", **more)


def words(checked):
    return " ".join(str(one.words) for one in checked.sayings)


def covered(content, text):
    """Return a file to which a stranger added a line over the first page, as any editor of PDFs does."""
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    page = writer.pages[0]
    drawn = DecodedStreamObject()
    drawn.set_data(f"BT /F9 20 Tf 100 100 Td ({text}) Tj ET".encode())
    resources: Any = page["/Resources"]
    fonts = resources["/Font"]
    font = DictionaryObject()
    font.update({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                 NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
    fonts[NameObject("/F9")] = writer._add_object(font)  # noqa: SLF001  it has no other
    added = writer._add_object(drawn)  # noqa: SLF001  as above
    before = page["/Contents"]
    earlier = list(before) if isinstance(before, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([*earlier, added])
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def unsigned(title="Certificate GH-0000-0000-0000-0000"):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Title": title})
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_the_page_says_genuine_and_unchanged_beside_everything_the_register_says(
    visit, certificate, paper, monkeypatch
):
    kept = []
    monkeypatch.setattr(files, "lay_blob", lambda *_args, **_more: kept.append(1))
    stranger = visit()
    with counted_queries() as seen:
        page = send(stranger, paper)
    assert page.status_code == 200
    assert "Genuine and unchanged" in page.text
    assert "Signed by this portal (Guildhall certificates), 2026-05-04 10:00 UTC." in page.text
    assert page.text.count("the file shows it") == 5, "holder, certification, both days and the number"
    assert f'href="/verify/{certificate.code}"' in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert "@" not in page.text
    assert len(seen) <= 4
    assert not kept, "nothing of it is stored"
    assert "Genuine and unchanged" in send(stranger, paper, f"/verify/{certificate.code}").text


def test_what_a_name_or_a_day_is_changed_to_is_named(visit, paper):
    seen = check(covered(paper, "Norma Nobody"))
    assert seen.ruling is Ruling.ALTERED
    assert list(seen.added) == ["Norma Nobody"]
    page = send(visit(), covered(paper, "Norma Nobody"))
    assert "Altered after it was signed" in page.text
    assert "Norma Nobody" in page.text


def test_bytes_that_were_changed_are_told_with_what_the_file_no_longer_shows(paper):
    broken = check(paper.replace(b"/Producer", b"/Producex", 1))
    assert broken.ruling is Ruling.ALTERED
    assert "its content is not what the signature is for" in words(broken)
    renamed = compare(
        [Claim("Holder", "Amara Osei"), Claim("Certification", "Engineer")], ["Norma Nobody", "Engi", "neer"]
    )
    assert [one.is_shown for one in renamed] == [False, True]


def test_what_is_none_of_ours_is_called_what_it_is(
    sqlite_app, tmp_path, monkeypatch, cast, visit, certificate, paper
):
    assert check(unsigned()).ruling is Ruling.UNSIGNED
    for nothing in (b"hello", b"", b"%PDF-1.7 and nothing of one"):
        assert check(nothing).ruling is Ruling.OTHER_KIND
    assert check(paper[: len(paper) // 2]).ruling is not Ruling.GENUINE
    # The very document, signed by a house of the same name: whole, and not by us.
    chain = authority.find_or_make(tmp_path / "another", clock.now())
    monkeypatch.setattr(
        signing, "_office", lambda: SimpleNamespace(known=lambda: [(chain.certificate, chain.roots[0])])
    )
    strange = check(paper)
    assert strange.ruling is Ruling.STRANGE
    assert "not by this portal" in words(strange)
    assert strange.verdict is not None
    assert strange.verdict.proof.certificate.code == certificate.code


def test_a_file_whose_certificate_was_revoked_since_says_so(visit, certificate, paper, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(certificate_id=certificate.id, reason="x", actor=SYSTEM, now=clock.now())
    assert "Genuine, but revoked since" in send(visit(), paper).text
    with unit_of_work(), acting_as(SYSTEM):
        certificates.reinstate(certificate_id=certificate.id, reason="y", actor=SYSTEM, now=clock.now())
    assert "Genuine and unchanged" in send(visit(), paper).text
    in_may(certificate.term.counts_until - clock.now())
    assert "Genuine, but expired since" in send(visit(), paper).text


def test_a_badge_is_judged_as_a_paper_is_as_data_and_as_a_picture(visit, certificate, in_may):
    stranger = visit()
    brought = [stranger.get(f"/verify/{certificate.code}/badge.{kind}").data for kind in ("json", "png")]
    for one in brought:
        page = send(stranger, one)
        assert "Genuine and unchanged" in page.text
        assert f'href="/verify/{certificate.code}"' in page.text
        assert "@" not in page.text
        assert ("Only the data inside the picture is signed" in page.text) is (one == brought[1])
        assert "Refrigeration Control Engineer" in page.text, "to compare it with"
    assert check(brought[0].replace(b"Amara", b"Norma")).ruling is Ruling.ALTERED
    for place, named in (("id", "@foo"), ("id", "\ud800"), ("issuer", "\ud800")):
        odd = json.dumps(json.loads(brought[0]) | {place: named}).encode()
        page = send(stranger, odd)
        assert (page.status_code, "Genuine and unchanged" in page.text) == (200, False)
    for nothing in (b"{}", b'{"type": ["OpenBadgeCredential"]}', brought[1][:200], b"{" * 100_000):
        assert check(nothing).ruling is Ruling.OTHER_KIND
    with unit_of_work(), acting_as(SYSTEM):
        certificates.revoke(certificate_id=certificate.id, reason="x", actor=SYSTEM, now=clock.now())
    assert "Genuine, but revoked since" in send(stranger, brought[0]).text
    with unit_of_work(), acting_as(SYSTEM):
        certificates.reinstate(certificate_id=certificate.id, reason="y", actor=SYSTEM, now=clock.now())
    again = send(stranger, brought[1]).text
    assert "Genuine, but another badge took its place since" in again, "its bit stays set for good"
    assert (
        "Genuine and unchanged"
        in send(stranger, stranger.get(f"/verify/{certificate.code}/badge.json").data).text
    )


def test_a_file_of_another_certificate_is_not_taken_for_this_pages(visit, cast, scene, certificate, paper):
    scene.learn(cast.dafydd)
    with unit_of_work(read_only=True):
        other = ledger.list_of_person(cast.dafydd)[-1]
    page = send(visit(), paper, f"/verify/{other.code}").text
    assert "It is not the certificate of this page" in page


def test_no_file_and_one_that_is_too_large_are_told_beside_the_field(sqlite_app, visit):
    stranger = visit()
    empty = stranger.post("/verify", {})
    assert empty.status_code == 422
    assert "Choose a file." in empty.text
    large = send(stranger, b"%PDF-" + bytes(checking.FILE_BYTES))
    assert large.status_code == 422
    assert "larger than 5 MB" in large.text
    far = send(stranger, bytes(checking.FILE_BYTES + 1_100_000))
    assert far.status_code == 413, "refused by its length, before it is read"


def bomb(megabytes):
    """Return a PDF of a page whose content inflates to so many megabytes of nothing."""
    squeezed = zlib.compressobj(1)
    deflated = b"".join(squeezed.compress(b" " * (1 << 20)) for _ in range(megabytes)) + squeezed.flush()
    pieces = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length LONG>>\nstream\n".replace(b"LONG", str(len(deflated)).encode())
        + deflated
        + b"\nendstream",
    ]
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, piece in enumerate(pieces, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + piece + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<</Root 1 0 R/Size 5>>\nstartxref\n{len(written)}\n%%EOF\n"
    return bytes(written + end.encode())


def test_a_file_that_bursts_in_memory_takes_its_reader_alone(visit, sqlite_app):
    content = bomb(600)
    assert len(content) < checking.FILE_BYTES
    page = send(visit(), content)
    assert page.status_code == 200
    assert "This file could not be read through" in page.text
    assert visit().get("/verify").status_code == 200


def test_a_file_that_hangs_its_reader_is_given_up_in_words(visit, sqlite_app, monkeypatch):
    hanging = confined.Confined("tests.kernel.confined_work", seconds=1)
    monkeypatch.setattr(signing, "_examiners", SimpleNamespace(run=lambda _piece: hanging.run(b"sleep")))
    page = send(visit(), b"%PDF-1.7")
    hanging.close()
    assert "This file could not be read through" in page.text
    assert "takes more time or memory to read than any certificate does" in page.text


def test_who_sends_many_files_waits_and_numbers_are_not_guessed_by_files(visit, sqlite_app):
    stranger, here = visit(), {"REMOTE_ADDR": "192.0.2.7"}
    guess = unsigned("Certificate " + " ".join(f"GH-{n:04d}-0000-0000-0000" for n in (1, 2, 3)))
    statuses = [
        send(stranger, guess, environ_base=here).status_code for _ in range(looking_up.MISSES_EACH // 3 + 2)
    ]
    assert statuses[:3] == [200, 200, 200]
    assert statuses[-1] == 429, "twenty wrong numbers, in files too"
    elsewhere = {"REMOTE_ADDR": "198.51.100.4"}
    for _ in range(checking.FILES_EACH):
        last = send(stranger, b"hello", environ_base=elsewhere)
    assert last.status_code == 200
    late = send(stranger, b"hello", environ_base=elsewhere)
    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
