"""SCORM 1.2 packages made for tests: lessons in folders, each of which does what it is told."""

import io
import zipfile
from collections.abc import Mapping

from tests.packages.scorm2004 import ITEM

NAMESPACES = 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
# The same lesson in the words of the older standard.
OLDER = {
    "API_1484_11": "API",
    "Initialize": "LMSInitialize",
    "Terminate": "LMSFinish",
    "GetValue": "LMSGetValue",
    "SetValue": "LMSSetValue",
    "GetLastError": "LMSGetLastError",
    "Commit(": "LMSCommit(",
    "cmi.entry": "cmi.core.entry",
    "cmi.mode": "cmi.core.lesson_mode",
    "cmi.location": "cmi.core.lesson_location",
}


def older(page: str) -> str:
    """Return a lesson of SCORM 2004 as one of SCORM 1.2."""
    for word, before in OLDER.items():
        page = page.replace(word, before)
    return page


def lessons(*names: str) -> str:
    """Return items that open the lesson."""
    return "".join(
        f'<item identifier="{name}" identifierref="R"><title>{name.capitalize()}</title></item>'
        for name in names
    )


def folder(title: str, inner: str) -> str:
    """Return an item that opens nothing and holds others."""
    return f'<item identifier="F-{title}"><title>{title}</title>{inner}</item>'


def scorm12_package(items: str, pages: Mapping[str, str] | None = None) -> io.BytesIO:
    """Return a ZIP of a manifest with these items and the lesson they open."""
    text = (
        f'<?xml version="1.0"?><manifest identifier="M1" version="1.0" {NAMESPACES}>'
        f'<organizations default="O1"><organization identifier="O1"><title>Wiring</title>{items}</organization>'
        '</organizations><resources><resource identifier="R" type="webcontent" adlcp:scormtype="sco" '
        'href="index.html"/></resources></manifest>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", text)
        for name, content in (pages or {"index.html": older(ITEM)}).items():
            archive.writestr(name, content)
    target.seek(0)
    return target
