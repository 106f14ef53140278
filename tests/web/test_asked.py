"""Lists read their addresses strictly: what a filter or an order cannot be is said and not taken for nothing."""

import re
from pathlib import Path

import pytest

import lms

# Every filter with known values, and every order, of every list: who may read it, and where it stands.
STRICT = [
    ("ruth", "/team/enrolments?due"),
    ("ruth", "/team/enrolments?course"),
    ("ada", "/admin/mail?state"),
    ("ada", "/admin/people?organisation"),
    ("ada", "/admin/people?role"),
    ("ada", "/admin/people?state"),
    ("ada", "/admin/people?sort"),
    ("ada", "/admin/people.csv?state"),
    ("ada", "/admin/audit?action"),
    ("ada", "/admin/audit?since"),
    ("ada", "/admin/audit?sort"),
    ("ada", "/admin/statements?since"),
    ("tomas", "/author/courses?state"),
    ("tomas", "/author/courses.csv?state"),
    ("tomas", "/author/courses?sort"),
    ("tomas", "/author/sessions?show"),
    ("tomas", "/author/marking?show"),
    ("tomas", "/author/marking?course"),
    ("tomas", "/author/marking?days"),
    ("tomas", "/author/marking?late"),
    ("jonas", "/partners?model"),
    ("jonas", "/partners?region"),
    ("jonas", "/partners?sort"),
    ("jonas", "/partners.csv?region"),
    ("ruth", "/team/paths?path"),
    ("ruth", "/team/progress?organisation"),
    ("ruth", "/team/progress?position"),
    ("ruth", "/team/progress?state"),
    ("ruth", "/team/certifications?partner"),
    ("ruth", "/team/certifications?branch"),
    ("ruth", "/team/certifications?position"),
    ("ruth", "/team/certifications?state"),
    ("ruth", "/team/certifications?sort"),
    ("ruth", "/team/certifications.csv?state"),
    ("amara", "/learn?sort"),
    ("amara", "/learn?level"),
    ("amara", "/deals?tab"),
    ("amara", "/deals?sort"),
    ("amara", "/deals.csv?tab"),
]


@pytest.mark.parametrize("who, address", STRICT)
def test_a_filter_value_that_there_is_not_is_named_and_not_ignored(cast, visit, who, address):
    field = address.partition("?")[2]
    answer = visit(getattr(cast, who)).get(f"{address}=bogus", headers={"Accept": "application/json"})
    assert answer.status_code == 422, answer.status_code
    assert [one["field"] for one in answer.json["errors"]] == [field]


@pytest.mark.parametrize("who, address", STRICT)
def test_a_filter_that_was_left_empty_narrows_nothing(cast, visit, who, address):
    assert visit(getattr(cast, who)).get(f"{address}=").status_code == 200


def test_the_page_of_a_refused_filter_says_which(cast, visit):
    page = visit(cast.ruth).get("/team/enrolments?due=bogus").text
    assert "<code>due</code>: bogus" in page


def test_no_list_picks_from_known_values_by_itself():
    """A value looked up by hand is a filter that ignores what it does not know: lms.web.asked says it."""
    by_hand = re.compile(r"in set\([A-Z]\w+\) else|\.value == \w+(\.args)?\.get\(|TABS\.get\(request")
    found = [
        f"{path.name}: {line.strip()}"
        for path in Path(lms.__path__[0]).glob("**/views*/**/*.py")
        for line in path.read_text().splitlines()
        if by_hand.search(line)
    ]
    assert found == []
