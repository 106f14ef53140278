"""A cmi5.xml is read with every rule of the standard, or refused with the line that breaks one."""

import io
from decimal import Decimal

import pytest

from lms.packages.errors import PackageRefused
from lms.packages.formats import read_package
from lms.packages.formats.bare import open_package
from lms.packages.values.cmi5 import CourseStructure, LaunchMethod, MoveOn
from tests.kernel.zips import Entry, zip_of
from tests.packages.cmi5 import ABOUT, NAMESPACE, au, block, structure

OBJECTIVE = f'<objective id="https://example.com/objective/one">{ABOUT.format("Objective")}</objective>'
NAMED = '<objectives><objective idref="https://example.com/objective/one"/></objectives>'
ELSEWHERE = "https://example.com/index.html"


def read(text: str | bytes, *names: str) -> CourseStructure:
    content = text if isinstance(text, bytes) else text.encode()
    entries = [Entry(name=name, content=b"x") for name in names or ("index.html",)]
    found = read_package(open_package(io.BytesIO(zip_of(Entry(name="cmi5.xml", content=content), *entries))))
    assert isinstance(found, CourseStructure)
    return found


def refusal(text: str | bytes, *names: str) -> PackageRefused:
    with pytest.raises(PackageRefused) as refused:
        read(text, *names)
    return refused.value


def test_a_course_is_read_with_everything_it_says() -> None:
    deep = au(
        "deep",
        url="\n  path/start%20here.html?a=1&amp;b=2#top  \n",
        attributes='moveOn="CompletedAndPassed" masteryScore="0.85" launchMethod="OwnWindow" '
        'activityType="http://example.com/lesson"',
        more="<launchParameters>\n x=1 \n</launchParameters><entitlementKey> k </entitlementKey>"
        "<v:more xmlns:v='urn:v'><v:a/></v:more>",
    ).replace("<url>", f"{NAMED}<url>")
    text = structure(
        block("outer", block("inner", deep), au("near", attributes="")),
        au("far", url=ELSEWHERE),
        objectives=f"<objectives>{OBJECTIVE}</objectives>",
    )
    course = read(text, "path/start here.html", "index.html")
    assert (course.identifier, course.title) == ("https://example.com/course/wiring", "Wiring")
    assert course.titles == {"en": "Wiring", "de": "Wiring auf Deutsch"}
    assert course.warnings == ()
    assert [one.identifier.rpartition("/")[2] for one in course.units] == ["deep", "near", "far"]
    assert [(one.identifier[-5:], one.parent[-5:]) for one in course.blocks] == [
        ("outer", ""),
        ("inner", "outer"),
    ]
    first, second, third = course.units
    assert first.url == "path/start%20here.html?a=1&b=2#top"
    assert (first.move_on, first.mastery_score) == (MoveOn.COMPLETED_AND_PASSED, Decimal("0.85"))
    assert first.launch_method is LaunchMethod.OWN_WINDOW
    assert (first.launch_parameters, first.entitlement_key) == ("x=1", "k")
    assert (first.parent[-5:], first.objectives) == ("inner", ("https://example.com/objective/one",))
    assert (second.move_on, second.launch_method) == (MoveOn.NOT_APPLICABLE, LaunchMethod.ANY_WINDOW)
    assert (second.mastery_score, second.launch_parameters, second.is_elsewhere) == (None, None, False)
    assert (third.url, third.is_elsewhere) == (ELSEWHERE, True)


def test_more_than_a_thousand_units_are_read() -> None:
    course = read(structure(*(au(f"n{number}") for number in range(1500))))
    assert len(course.units) == 1500


def test_a_bare_course_structure_is_read_where_its_units_lie_elsewhere() -> None:
    for text in (structure(au("far", url=ELSEWHERE)), "\ufeff" + structure(au("far", url=ELSEWHERE))):
        found = read_package(open_package(io.BytesIO(text.encode())))
        assert isinstance(found, CourseStructure)
        assert found.units[0].is_elsewhere


@pytest.mark.parametrize("url", ["index.html", "path/1/index.html?abc=def", "/index.html"])
def test_a_bare_course_structure_names_whole_addresses(url: str) -> None:
    with pytest.raises(PackageRefused) as refused:
        read_package(open_package(io.BytesIO(structure(au("near", url=url)).encode())))
    assert refused.value.line == 4
    assert "https://" in refused.value.message


TITLE = "<title><langstring>T</langstring></title>"
TEXT = "<description><langstring>D</langstring></description>"


@pytest.mark.parametrize(
    "text, word",
    [
        # 13: the schema's elements, their order and their number
        (structure(), "lacks <au> / <block>"),
        (structure(block("b")), "lacks <au> / <block>"),
        (structure(au("a").replace("<url>index.html</url>", "")), "lacks <url>"),
        (structure(au("a") + "<au/>"), "has no id"),
        (structure(f'<au id="urn:a">{TITLE}<url>index.html</url></au>'), "lacks <description>"),
        (structure(f'<au id="urn:a">{TEXT}{TITLE}<url>index.html</url></au>'), "lacks <title>"),
        (
            structure(f'<au id="urn:a">{TITLE}{TEXT}<url>index.html</url>{TITLE}</au>'),
            "<title> must not stand",
        ),
        (structure(f'<au id="urn:a"><title/>{TEXT}<url>index.html</url></au>'), "lacks <langstring>"),
        (
            structure(au("a", more="<entitlementKey/><launchParameters/>")),
            "<launchParameters> must not stand",
        ),
        (structure(au("a", more='<x xmlns="">y</x>')), "<x> must not stand"),
        (structure(au("a", more="<v:x xmlns:v='urn:v'/><entitlementKey/>")), "come last"),
        (
            structure(au("a")).replace("<course ", "<curse ").replace("</course>", "</curse>"),
            "lacks <course>",
        ),
        (structure(au("a"), objectives="<objectives/>"), "lacks <objective>"),
        (structure(au("a").replace("<url>", "<url><b/>")), "<b> must not stand"),
        # its attributes
        (structure(au("a", attributes='moveOn="Always"')), "moveOn of <au> cannot be “Always”"),
        (structure(au("a", attributes='launchMethod="Popup"')), "launchMethod"),
        (structure(au("a", attributes='masteryScore="1.01"')), "masteryScore"),
        (structure(au("a", attributes='masteryScore="-0.1"')), "masteryScore"),
        (structure(au("a", attributes='masteryScore="high"')), "masteryScore"),
        (structure(au("a", attributes='masteryScore="1e-1"')), "masteryScore"),
        (structure(au("a", attributes='moveon="Passed"')), "must not have the attribute moveon"),
        (structure(au("a")).replace("lang='en'", "lang='not a language'"), "lang of <langstring>"),
        # 3.0 and 13: ids
        (structure(au("a"), course="example.com/course"), "no absolute IRI"),
        (structure(au("a").replace("https://example.com/au/a", "au-1")), "no absolute IRI"),
        (structure(block("b", au("a")).replace("https://example.com/block/b", "b 1")), "no absolute IRI"),
        (
            structure(au("a"), objectives=f"<objectives>{OBJECTIVE.replace('https://', '')}</objectives>"),
            "no absolute IRI",
        ),
        (structure(au("a"), au("a")), "stands twice"),
        (structure(block("b", au("a")), block("b", au("c"))), "stands twice"),
        (structure(au("a"), objectives=f"<objectives>{OBJECTIVE * 2}</objectives>"), "stands twice"),
        (structure(block("b", au("a").replace("/au/a", "/block/b"))), "stands twice"),
        # 8.1, 13.1.4 and 14.1: addresses
        (structure(au("a", url="gone.html")), "gone.html"),
        (structure(au("a", url="../index.html")), "leads out"),
        (structure(au("a", url="%2e%2e/index.html")), "leads out"),
        (structure(au("a", url="/index.html")), "leads out"),
        (structure(au("a", url="?a=1")), "leads out"),
        (structure(au("a", url="")), "is none"),
        (structure(au("a", url="http://example.com index.html")), "is none"),
        (structure(au("a", url="path\\index.html")), "is none"),
        (structure(au("a", url="http://[::1/")), "is none"),
        (structure(au("a", url="javascript:alert(1)")), "browser cannot open"),
        (structure(au("a", url="//example.com/index.html")), "browser cannot open"),
        (structure(au("a", url="https:///index.html")), "browser cannot open"),
        *(
            (structure(au("a", url=f"index.html?x=1&amp;{name}=y")), name)
            for name in ("endpoint", "fetch", "actor", "registration", "activityId")
        ),
        # the document itself
        (structure(au("a")).replace(NAMESPACE, "https://example.com/other.xsd"), "namespace"),
        (structure(au("a")).replace(f' xmlns="{NAMESPACE}"', ""), "namespace"),
        ("<courseStructure", "cannot be read"),
        ("<!DOCTYPE x><courseStructure/>", "cannot be read"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_line(text: str, word: str) -> None:
    refused = refusal(text)
    assert word in refused.message
    assert refused.line is not None


@pytest.mark.parametrize(
    "text, warning",
    [
        (structure(au("a"), course="https://example.com/au/a"), "is the course’s, too"),
        (structure(au("a", url="INDEX.html")), "is spelled"),
        (structure(au("a", attributes='masteryScore="0.66666"')), "read as 0.6667"),
        (structure(au("a").replace("<url>", f"{NAMED}<url>")), "objective is named"),
        (
            structure(
                au("a")
                .replace("<langstring lang='en'>a</langstring>", "<langstring/>")
                .replace("a auf Deutsch", "")
            ),
            "empty title",
        ),
    ],
)
def test_what_is_tolerated_is_said(text: str, warning: str) -> None:
    assert warning in read(text).warnings[0]


def test_a_course_structure_that_lies_in_a_folder_is_no_package() -> None:
    archive = zip_of(
        Entry(name="course/cmi5.xml", content=structure(au("a")).encode()),
        Entry(name="course/index.html", content=b"x"),
    )
    with pytest.raises(PackageRefused) as refused:
        read_package(open_package(io.BytesIO(archive)))
    assert "course/cmi5.xml" in refused.value.message
