"""The demo's package is whole: its manifest names every file, its pages lead only to files that are there."""

import re
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from defusedxml import ElementTree

from lms.app.demo import world as files
from lms.kernel.archives import open_zip
from lms.packages.formats.scorm12 import Scorm12

WORLD = files.load()
(PACKAGE,) = WORLD.packages
FOLDER = files.PACKAGES / PACKAGE.folder
CP = "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}"
ADL = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
ADDRESS = re.compile(r'(?:src|href)="([^"#]+)')
PAGES = sorted(FOLDER.rglob("*.html"))


def test_the_manifest_launches_one_sco_and_names_every_file() -> None:
    root = ElementTree.parse(FOLDER / "imsmanifest.xml").getroot()
    assert root is not None
    (item,) = root.iter(f"{CP}item")
    (resource,) = root.iter(f"{CP}resource")
    assert item.get("identifierref") == resource.get("identifier")
    assert item.findtext(f"{CP}title") == PACKAGE.title
    assert resource.get(f"{ADL}scormtype") == "sco"
    assert resource.get("href") == "index.html"
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert {file.get("href") for file in resource.iter(f"{CP}file")} == there - {"imsmanifest.xml"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_leads_only_to_files_of_the_package(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for address in ADDRESS.findall(text):
        assert (page.parent / address).resolve().is_relative_to(FOLDER), address
        assert (page.parent / address).is_file(), address
    assert " style=" not in text
    assert " onclick=" not in text
    assert all(picture.count('alt="') == 1 for picture in re.findall(r"<img[^>]+>", text))


def test_there_are_eight_screens_that_the_script_knows() -> None:
    listed = re.findall(r'"(\d-[a-z-]+)"', (FOLDER / "scripts" / "course.js").read_text(encoding="utf-8"))
    assert listed == sorted(path.stem for path in (FOLDER / "pages").iterdir())
    assert len(listed) == 8


def test_the_zip_is_the_same_every_time_and_holds_the_manifest_at_its_root() -> None:
    content = files.zipped(PACKAGE)
    assert content == files.zipped(PACKAGE)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert "imsmanifest.xml" in archive.namelist()
        assert archive.testzip() is None


def test_the_product_reads_it_without_a_warning() -> None:
    manifest = Scorm12().read(open_zip(BytesIO(files.zipped(PACKAGE))))
    (launchable,) = manifest.launchables
    assert (manifest.title, launchable.launch) == (PACKAGE.title, "index.html")
    assert launchable.mastery_score == Decimal(80)
    assert manifest.warnings == ()
