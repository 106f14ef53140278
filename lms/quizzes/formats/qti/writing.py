"""Writing a QTI 2.2 package: a manifest, an item for each question, its pictures, and the note of our own."""

import posixpath
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from lms.quizzes.formats.qti.own import NAME, line_of
from lms.quizzes.formats.qti.package import MANIFEST
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.chance import sampled
from lms.quizzes.syntax.qti.writing import INSTANCE, QtiWriter, clean
from lms.quizzes.values import ImportedQuestion

PACKAGING: Final = "http://www.imsglobal.org/xsd/imscp_v1p1"
METADATA: Final = "http://www.imsglobal.org/xsd/imsmd_v1p2"
ITEM_TYPE: Final = "imsqti_item_xmlv2p2"
NEVER: Final = (1980, 1, 1, 0, 0, 0)
"""No time of writing: the same questions make the same file."""


def package(questions: Iterable[ImportedQuestion]) -> bytes:
    """Return the package; a question of a kind that QTI cannot hold is left out."""
    manifest = _Manifest()
    notes: list[bytes] = []
    target = BytesIO()
    kept: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, imported in enumerate(questions, 1):
            form = kind_of(imported.question).qti
            if form is None:
                continue
            identifier = f"q{number:05}"
            path = f"items/{identifier}.xml"
            pictures = {}
            for file in imported.attachments:
                ending = posixpath.splitext(file.name)[1].lower()
                pictures[file.name] = f"pictures/{sha256(file.content).hexdigest()[:20]}{ending}"
                if pictures[file.name] not in kept:
                    kept.add(pictures[file.name])
                    _add(archive, pictures[file.name], file.content)
            asked = sampled(imported.question)
            writer = QtiWriter(
                replace(imported, question=asked),
                identifier,
                {name: f"../{at}" for name, at in pictures.items()},
            )
            form.write(asked, writer)
            content = writer.finished()
            _add(archive, path, content)
            notes.append(line_of(path, content, imported, pictures))
            manifest.add(identifier, path, imported, sorted(set(pictures.values())))
        _add(archive, NAME, b"".join(notes))
        _add(archive, MANIFEST, manifest.written())
    return target.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, NEVER)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


class _Manifest:
    """The list of what is in the package."""

    def __init__(self) -> None:
        self._root = Element(
            "manifest",
            {
                "xmlns": PACKAGING,
                "xmlns:xsi": INSTANCE,
                "xmlns:imsmd": METADATA,
                "identifier": "guildhall-questions",
                "xsi:schemaLocation": (
                    f"{PACKAGING} http://www.imsglobal.org/xsd/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd "
                    f"{METADATA} http://www.imsglobal.org/xsd/imsmd_v1p2p4.xsd"
                ),
            },
        )
        metadata = SubElement(self._root, "metadata")
        SubElement(metadata, "schema").text = "QTIv2.2 Package"
        SubElement(metadata, "schemaversion").text = "1.0.0"
        SubElement(self._root, "organizations")
        self._resources = SubElement(self._root, "resources")
        note = SubElement(self._resources, "resource", identifier="guildhall", type="webcontent", href=NAME)
        SubElement(note, "file", href=NAME)

    def add(self, identifier: str, path: str, imported: ImportedQuestion, pictures: Iterable[str]) -> None:
        """List an item with its tags and pictures."""
        resource = SubElement(self._resources, "resource", identifier=identifier, type=ITEM_TYPE, href=path)
        general = SubElement(SubElement(SubElement(resource, "metadata"), "imsmd:lom"), "imsmd:general")
        SubElement(SubElement(general, "imsmd:title"), "imsmd:langstring").text = clean(
            imported.question.title
        )
        for tag in imported.question.tags:
            keyword = SubElement(general, "imsmd:keyword")
            SubElement(keyword, "imsmd:langstring").text = clean(tag)
        for href in (path, *pictures):
            SubElement(resource, "file", href=href)

    def written(self) -> bytes:
        """Return the manifest as XML."""
        written: bytes = tostring(self._root, encoding="utf-8", xml_declaration=True)
        return written
