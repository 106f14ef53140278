"""The designer: drafts and versions, what a certificate keeps, pictures that are refused, and the sheet itself."""

import io
import re
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html import unescape

import msgspec
import pypdf
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import update

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.queries import designs
from lms.certificates.documents.rules.designs import STARTS
from lms.certificates.documents.rules.samples import NAMES, Sample
from lms.certificates.documents.service import measuring, previewing
from lms.certificates.documents.service.pictures import look_into
from lms.certificates.documents.values.designs import (
    Base,
    DesignId,
    Draft,
    Orientation,
    Paper,
    Picture,
    Signature,
)
from lms.certificates.errors import DesignChanged, DesignRefused
from lms.identity.models import PersonRow
from lms.kernel import clock, pdf
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, Unavailable
from lms.kernel.lines import cleaned
from lms.kernel.uow import unit_of_work
from tests.support.needs import need_program
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DESIGNS = "/programme/designs"
CHARTER = STARTS[Base.CHARTER]


@pytest.fixture(autouse=True)
def in_may():
    with clock.frozen_at(MAY) as advance:
        yield advance


def made(name="House", brand=None, language=None, base=Base.CHARTER):
    with unit_of_work(), acting_as(SYSTEM):
        return certificates.make_design(
            design_id=DesignId(new_id()),
            name=name,
            brand_id=brand,
            language=language,
            base=base,
            actor=SYSTEM,
            now=clock.now(),
        )


def saved(design_id, layout, *, revision=None, brand=None, language=None, brought=()):
    with unit_of_work(), acting_as(SYSTEM):
        certificates.save_design(
            design_id=design_id,
            revision=revision if revision is not None else designs.get_design(design_id).revision,
            draft=Draft(name="House", brand_id=brand, language=language, layout=layout),
            brought=brought,
            actor=SYSTEM,
            now=clock.now(),
        )


def published(design_id):
    with unit_of_work(), acting_as(SYSTEM):
        return certificates.publish_design(design_id=design_id, actor=SYSTEM, now=clock.now())


def latest(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)[-1]


def layout_of(person_id):
    certificate = latest(person_id)
    with unit_of_work(read_only=True):
        return designs.find_layout_of(certificate.id)


def test_a_certificate_keeps_the_version_it_was_issued_with(app, cast, scene):
    scene.learn(cast.ruth)
    assert layout_of(cast.ruth) is None, "issued before there was a design: ours for ever"
    design_id = made()
    scene.learn(cast.jonas)
    assert layout_of(cast.jonas) is None, "a draft is given to nobody"
    assert published(design_id) == 1
    assert published(design_id) == 1, "the same draft is no new version"
    scene.learn(cast.amara)
    blue = msgspec.structs.replace(CHARTER, accent="#123f5c")
    saved(design_id, blue)
    assert published(design_id) == 2
    scene.learn(cast.tomas)
    assert layout_of(cast.amara) == CHARTER
    assert layout_of(cast.tomas) == blue
    assert layout_of(cast.ruth) is None
    with unit_of_work(read_only=True):
        assert [(one.number, one.issued) for one in designs.list_versions(design_id)] == [(2, 1), (1, 1)]


def test_the_nearest_design_is_given_by_brand_and_language(app, cast, scene):
    everywhere, cold = made("Everywhere"), made("Cold", brand=cast.cold, base=Base.PLATE)
    german = made("German", language="de", base=Base.PLATE)
    for one in (everywhere, cold, german):
        published(one)
    with unit_of_work():
        db.session.execute(update(PersonRow).where(PersonRow.id == cast.amara).values(locale="de"))
    scene.learn(cast.amara)
    assert layout_of(cast.amara) == STARTS[Base.PLATE]
    with unit_of_work(read_only=True):
        assert designs.list_versions(cold)[0].issued == 1, "the brand goes before the language"
    with unit_of_work(), acting_as(SYSTEM):
        from_now_on = designs.get_design(cold)
        assert not from_now_on.is_retired


def test_two_designs_cannot_take_one_place_and_two_authors_cannot_save_over_each_other(app, cast):
    design_id = made(brand=cast.cold)
    with pytest.raises(DesignRefused) as refusal:
        made("Another", brand=cast.cold)
    assert "House" in refusal.value.fields["brand_id"]
    saved(design_id, CHARTER, revision=1, brand=cast.cold)
    with pytest.raises(DesignChanged):
        saved(design_id, CHARTER, revision=1, brand=cast.cold)
    with pytest.raises(DesignRefused) as refusal:
        saved(design_id, msgspec.structs.replace(CHARTER, ink="#dddddd"), brand=cast.cold)
    assert set(refusal.value.fields) == {"ink"}


def test_published_twice_at_once_there_is_one_version(app, cast):
    design_id = made()

    def publish(_number):
        with app.app_context():
            return published(design_id)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(publish, range(4))) == {1}
    with unit_of_work(read_only=True):
        assert len(designs.list_versions(design_id)) == 1


# ---- pictures


def png(width=120, height=40, mode="RGBA"):
    held = io.BytesIO()
    Image.new(mode, (width, height), "navy").save(held, "PNG")
    return held.getvalue()


def svg(inside):
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">{inside}</svg>'.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        png()[:60],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        png(400, 4),
        svg("<script>alert(1)</script>"),
        svg('<rect width="9" height="9" onclick="alert(1)"/>'),
        svg('<image href="http://evil.example/x.png"/>'),
        svg('<image href="file:///etc/passwd"/>'),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg("<style>@import url(http://evil.example)</style>"),
        svg('<rect fill="url(http://evil.example/#a)"/>'),
        b"<!DOCTYPE svg [<!ENTITY a 'x'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        b"<html></html>",
        b"x" * ((2 << 20) + 1),
    ],
)
def test_a_picture_that_is_broken_too_large_or_acts_is_refused_with_its_field(sqlite_app, pango, content):
    assert pdf.is_available(), "the press reads pictures in its own way, but in this process"
    with pytest.raises(Invalid) as refusal:
        look_into("logo", io.BytesIO(content))
    assert set(refusal.value.fields) == {"logo"}


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(sqlite_app):
    with pytest.raises(Invalid, match="megapixels"):
        look_into("logo", io.BytesIO(png(5000, 5000, "1")))


def test_a_picture_is_kept_without_what_its_camera_wrote_and_no_larger_than_a_sheet_needs(sqlite_app):
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Taken in secret"
    Image.new("RGB", (3000, 1000), "white").save(held, "JPEG", exif=exif)
    brought = look_into("background", io.BytesIO(held.getvalue()))
    assert (brought.picture.width, brought.picture.height) == (2000, 667)
    assert b"secret" not in brought.content
    drawing = look_into("logo", io.BytesIO(svg('<path d="M0 0h9"/>')))
    assert drawing.picture.width / drawing.picture.height == pytest.approx(3, abs=0.01)


# ---- the sheet


LETTERS = str.maketrans(dict.fromkeys(map(chr, (0x202A, 0x202B, 0x202C, 0x200E, 0x200F, 0xAD))))


def only_letters(text):
    """Return a text without spaces, marks of direction and joined forms, which poppler guesses and hides."""
    plain = unicodedata.normalize("NFKC", text).translate(LETTERS)
    return "".join(one for one in plain if not one.isspace())


WHOLE = [(base, way, paper) for base in Base for way in Orientation for paper in Paper]


def worst(base, orientation, paper):
    """Return a design with everything in it that there can be."""
    return msgspec.structs.replace(
        STARTS[base],
        orientation=orientation,
        paper=paper,
        body="Awarded to {name} of {partner} after assessment, and entered in the register under {number}.",
        foot="Fine print: “{certification}” is a certification of {issuer}.",
        signatures=(
            Signature("Dr.-Ing. Hildegard Maximiliane Freifrau von Oppenheim-Schwarzach", "Head of Training"),
            Signature("Ŵyn Ap Gŵilym", "Managing Director"),
            Signature("Petra Lindqvist", "Programme Manager"),
        ),
    )


def sought(pattern, text):
    """Return what a pattern finds; it must be there."""
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found


def words_with_places(document, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(document)
    program = need_program("pdftotext", package="poppler-utils")
    found = subprocess.run([program, "-bbox", str(path), "-"], check=True, capture_output=True).stdout.decode(
        errors="replace"
    )
    page = sought(r'<page width="([\d.]+)" height="([\d.]+)"', found)
    words = re.findall(
        r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', found
    )
    return (
        (float(page[1]), float(page[2])),
        [(*map(float, places), unescape(word)) for *places, word in words],
    )


def check_sheet(app, brand_id, layout, sample, tmp_path):
    """Fail unless all that a sheet says is on its one page."""
    try:
        with unit_of_work(read_only=True), app.test_request_context():
            document = previewing.preview(
                layout,
                sample,
                brand_id=brand_id,
                language=None,
                title="Commissioning Engineer",
                today=MAY.date(),
            )
    except Unavailable as refusal:
        refused = str(refusal)
    else:
        refused = ""
    if refused:
        # A sign that none of our fonts has is refused by its name, not printed as a box.
        assert sample is Sample.EMOJI, sample
        assert "U+1F680" in refused
        return
    reader = pypdf.PdfReader(io.BytesIO(document))
    assert len(reader.pages) == 1
    (width, height), words = words_with_places(document, tmp_path)
    assert [round(width), round(height)] == [round(float(one)) for one in reader.pages[0].mediabox[2:]]
    for left, top, right, bottom, word in words:
        assert -0.5 <= left <= right <= width + 0.5, word
        assert -0.5 <= top <= bottom <= height + 0.5, word
    said = only_letters("".join(one[-1] for one in words))
    assert "GH-0000-0000-0000-0000" in said
    assert "PetraLindqvist" in said
    name = only_letters(cleaned(NAMES[sample]))
    if sample in READ:
        assert name in said, sample
    else:
        # Poppler gives other scripts in the order they are painted: each letter of which we have a font is there.
        assert {one for one in name if ord(one) in printable()} <= set(said), sample


READ = {
    *(Sample.USUAL, Sample.LONG, Sample.LONGEST, Sample.WELSH, Sample.VIETNAMESE),
    *(Sample.MARKUP, Sample.OVERRIDE),
}


def printable():
    """Return the letters of all fonts that documents are set in."""
    return measuring.widths("*")


@pytest.mark.parametrize("number, base, orientation, paper", [(n, *one) for n, one in enumerate(WHOLE)])
def test_the_longest_and_other_awkward_names_are_on_every_sheet_whole(
    sqlite_app, cast, pango, tmp_path, number, base, orientation, paper
):
    others = [one for one in Sample if one is not Sample.LONGEST]
    for sample in (Sample.LONGEST, *others[number :: len(WHOLE)]):
        check_sheet(sqlite_app, cast.cold, worst(base, orientation, paper), sample, tmp_path)


@pytest.mark.proof
def test_every_awkward_name_is_on_every_sheet_whole(sqlite_app, cast, pango, tmp_path):
    for base, orientation, paper in WHOLE:
        for sample in Sample:
            check_sheet(sqlite_app, cast.cold, worst(base, orientation, paper), sample, tmp_path)


def test_the_code_on_a_design_leads_to_the_page(sqlite_app, cast, pango, tmp_path):
    for base in Base:
        with unit_of_work(read_only=True), sqlite_app.test_request_context():
            document = previewing.preview(
                STARTS[base], Sample.USUAL, brand_id=None, language=None, title="X", today=MAY.date()
            )
            picture = Image.open(io.BytesIO(previewing.picture_of(document)))
        found = [one.text for one in zxingcpp.read_barcodes(picture)]
        assert found == [f"{sqlite_app.config['LMS_PUBLIC_URL']}/verify/GH-0000-0000-0000-0000"]


# ---- pages


def form_of(page):
    """Return what the designer's form would send."""
    form = page[page.index('id="design-form"') :]
    form = form[: form.index("</form>")]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = sought(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        kind = sought(r'\btype="(\w+)"', tag)[1]
        if kind == "file" or (kind in {"checkbox", "radio"} and " checked" not in tag):
            continue
        held = unescape(value[1]) if value else ""
        sent.setdefault(unescape(name[1]), []).append(held)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = [chosen[1] if chosen else sought(r'value="([^"]*)"', options)[1]]
    sent.pop("csrf_token", None)
    return sent


def test_a_design_is_made_filled_in_published_and_retired_without_script(
    sqlite_app, cast, scene, visit, pango, tmp_path
):
    petra = visit(cast.petra)
    sent = {"key": str(new_id()), "name": "Cold", "base": "plate", "brand_id": str(cast.cold), "language": ""}
    made_at = petra.post(f"{DESIGNS}/new", sent).headers["Location"]
    assert petra.post(f"{DESIGNS}/new", sent).headers["Location"] == made_at, "twice is once"
    filled = form_of(petra.get(made_at).text) | {
        "accent": "#0A5C36",
        "orientation": "portrait",
        "body": "Proved in {hours} of practice",
        "signatures-0-name": "Petra Lindqvist",
        "signatures-0-title": "Head of Training",
        "signatures-0-picture": (io.BytesIO(png()), "petra.png"),
        "logo": (io.BytesIO(svg('<path d="M0 0h300v100H0z"/>')), "logo.svg"),
        "sample": "khmer",
        "op": "publish",
    }
    answer = petra.post(made_at, filled)
    assert answer.status_code == 303, re.findall(r"field-error.*?<span>(.*?)</span>", answer.text)
    assert answer.headers["Location"].endswith("?sample=khmer")
    page = petra.get(answer.headers["Location"]).text
    assert "Version 1 in use" in page
    assert "sample=khmer" in page
    sheet = petra.get(f"{made_at}/sheet.png?sample=arabic&version=1")
    assert (sheet.mimetype, sheet.data[:4]) == ("image/png", b"\x89PNG")
    scene.learn(cast.amara)
    document = visit(cast.amara).get(f"/certificates/{latest(cast.amara).id}.pdf").data
    _size, words = words_with_places(document, tmp_path)
    said = " ".join(word for *_places, word in words)
    assert "Petra Lindqvist" in said
    assert "practice" not in said, "left out: there are no hours"
    listed = petra.get(f"{made_at}/versions").text
    assert "1 certificate has it" in listed
    for _twice in range(2):
        assert petra.post(f"{made_at}/retire").status_code == 303
        assert "Use it again: Cold" in petra.get(DESIGNS).text
    assert visit(cast.amara).get(f"/certificates/{latest(cast.amara).id}.pdf").data == document
    for _twice in range(2):
        assert petra.post(f"{made_at}/revive").status_code == 303
        assert "In use" in petra.get(DESIGNS).text
    turned = form_of(petra.get(made_at).text) | {
        "orientation": "landscape",
        "facts": ["hours"],
        "op": "publish",
    }
    assert petra.post(made_at, turned).status_code == 303
    listed = petra.get(f"{made_at}/versions").text
    assert "Held: Landscape" in listed
    assert "(before: Portrait)" in listed
    assert "Facts: Hours of practice" in listed


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(sqlite_app, cast, visit):
    petra, design_id = visit(cast.petra), made()
    address = f"{DESIGNS}/{design_id}"
    filled = form_of(petra.get(address).text)
    answer = petra.post(
        address,
        filled
        | {
            "name": "Kept as typed",
            "signatures-1-name": "Odd",
            "signatures-1-picture": (io.BytesIO(svg("<script/>")), "sign.svg"),
        },
    )
    assert answer.status_code == 422
    assert 'id="signatures-1-picture-error"' in answer.text
    assert "script" in sought(r'(?s)id="signatures-1-picture-error".*?</p>', answer.text)[0]
    assert "Kept as typed" in answer.text
    answer = petra.post(address, filled | {"ink": "#eeeeee"})
    assert 'id="ink-error"' in answer.text
    with unit_of_work(read_only=True):
        assert designs.get_design(design_id).revision == 1


def test_the_sheet_of_what_is_typed_is_shown_and_nothing_is_kept(sqlite_app, cast, visit, pango):
    trainer, design_id = visit(cast.tomas), made()
    address = f"{DESIGNS}/{design_id}"
    filled = form_of(trainer.get(address).text)
    answer = trainer.post(
        f"{address}/look", filled | {"logo": (io.BytesIO(png()), "logo.png"), "sample": "markup"}
    )
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    wrong = trainer.post(f"{address}/look", filled | {"faded": "99"})
    assert "Strength of the picture" in wrong.json["wrong"]
    wrong = trainer.post(f"{address}/look", filled | {"logo": (io.BytesIO(svg("<script/>")), "logo.svg")})
    assert "script" in wrong.json["wrong"]
    with unit_of_work(read_only=True):
        assert designs.get_design(design_id).draft == CHARTER


def test_partners_see_no_designs_and_an_auditor_changes_none(sqlite_app, cast, visit):
    design_id = made()
    for path in (DESIGNS, f"{DESIGNS}/{design_id}", f"{DESIGNS}/{design_id}/sheet.png"):
        assert visit(cast.amara).get(path).status_code == 403
    assert visit(cast.amara).post(f"{DESIGNS}/{design_id}", {}).status_code == 403


def test_the_pages_ask_as_often_however_many_designs_there_are(sqlite_app, cast, visit):
    petra = visit(cast.petra)
    counts = []
    for language in ("en", "de", "ar"):
        design_id = made(language, language=language)
        published(design_id)
        with counted_queries() as queries:
            petra.get(DESIGNS)
        counts.append(len(queries))
    assert counts[0] == counts[-1]


def test_a_picture_of_a_design_is_kept_while_a_version_may_need_it(app, cast):
    design_id = made()
    brought = look_into("logo", io.BytesIO(png()))
    saved(design_id, msgspec.structs.replace(CHARTER, logo=brought.picture), brought=[brought, brought])
    with unit_of_work(read_only=True):
        held = designs.get_design(design_id).draft.logo
    assert held == Picture(sha256=brought.picture.sha256, media_type="image/png", width=120, height=40)
