"""The paper: real text in any script, readable by machines and by people who do not see, and nobody else's."""

import io
import subprocess
from datetime import UTC, datetime
from typing import Any

import page
import pypdf
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import update

from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.rules import qr_code
from lms.identity.models import PersonRow
from lms.kernel import clock, events, outbox, pdf
from lms.kernel.db import db
from lms.kernel.errors import Unavailable
from lms.kernel.uow import unit_of_work
from tests.support.needs import need_program

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(pango):
    with clock.frozen_at(MAY) as advance:
        yield advance


def certificate_of(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)[-1]


def rename(person_id, name, locale="en"):
    with unit_of_work():
        db.session.execute(
            update(PersonRow).where(PersonRow.id == person_id).values(name=name, locale=locale)
        )


def download(visitor, certificate):
    answer = visitor.get(f"/certificates/{certificate.id}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return answer.data


def text_of(document, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(document)
    found = subprocess.run(
        [need_program("pdftotext", package="poppler-utils"), str(path), "-"], check=True, capture_output=True
    )
    return found.stdout.decode()


@pytest.mark.parametrize(
    "name, language",
    [
        ("Amara Osei", "en"),
        ("Łukasz Żółć", "en"),
        ("Ελένη Παπαδοπούλου", "de"),
        ("Наталія Шевченко", "en"),
        ("ليلى الحداد", "ar"),
        ("Siân Llŵyd-Ŷnyr", "en"),
        ("សុខ ស្រីពៅ", "en"),
    ],
)
def test_the_name_is_real_text_in_its_own_script(sqlite_app, cast, scene, visit, tmp_path, name, language):
    rename(cast.amara, name, language)
    scene.learn(cast.amara, "0.91")
    certificate = certificate_of(cast.amara)
    text = text_of(download(visit(cast.amara), certificate), tmp_path)
    # Poppler marks the direction of right-to-left lines and guesses spaces between joined letters; dots that a font
    # draws apart from their letter are joined to it.
    letters = "".join(
        sign for sign in text if not sign.isspace() and sign not in "\u202a\u202b\u202c\u200e\u200f\u034f"
    )
    assert name.replace(" ", "") in letters
    assert certificate.code in letters
    assert "RefrigerationControlEngineer" in letters


def test_the_code_on_the_paper_leads_to_its_page(sqlite_app, cast, scene, visit, tmp_path):
    scene.learn(cast.amara)
    certificate = certificate_of(cast.amara)
    path = tmp_path / "certificate.pdf"
    path.write_bytes(download(visit(cast.amara), certificate))
    program = need_program("pdftoppm", package="poppler-utils")
    subprocess.run([program, "-r", "110", "-png", str(path), str(tmp_path / "page")], check=True)
    (picture,) = tmp_path.glob("page*.png")
    (code,) = zxingcpp.read_barcodes(Image.open(picture))
    assert code.text == f"http://127.0.0.1:8000/verify/{certificate.code}"
    assert visit().get(code.text.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_the_paper_is_tagged_names_its_language_and_carries_its_fonts(
    sqlite_app, cast, scene, visit, tmp_path
):
    rename(cast.amara, "Amara Osei", "de")
    scene.learn(cast.amara)
    document = download(visit(cast.amara), certificate_of(cast.amara))
    reader = pypdf.PdfReader(io.BytesIO(document))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Refrigeration Control Engineer: Amara Osei"
    assert len(reader.pages) == 1
    assert page.is_pdf_compliant_bytes(document, profile="ua1")
    resources: Any = reader.pages[0]["/Resources"]
    fonts = resources["/Font"]
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    path = tmp_path / "certificate.pdf"
    path.write_bytes(document)
    subprocess.run(
        [need_program("qpdf", package="qpdf"), "--check", str(path)], check=True, capture_output=True
    )


def test_every_picture_on_the_paper_says_what_it_is(sqlite_app, cast, scene, visit):
    scene.learn(cast.amara)
    reader = pypdf.PdfReader(io.BytesIO(download(visit(cast.amara), certificate_of(cast.amara))))
    said = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                said.append(node.get("/Alt"))
            if "/K" in node:
                walk(node["/K"])

    root: Any = reader.trailer["/Root"]
    walk(root["/StructTreeRoot"])
    assert len(said) == 3
    assert all(said)


def test_only_the_holder_and_whom_their_role_shows_it_may_fetch_it(sqlite_app, cast, scene, visit):
    scene.learn(cast.amara)
    address = f"/certificates/{certificate_of(cast.amara).id}.pdf"
    for allowed in (cast.amara, cast.ruth, cast.jonas, cast.petra, cast.ada, cast.odd):
        assert visit(allowed).get(address).status_code == 200
    for stranger in (cast.nils, cast.dafydd, cast.tomas):
        assert visit(stranger).get(address).status_code == 404
    assert visit().get(address).status_code == 303


def test_it_is_set_after_issue_and_then_never_again_until_something_on_it_changes(
    sqlite_app, cast, scene, visit, monkeypatch
):
    made, render = [], pdf.render

    def counting(html, **given):
        made.append(html)
        return render(html, **given)

    monkeypatch.setattr(pdf, "render", counting)
    scene.learn(cast.amara)
    while outbox.deliver_due(events.apply):
        pass
    assert len(made) == 1, "the outbox sets it before anybody asks"
    certificate = certificate_of(cast.amara)
    first = download(visit(cast.amara), certificate)
    assert download(visit(cast.ruth), certificate) == first
    assert len(made) == 1
    rename(cast.amara, "Amara Mensah")
    assert download(visit(cast.amara), certificate) != first
    assert len(made) == 2


def test_an_address_of_any_length_is_drawn_and_read(tmp_path):
    for url in (
        "http://a.example/verify/GH-0000-0000-0000",
        "https://" + "long." * 20 + "example/verify/GH-7F3K-92QD-M4XA",
    ):
        code = qr_code(url)
        scale = 6
        picture = Image.new("L", (code.size * scale, code.size * scale), 255)
        for run in code.d.split("M")[1:]:
            place, length = run.split("h")
            x, y = place.split()
            box = (int(x) * scale, int(y.removesuffix(".5")) * scale)
            picture.paste(0, (*box, box[0] + int(length) * scale, box[1] + scale))
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [url]


def test_a_machine_without_pango_says_what_to_do_and_loses_nothing(
    sqlite_app, cast, scene, visit, monkeypatch
):
    def unavailable(html, **given):
        raise Unavailable("PDFs need the system library Pango")

    monkeypatch.setattr(pdf, "render", unavailable)
    scene.learn(cast.amara)
    while outbox.deliver_due(events.apply):
        pass
    assert outbox.list_failed() == []
    answer = visit(cast.amara).get(f"/certificates/{certificate_of(cast.amara).id}.pdf")
    assert answer.status_code == 503
    assert "Pango" in answer.text
