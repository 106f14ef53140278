"""Names to try a design with: what real people are called, and what would break a careless page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from lms.certificates.documents.values import Ground, Proof
from lms.certificates.values import Certificate, CertificateId, CertificationId, Term
from lms.identity.values import PersonId


class Sample(StrEnum):
    """Whom a preview is issued to."""

    USUAL = "usual"
    LONG = "long"
    LONGEST = "longest"
    WELSH = "welsh"
    VIETNAMESE = "vietnamese"
    ARABIC = "arabic"
    HEBREW = "hebrew"
    DEVANAGARI = "devanagari"
    KHMER = "khmer"
    CHINESE = "chinese"
    MARKUP = "markup"
    OVERRIDE = "override"
    EMOJI = "emoji"


NAMES: Final[Mapping[Sample, str]] = {
    Sample.USUAL: "Amara Osei",
    Sample.LONG: "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff-Schwarzenberg von und zu Hohenlohe",
    Sample.LONGEST: ("María de los Ángeles Consuelo Fernández-Villaverde y Gutiérrez de la Concha " * 4)[:300].strip(),
    Sample.WELSH: "Siân Ŵynne-Puw o Lanŷdd",
    Sample.VIETNAMESE: "Nguyễn Thị Bảo Quỳnh",
    Sample.ARABIC: "ليلى عبد الرحمن الحدّاد",
    Sample.HEBREW: "נעמי בן־דוד",
    Sample.DEVANAGARI: "श्रीमती प्रियंका कृष्णमूर्ति",
    Sample.KHMER: "ស៊ុន ស្រីពៅ",
    Sample.CHINESE: "欧阳佳慧",
    Sample.MARKUP: '<b onclick="alert(1)">Robert</b> & <script>Söhne</script>',
    Sample.OVERRIDE: "Nadia \u202enimda\u202c Petrova",
    Sample.EMOJI: "Zoë 🚀 Lindqvist",
}  # fmt: skip
TITLES: Final[Mapping[Sample, str]] = {
    Sample.LONGEST: "Commissioning and Functional Safety Engineer for Ammonia and Carbon Dioxide Plant in Public Halls"
}
EMPLOYERS: Final[Mapping[Sample, str]] = {
    Sample.LONGEST: "Gesellschaft für Kälte-, Klima- und Gebäudeleittechnik Norddeutschland mbH & Co. KG"
}
NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """For whom a preview is made up: the maker, its brand, a certification, and where its pages are."""

    issuer: str
    brand: str
    maker: str
    title: str
    glyph: str
    language: str
    base_url: str
    today: date


def proof_of(sample: Sample, setting: Setting) -> Proof:
    """Return a certificate that was never issued."""
    at = datetime(setting.today.year, 1, 1, tzinfo=UTC)
    through = date(setting.today.year + 2, 12, 31)
    title = TITLES.get(sample, setting.title)
    code = "GH-0000-0000-0000-0000"
    return Proof(
        certificate=Certificate(
            id=CertificateId(NOBODY),
            code=code,
            certification_id=CertificationId(NOBODY),
            person_id=PersonId(NOBODY),
            employer_id=None,
            title=title,
            glyph=setting.glyph,
            maker=setting.maker,
            brand_name=setting.brand,
            rule_version=1,
            issued_at=at,
            issued_on=setting.today,
            term=Term(valid_through=through, renewal_opens_at=at, expires_at=at, counts_until=at),
            evidence={},
            predecessor_code=None,
        ),
        holder=NAMES[sample],
        language="ar" if sample is Sample.ARABIC else setting.language,
        issuer=setting.issuer,
        employer=EMPLOYERS.get(sample, "Brixham Automation Ltd"),
        url=f"{setting.base_url}/verify/{code}",
        grounds=(
            Ground(kind="score", title=f"Exam: {title}", score=Decimal("0.91"), minimum=Decimal("0.8")),
            Ground(kind="course", title=title),
            Ground(kind="practice", title="Site work", hours=24),
        ),
    )
