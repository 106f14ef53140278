"""A lesson's Markdown as the HTML that is stored and shown, with the words it adds in the language of the course."""

from collections.abc import Mapping
from typing import Final

from lms.kernel.richtext import Labels, MediaSource, Widths, markdown_to_html, no_media, no_widths

LABELS: Final[Mapping[str, Labels]] = {
    "en": Labels(),
    "de": Labels(
        note="Hinweis",
        tip="Tipp",
        important="Wichtig",
        warning="Warnung",
        caution="Vorsicht",
        table="Tabelle",
        more="Mehr",
        transcript="Abschrift",
        missing="Das ist nicht da: %s",
    ),
    "ar": Labels(
        note="ملاحظة",
        tip="نصيحة",
        important="مهم",
        warning="تحذير",
        caution="احتراس",
        table="جدول",
        more="المزيد",
        transcript="النص المكتوب",
        missing="هذا غير موجود: %s",
    ),
}


def render(
    body: str, *, media: MediaSource = no_media, widths: Widths = no_widths, language: str = "en"
) -> str:
    """Return the lesson as safe HTML; ``media`` says where each file is served, those it does not know vanish.

    A language that has no words here gets the English ones.
    """
    return markdown_to_html(
        body, media=media, widths=widths, labels=LABELS.get(language.partition("-")[0].lower())
    )
