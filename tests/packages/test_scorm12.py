"""A SCORM 1.2 package is read whole, or refused with the reason a trainer can act on."""

import io
from decimal import Decimal

import pytest

from lms.kernel.archives import open_zip
from lms.packages.errors import PackageRefused
from lms.packages.formats import read_package
from lms.packages.values import PackageManifest, ScormType, TimeLimitAction
from tests.kernel.zips import Entry, zip_of

NAMESPACES = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
METADATA = "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>"


def manifest(organizations: str, resources: str, attributes: str = "", metadata: str = METADATA) -> str:
    return (
        f'<?xml version="1.0"?>\n<manifest identifier="M-1" version="1.0" {NAMESPACES} {attributes}>\n{metadata}\n'
        f"<organizations{organizations}</organizations>\n<resources{resources}</resources>\n</manifest>"
    )


SIMPLE = manifest(
    ' default="O-1"><organization identifier="O-1"><title>Valve basics</title>'
    '<item identifier="I-1" identifierref="R-1"><title>Start here</title></item></organization>',
    '><resource identifier="R-1" type="webcontent" adlcp:scormtype="sco" href="index.html">'
    '<file href="index.html"/></resource>',
)


def read(text: str | bytes, *names: str) -> PackageManifest:
    content = text if isinstance(text, bytes) else text.encode()
    entries = [Entry(name=name, content=b"x") for name in names]
    found = read_package(
        open_zip(io.BytesIO(zip_of(Entry(name="imsmanifest.xml", content=content), *entries)))
    )
    assert isinstance(found, PackageManifest)
    return found


def refusal(text: str | bytes, *names: str) -> PackageRefused:
    with pytest.raises(PackageRefused) as refused:
        read(text, *names)
    return refused.value


def test_a_simple_package_is_read() -> None:
    package = read(SIMPLE, "index.html", "unlisted.js")
    assert (package.identifier, package.title, package.root, package.warnings) == (
        "M-1",
        "Valve basics",
        "",
        (),
    )
    (item,) = package.launchables
    assert (item.identifier, item.title, item.launch, item.scorm_type) == (
        "I-1",
        "Start here",
        "index.html",
        ScormType.SCO,
    )
    assert item.visible
    assert (item.mastery_score, item.max_time_allowed_seconds, item.time_limit_action) == (None, None, None)


def test_a_large_package_is_read_with_everything_it_says() -> None:
    package = read(
        manifest(
            ' default="O-2"><organization identifier="O-1"><title>Other</title></organization>'
            '<organization identifier="O-2"><title>\n  Course\n</title>'
            '<item identifier="I-1"><title>Part one</title>'
            '  <item identifier="I-2" identifierref="R-1" parameters="?mode=full#top" isvisible="false">'
            "    <title>Lesson</title>"
            '    <adlcp:prerequisites type="aicc_script">I-9</adlcp:prerequisites>'
            "    <adlcp:maxtimeallowed>00:30:00.50</adlcp:maxtimeallowed>"
            "    <adlcp:timelimitaction>exit, no message</adlcp:timelimitaction>"
            "    <adlcp:datafromlms>a=1</adlcp:datafromlms>"
            "    <adlcp:masteryscore>80</adlcp:masteryscore>"
            "  </item></item>"
            '<item identifier="I-3" identifierref="R-2"><title>Reading</title></item></organization>',
            ' xml:base="content/"><resource identifier="R-1" adlcp:scormtype="SCO" xml:base="lesson one/" '
            'href="start%20here.html?lang=en"><file href="start%20here.html"/><file href="../shared.js"/>'
            '<dependency identifierref="R-3"/></resource>'
            '<resource identifier="R-2" adlcp:scormtype="asset" href="reading.pdf"/>'
            '<resource identifier="R-3" type="webcontent"><file href="shared.js"/><file href="gone.css"/></resource>',
            'xml:base="pkg/"',
        ),
        "pkg/content/lesson one/start here.html",
        "pkg/content/shared.js",
        "pkg/content/reading.pdf",
    )
    assert package.title == "Course"
    assert package.default_organization.identifier == "O-2"
    assert [organization.identifier for organization in package.organizations] == ["O-1", "O-2"]
    lesson, reading = package.launchables
    assert lesson.launch == "pkg/content/lesson%20one/start%20here.html?lang=en&mode=full#top"
    assert (lesson.visible, lesson.prerequisites, lesson.data_from_lms) == (False, "I-9", "a=1")
    assert lesson.max_time_allowed_seconds == Decimal("1800.5")
    assert lesson.time_limit_action is TimeLimitAction.EXIT_SILENT
    assert lesson.mastery_score == Decimal(80)
    assert (reading.launch, reading.scorm_type) == ("pkg/content/reading.pdf", ScormType.ASSET)
    assert package.resources[0].files == ("pkg/content/lesson one/start here.html", "pkg/content/shared.js")
    assert package.resources[0].dependencies == ("R-3",)
    assert package.warnings == ("The manifest lists pkg/content/gone.css, which is not in the archive.",)


@pytest.mark.parametrize(
    "href, parameters, launch",
    [
        ("a.html", "", "a.html"),
        ("a.html", "x=1", "a.html?x=1"),
        ("a.html", "?x=1", "a.html?x=1"),
        ("a.html", "&amp;x=1", "a.html?x=1"),
        ("a.html?y=2", "?x=1", "a.html?y=2&x=1"),
        ("a.html#top", "x=1", "a.html?x=1#top"),
        ("a.html#top", "#end", "a.html#top"),
        ("a.html", "#end", "a.html#end"),
        ("./b/../a.html", "", "a.html"),
        ("a.html", "x=&quot;&gt;&lt;é", "a.html?x=%22%3E%3C%C3%A9"),
    ],
)
def test_parameters_are_added_as_the_standard_says(href: str, parameters: str, launch: str) -> None:
    text = SIMPLE.replace('href="index.html">', f'href="{href}">').replace(
        'identifierref="R-1"', f'identifierref="R-1" parameters="{parameters}"'
    )
    assert read(text, "a.html", "index.html").launchables[0].launch == launch


@pytest.mark.parametrize(
    "text, names, line, says",
    [
        ("", [], 1, "cannot be read. The XML is broken in line 1"),
        ("<manifest>\n<resources>", [], 2, "broken in line 2"),
        (b"\xff\xfe\x00", [], 1, "cannot be read"),
        ('<!DOCTYPE m [<!ENTITY a "b">]><manifest/>', [], 1, "document type"),
        ('<!DOCTYPE m SYSTEM "file:///etc/passwd"><manifest/>', [], 1, "document type"),
        ("<package/>", [], 1, "<package>"),
        (f"<manifest {NAMESPACES}/>", [], 1, "lists no resources"),
        (manifest(">", ">"), [], None, "Nothing in the package can be opened"),
        (SIMPLE, [], None, "index.html, which the item “Start here” opens, is not in the archive"),
        (SIMPLE.replace('href="index.html">', ">"), ["index.html"], None, "without a file: R-1"),
        (SIMPLE.replace('="R-1"><title>', '="R-9"><title>'), ["index.html"], 4, "R-9, which is not there"),
        (SIMPLE.replace('identifier="I-1" ', ""), ["index.html"], 4, "has no identifier"),
        (
            SIMPLE.replace('href="index.html">', 'href="../index.html">'),
            ["index.html"],
            5,
            "out of the package",
        ),
        (
            SIMPLE.replace('href="index.html">', 'href="a/../../index.html">'),
            ["index.html"],
            5,
            "out of the package",
        ),
        (
            SIMPLE.replace('href="index.html">', 'href="%2e%2e/index.html">'),
            ["index.html"],
            5,
            "out of the package",
        ),
        (
            SIMPLE.replace('href="index.html">', 'href="..%5cindex.html">'),
            ["index.html"],
            5,
            "out of the package",
        ),
        (
            SIMPLE.replace('href="index.html">', 'href="/index.html">'),
            ["index.html"],
            5,
            "out of the package",
        ),
        (SIMPLE.replace('href="index.html">', 'href="//evil/x">'), ["index.html"], 5, "out of the package"),
        (
            SIMPLE.replace('href="index.html">', 'href="https://evil/x">'),
            ["index.html"],
            5,
            "out of the package",
        ),
        (
            SIMPLE.replace('href="index.html">', 'href="javascript:alert(1)">'),
            ["index.html"],
            5,
            "out of the",
        ),
        (SIMPLE.replace('href="index.html">', 'href="C:/x">'), ["index.html"], 5, "out of the package"),
        (
            SIMPLE.replace('<file href="index.html"/>', '<file href="../x"/>'),
            ["index.html"],
            5,
            "file leads out",
        ),
        (
            SIMPLE.replace("<resources>", '<resources xml:base="../">'),
            ["index.html"],
            5,
            "xml:base leads out",
        ),
        (
            SIMPLE.replace("</resources>", '<resource identifier="R-1"/></resources>'),
            ["index.html"],
            5,
            "Two resources are called R-1",
        ),
        (
            SIMPLE.replace("</organization>", '<item identifier="I-1" identifierref="R-1"/></organization>'),
            ["index.html"],
            None,
            "Two items are called I-1",
        ),
    ],
)
def test_a_package_that_cannot_be_played_is_refused_with_the_reason(
    text: str | bytes, names: list[str], line: int | None, says: str
) -> None:
    refused = refusal(text, *names)
    assert says in str(refused)
    assert refused.line == line


def test_an_archive_without_a_manifest_says_what_it_is_not() -> None:
    def refused(*names: str) -> str:
        archive = zip_of(*(Entry(name=name, content=b"x") for name in names))
        with pytest.raises(PackageRefused) as caught:
            read_package(open_zip(io.BytesIO(archive)))
        return str(caught.value)

    assert "no imsmanifest.xml" in refused("readme.txt")
    assert "lies at a/imsmanifest.xml" in refused("a/imsmanifest.xml", "b/index.html")
    assert "cmi5" in refused("cmi5.xml", "index.html")


def test_a_manifest_of_a_hundred_megabytes_is_not_read() -> None:
    assert "too large" in str(refusal(b" " * (11 << 20)))


@pytest.mark.parametrize(
    "text, names, warning",
    [
        (SIMPLE, ["Index.HTML"], "The file Index.HTML is spelled index.html in the manifest."),
        (SIMPLE.replace('default="O-1"', 'default="O-9"'), ["index.html"], "O-9 is not there"),
        (SIMPLE.replace(">1.2<", ">1.1<"), ["index.html"], "edition 1.1"),
        (
            SIMPLE.replace('href="index.html">', 'href="a\\index.html">'),
            ["a/index.html", "index.html"],
            "backslashes",
        ),
        (
            SIMPLE.replace(
                "</organization>", '<item identifier="I-2"><title>Empty</title></item></organization>'
            ),
            ["index.html"],
            "I-2 opens nothing",
        ),
        (
            SIMPLE.replace("</item>", "<adlcp:masteryscore>high</adlcp:masteryscore></item>"),
            ["index.html"],
            "mastery score high",
        ),
        (
            SIMPLE.replace("</item>", "<adlcp:maxtimeallowed>soon</adlcp:maxtimeallowed></item>"),
            ["index.html"],
            "time limit soon",
        ),
        (
            SIMPLE.replace("</item>", "<adlcp:timelimitaction>explode</adlcp:timelimitaction></item>"),
            ["index.html"],
            "action explode",
        ),
        (
            SIMPLE.replace("</manifest>", "<manifest identifier='x'/></manifest>"),
            ["index.html"],
            "Manifests within",
        ),
        (
            manifest(">", '><resource identifier="R-1" adlcp:scormtype="sco" href="index.html"/>'),
            ["index.html"],
            "no organization",
        ),
    ],
)
def test_what_is_tolerated_is_said(text: str, names: list[str], warning: str) -> None:
    package = read(text, *names)
    assert len(package.launchables) == 1
    assert warning in package.warnings[0]


def test_a_package_in_a_folder_of_its_archive_is_read() -> None:
    archive = zip_of(
        Entry(name="Course/imsmanifest.xml", content=SIMPLE.encode()),
        Entry(name="Course/index.html", content=b"x"),
        Entry(name="__MACOSX/Course/._index.html", content=b"x"),
    )
    package = read_package(open_zip(io.BytesIO(archive)))
    assert isinstance(package, PackageManifest)
    assert (package.root, package.launchables[0].launch) == ("Course/", "index.html")
    assert "Course/" in package.warnings[0]


def test_every_file_missing_is_not_said_a_thousand_times() -> None:
    files = "".join(f'<file href="{n}.js"/>' for n in range(1000))
    package = read(SIMPLE.replace('<file href="index.html"/>', files), "index.html")
    assert len(package.warnings) == 20
