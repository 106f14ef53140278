"""Paper set exactly: in fonts of ours for every script, the same bytes each time, or refused with a reason."""

import io
import logging
import subprocess
import sys
import unicodedata
from typing import Any

import page
import pypdf
import pytest

from lms.kernel import pdf
from lms.web.assets import static_folder
from tests.support.needs import need_program

FONTS = static_folder() / "print"
NAMES = {
    "cy": "Siân Llŵyd-Ŷnyr ẁ",
    "vi": "Nguyễn Thị Hồng Phượng",
    "el": "Ελένη Παπαδοπούλου, Ἀριστοτέλης",
    "uk": "Наталія Ґалаґан",
    "ar": "ليلى الحداد",
    "he": "נועה בן־דוד",
    "hi": "अनुष्का श्रीवास्तव क्षत्रिय",
    "km": "សុខ សុភាព ស្រីពៅ",
    "th": "สมชาย ใจดี ผู้รู้",
    "zh": "王小明 龍鳳",
    "ja": "山田 太郎 さくら ヴ 髙﨑",
    "ko": "김민수 똠방각하",
}
FIELD = pdf.SignatureField("Signature", "Signature of Halden Controls")
BADGE = pdf.Attachment("badge.json", "application/ld+json", b'{"type": "OpenBadge"}', "Data", "Open Badge")


@pytest.fixture(autouse=True)
def machine(pango):
    return pango


@pytest.fixture(scope="module")
def style(tmp_path_factory):
    path = tmp_path_factory.mktemp("styles") / "style.css"
    path.write_text(
        'html { font: 14pt "Guildhall Sans" } h1 { font-family: "Guildhall Serif" }'
        'b { font-family: "Guildhall Sans Bold" }'
    )
    return path


def page_of(text, language="en"):
    return (
        f'<!doctype html><html lang="{language}"><head><title>Paper</title></head><body><h1 dir="auto">{text}</h1>'
        f'<p>Hello <b>{text}</b> 12</p><p><a href="http://a.example/">two<br>lines</a></p>'
        "<dl><div><dt>Issued</dt><dd>today</dd></div> <div><dt>Until</dt><dd>ever</dd></div></dl></body></html>"
    )


def letters(text):
    return "".join(
        one for one in text if not one.isspace() and unicodedata.category(one) != "Cf" and one != "\u034f"
    )


def test_every_script_is_real_text_that_reads_back_letter_by_letter(style, tmp_path):
    program = need_program("pdftotext", package="poppler-utils")
    fonts = need_program("pdffonts", package="poppler-utils")
    for language, name in NAMES.items():
        path = tmp_path / f"{language}.pdf"
        path.write_bytes(pdf.render(page_of(name, language), styles=(style,), fonts=FONTS, signature=FIELD))
        read = subprocess.run([program, str(path), "-"], check=True, capture_output=True).stdout.decode()
        assert letters(read).count(letters(name)) == 2, (language, read)
        report = page.validate_pdf(path, profile="ua1")
        assert report.is_compliant, (language, [one.message for one in report.failures])
        listed = subprocess.run([fonts, str(path)], check=True, capture_output=True).stdout.decode()
        embedded = [line.split() for line in listed.splitlines()[2:]]
        assert all("Guildhall" in one[0] and one[-5:-2] == ["yes", "yes", "yes"] for one in embedded), listed


def test_the_same_inputs_give_the_same_bytes_whatever_was_set_before(style, tmp_path):
    # Its own process: no font of another document has been read there.
    other = tmp_path / "other.py"
    other.write_text(
        f"import sys; sys.path.insert(0, {str(FONTS.parent.parent)!r})\n"
        "from pathlib import Path; from lms.kernel import pdf; from tests.kernel.test_pdf import *\n"
        f"sys.stdout.buffer.write(pdf.render(page_of(NAMES['km']), styles=(Path({str(style)!r}),), fonts=FONTS,"
        " attachments=(BADGE,), signature=FIELD))"
    )
    found = subprocess.run(
        [sys.executable, str(other)], check=True, capture_output=True, cwd=FONTS.parent.parent
    )
    pdf.render(page_of(NAMES["ja"]), styles=(style,), fonts=FONTS)
    given: Any = {"styles": (style,), "fonts": FONTS, "attachments": (BADGE,), "signature": FIELD}
    assert pdf.render(page_of(NAMES["km"]), **given) == found.stdout


@pytest.mark.parametrize("sign, said", [("🎓", "🎓 (U+1F393)"), ("𒀀", "𒀀 (U+12000)"), ("\ue000", "U+E000")])
def test_a_sign_that_no_font_has_refuses_the_paper_and_says_where_it_stands(style, sign, said):
    with pytest.raises(pdf.MissingSigns) as refusal:
        pdf.render(page_of(f"Amara {sign} Osei"), styles=(style,), fonts=FONTS)
    assert refusal.value.places[0] == pdf.Missed(f"Amara {sign} Osei", (sign,))
    assert said in str(refusal.value)


@pytest.mark.parametrize("how", ["level", "disabled", "disable"])
def test_a_missing_sign_is_heard_of_whatever_the_log_is_set_to(style, how, monkeypatch):
    logger = logging.getLogger("weasyprint")
    if how == "disable":
        monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    else:
        monkeypatch.setattr(logger, how, logging.CRITICAL if how == "level" else True)
    logger.setLevel(logger.level)  # which forgets what it knew of levels
    with pytest.raises(pdf.MissingSigns):
        pdf.render(page_of("Amara 🎓 Osei"), styles=(style,), fonts=FONTS)
    assert not logger.isEnabledFor(logging.WARNING), "it is as it was"
    monkeypatch.undo()
    logger.setLevel(logger.level)  # which forgets what it knew of levels


def test_signs_without_a_look_and_marks_of_direction_are_no_missing_letters(style):
    pdf.render(page_of("Ama\u200dra\u202e\u2066 Osei\u00ad\ufe0f"), styles=(style,), fonts=FONTS)


@pytest.mark.parametrize(
    "source", ["http://a.example/x.png", "file:///etc/passwd", "other.png", "../style.css"]
)
def test_it_reads_nothing_but_its_own_assets(style, source):
    html = page_of("Amara").replace("</body>", f'<img src="{source}" alt="x"></body>')
    with pytest.raises(pdf.CannotBeSet, match="Failed to load image"):
        pdf.render(html, styles=(style,), fonts=FONTS, assets={"logo.svg": b"<svg/>"})


def test_an_asset_is_drawn_and_a_broken_one_refuses_the_paper(style):
    html = page_of("Amara").replace(
        "</body>", '<img src="logo.svg" alt="Logo"><script>document.write(1)</script></body>'
    )
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    made = pdf.render(html, styles=(style,), fonts=FONTS, assets={"logo.svg": logo})
    assert page.is_pdf_compliant_bytes(made, profile="ua1")
    with pytest.raises(pdf.CannotBeSet):
        pdf.render(html, styles=(style,), fonts=FONTS, assets={"logo.svg": b"\x89PNG broken"})


def test_it_carries_a_file_and_a_field_that_says_what_it_is(style):
    made = pdf.render(page_of("Amara"), styles=(style,), fonts=FONTS, attachments=(BADGE,), signature=FIELD)
    assert page.is_pdf_compliant_bytes(made, profile="ua1")
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.attachments["badge.json"] == [BADGE.content]
    root: Any = reader.trailer["/Root"]
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Data"
    field = root["/AcroForm"]["/Fields"][0].get_object()
    assert (field["/FT"], field["/TU"]) == ("/Sig", FIELD.words)
    tag = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert tag[tag.index(field["/StructParent"], 1) + 1].get_object()["/S"] == "/Form"
