"""What must be done before a lesson of SCORM 1.2: the expressions of aicc_script, and the outline that keeps them."""

import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.kernel.archives import open_zip
from lms.packages.formats import read_package
from lms.packages.rules import scorm12 as rules
from lms.packages.values import PackageManifest, ScoTracking
from lms.packages.values.prerequisites import named_in, parse_prerequisites

PASSED, COMPLETED, FAILED, OPEN = "passed", "completed", "failed", "incomplete"


@pytest.mark.parametrize(
    "text, statuses, holds",
    [
        ("A1", {"A1": PASSED}, True),
        ("A1", {"A1": COMPLETED}, True),
        ("A1", {"A1": FAILED}, False),
        ("A1", {}, False),
        ("A1 & A2", {"A1": PASSED, "A2": PASSED}, True),
        ("A1&A2", {"A1": PASSED}, False),
        ("A1|A2", {"A2": COMPLETED}, True),
        ("~A1", {"A1": FAILED}, True),
        ("~A1 & A2", {"A2": PASSED}, True),
        ("A1|A2&A3", {"A1": PASSED}, True),
        ("(A1|A2)&A3", {"A1": PASSED}, False),
        ("~(A1|A2)", {"A3": PASSED}, True),
        ('A1="passed"', {"A1": COMPLETED}, False),
        ("A1=passed", {"A1": PASSED}, True),
        ("A1 = f", {"A1": FAILED}, True),
        ("A1 <> failed", {"A1": OPEN}, True),
        ("A1<>not attempted", {}, False),
        ('A1="not attempted"', {}, True),
        ("2*{A1,A2,A3}", {"A1": PASSED, "A3": COMPLETED}, True),
        ("2*{A1,A2,A3}", {"A1": PASSED}, False),
        ("1*{A1=failed, A2&A3}", {"A2": PASSED, "A3": PASSED}, True),
        ("I_1.a-b:c", {"I_1.a-b:c": PASSED}, True),
    ],
)
def test_an_expression_holds_as_the_standard_says(
    text: str, statuses: Mapping[str, str], holds: bool
) -> None:
    wanted = parse_prerequisites(text)
    assert wanted is not None
    assert wanted.holds(statuses) is holds


def test_nothing_asked_is_nothing() -> None:
    assert parse_prerequisites("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "&",
        "A1 &",
        "A1 A2",
        "(A1",
        "A1)",
        "2*A1",
        "x*{A1}",
        "2*{A1",
        "A1=splendid",
        "A1=",
        '"A1',
        "~" * 200 + "A1",
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it says the text itself
        parse_prerequisites(text)


@given(st.text(alphabet='A1&|~=<>(){}*,"2 pf', max_size=40))
@example('""')
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    try:
        found = parse_prerequisites(text)
    except ValueError:
        return
    if found is not None:
        assert found.holds({}) in {True, False}
        assert all(named_in(found))


MANIFEST = """<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><organizations><organization identifier="O"><title>Wiring</title>
  <item identifier="P"><title>Part</title><item identifier="A" identifierref="R"><title>Alpha</title></item>
  <item identifier="B" identifierref="R"><title>Beta</title></item></item>
  <item identifier="C" identifierref="R"><title>Gamma</title><adlcp:prerequisites type="aicc_script">{asked}</adlcp:prerequisites></item>
  </organization></organizations>
  <resources><resource identifier="R" adlcp:scormtype="sco" href="index.html"/></resources></manifest>"""


def waiting_package(asked: str, page: str = "x") -> io.BytesIO:
    """Return a SCORM 1.2 package whose last lesson waits."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST.format(asked=asked.replace("&", "&amp;")))
        archive.writestr("index.html", page)
    target.seek(0)
    return target


def read(asked: str) -> PackageManifest:
    found = read_package(open_zip(waiting_package(asked)))
    assert isinstance(found, PackageManifest)
    return found


def told(status: str) -> ScoTracking:
    return ScoTracking({"cmi.core.lesson_status": status}, finished=True)


@pytest.mark.parametrize(
    "asked, trackings, opens",
    [
        ("A&B", {"A": told(PASSED)}, False),
        ("A&B", {"A": told(PASSED), "B": told(COMPLETED)}, True),
        ("P", {"A": told(PASSED)}, False),
        ("P", {"A": told(PASSED), "B": told(COMPLETED)}, True),
        ("A=failed", {"A": told(FAILED)}, True),
        ("", {}, True),
    ],
)
def test_a_lesson_waits_in_the_outline_until_what_it_wants_is_done(
    asked: str, trackings: Mapping[str, ScoTracking], opens: bool
) -> None:
    manifest = read(asked)
    assert {one.identifier: one.selectable for one in rules.outline(manifest, trackings)}["C"] is opens
    opened = rules.item_to_open(manifest, trackings, wanted="C")
    assert (opened.identifier == "C") is opens


def test_a_lesson_that_waits_for_what_cannot_be_read_is_open_and_the_trainer_is_told() -> None:
    manifest = read("A &&& B")
    assert "cannot be read" in manifest.warnings[0]
    assert rules.locked_items(manifest, {}) == frozenset()


def test_where_everything_waits_for_itself_the_first_lesson_is_opened_all_the_same() -> None:
    manifest = read("C")
    assert rules.item_to_open(manifest, {"A": told(PASSED), "B": told(PASSED)}).identifier in {"A", "B", "C"}
