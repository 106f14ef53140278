"""The result as a picture: every claim in words, no more than the page says, and names of any kind."""

import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest
import zxingcpp
from markupsafe import escape
from PIL.PngImagePlugin import PngImageFile
from sqlalchemy import update

from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.rules.samples import NAMES, Sample
from lms.certificates.verification.service import picturing
from lms.identity.models import PersonRow
from lms.kernel import clock
from lms.kernel.buckets import Buckets
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(pango):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def certificate(sqlite_app, scene, cast):
    scene.learn(cast.amara, "0.91")
    with unit_of_work(read_only=True):
        return ledger.list_of_person(cast.amara)[-1]


@pytest.mark.parametrize(
    "sample", [Sample.LONGEST, Sample.OVERRIDE, Sample.EMOJI, Sample.MARKUP, Sample.ARABIC]
)
def test_a_name_of_any_kind_stays_a_name_on_the_page_in_its_data_and_in_its_picture(
    cast, visit, certificate, sample
):
    name = NAMES[sample]
    with unit_of_work():
        db.session.execute(update(PersonRow).where(PersonRow.id == cast.amara).values(name=name))
    page = visit().get(f"/verify/{certificate.code}")
    assert f'<p class="proof-name" dir="auto">{escape(name)}</p>' in page.text, "its direction is its own"
    assert "<script>Söhne" not in page.text
    assert 'onclick="' not in page.text
    (said,) = re.findall(r'<meta property="og:image:alt" content="([^"]*)">', page.text)
    assert f"\u2068{name}\u2069" in unescape(said), "what turns around in it ends with it"
    assert visit().get(f"/verify/{certificate.code}.json").get_json()["holder"] == name
    picture = visit().get(f"/verify/{certificate.code}.png")
    assert picture.status_code == 200
    with PngImageFile(io.BytesIO(picture.data)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
        assert f"\u2068{name}\u2069" in drawn.text["Description"]


def test_the_picture_carries_every_claim_in_words_and_says_no_more_than_the_page(
    visit, certificate, in_may, monkeypatch
):
    monkeypatch.setattr(picturing, "_asked", Buckets(seconds=lambda: 0.0))
    stranger = visit()
    with counted_queries() as seen:
        picture = stranger.get(f"/verify/{certificate.code}.png")
    assert len(seen) <= 4
    with PngImageFile(io.BytesIO(picture.data)) as drawn:
        said = re.sub("[\u2066-\u2069]", "", drawn.text["Description"])
        codes = zxingcpp.read_barcodes(drawn)
    assert said == (
        "Valid on 4 May 2026. Halden Controls certifies that Amara Osei holds the certification Refrigeration Control "
        f"Engineer. Issued 4 May 2026. Valid through 4 May 2027. Certificate {certificate.code}. Employer when issued: "
        "Brixham Automation. Rests on: Exam: Refrigeration Control, 91% (at least 80%); Course Refrigeration Control."
    )
    assert [one.text.rpartition("/")[2] for one in codes] == [certificate.code]
    assert picture.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert picture.headers["Cache-Control"] == "public, max-age=300"
    assert visit().get("/verify/GH-0000-0000-0000.png").status_code == 404
    in_may(certificate.term.expires_at - clock.now())
    with PngImageFile(io.BytesIO(stranger.get(f"/verify/{certificate.code}.png").data)) as drawn:
        assert drawn.text["Description"].startswith("Expired, in grace on 5 May 2027.")
    for _ in range(picturing.PICTURES_EACH - 2):
        stranger.get(f"/verify/{certificate.code}.png")
    assert stranger.get(f"/verify/{certificate.code}.png").status_code == 429
