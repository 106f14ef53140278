"""A lesson's Markdown as the HTML that is stored and shown, with the words it adds in the language of the course."""

from collections.abc import Mapping
from typing import Final

from lms.kernel.richtext import Labels, PictureSource, markdown_to_html, no_picture

LABELS: Final[Mapping[str, Labels]] = {
    "en": Labels(),
    "de": Labels(
        note="Hinweis",
        tip="Tipp",
        important="Wichtig",
        warning="Warnung",
        caution="Vorsicht",
        table="Tabelle",
    ),
    "ar": Labels(
        note="ملاحظة", tip="نصيحة", important="مهم", warning="تحذير", caution="احتراس", table="جدول"
    ),
}


def render(body: str, *, picture: PictureSource = no_picture, language: str = "en") -> str:
    """Return the lesson as safe HTML; ``picture`` says where each picture is served, those it does not know vanish.

    A language that has no words here gets the English ones.
    """
    return markdown_to_html(body, picture=picture, labels=LABELS.get(language.partition("-")[0].lower()))
