"""A further revision reaches the courses that play the package: named on its page, put into drafts by one act."""

import pytest

from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import SYSTEM
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.packages import queries, service
from lms.packages.queries import revisions
from lms.packages.service.revisions import decide
from tests.packages.packages import course_with
from tests.packages.test_revisions import FIRST, SECOND, scorm

RENAMED = (("A", "Supply (new)", "a.html"), *FIRST[1:])


@pytest.fixture
def first(app, cast):
    with unit_of_work():
        return course_with(scorm(*FIRST))


@pytest.fixture
def second(app, first, cast):
    """Return an activity of another course that plays the same package."""
    with unit_of_work():
        other = course_with(scorm(*SECOND), slug="other")
        courses.set_activity_config(
            course_id=other.course_id, key=other.key, config=first.config, actor=SYSTEM, now=clock.now()
        )
        courses.publish(course_id=other.course_id, actor=SYSTEM, now=clock.now())
    return other


def next_revision(first, items):
    with unit_of_work():
        return service.store_package(
            package_id=queries.get_revision_of(first).package_id,
            source=scorm(*items),
            filename="next.zip",
            actor=SYSTEM,
            now=clock.now(),
        )


def in_draft(activity):
    with unit_of_work(read_only=True):
        found = courses.get_draft_activity(activity.course_id, activity.key, actor=SYSTEM)
        return queries.get_revision_of(found).number


def published(activity):
    with unit_of_work(read_only=True):
        [found] = courses.list_activities(activity.course_id)
        return queries.get_revision_of(found).number


def test_a_further_revision_is_put_into_one_draft_or_all_and_learners_keep_what_is_published(
    first, second, cast, visit
):
    revision, tomas = next_revision(first, RENAMED), visit(cast.tomas)
    address = f"/author/packages/{revision.package_id}"
    page = tomas.get(address).text
    assert page.count("Put revision 2 into the draft") == 2
    assert "in 2 courses" in page
    here = {"revision": str(revision.id), "place": f"{first.course_id}/{first.key}"}
    assert tomas.post(f"{address}/drafts", here).status_code == 303
    assert (in_draft(first), in_draft(second)) == (2, 1)
    assert "It is in 0 drafts." in tomas.get(tomas.post(f"{address}/drafts", here).location).text
    assert tomas.post(f"{address}/drafts", {**here, "place": "all"}).status_code == 303
    assert (in_draft(first), in_draft(second)) == (2, 2)
    assert (published(first), published(second)) == (1, 1)
    assert "Put revision 2" not in tomas.get(address).text
    settings = tomas.get(f"/author/courses/{first.course_id}/activities/{first.key}").text
    assert "revision 2" in settings
    assert "Set it up" not in settings


def test_the_settings_of_an_activity_say_that_a_later_revision_is_here(first, cast, visit):
    next_revision(first, RENAMED)
    settings = visit(cast.tomas).get(f"/author/courses/{first.course_id}/activities/{first.key}").text
    assert "It plays “Wiring”, revision 1." in settings
    assert "Revision 2 is here." in settings


def test_what_became_of_items_is_said_before_a_revision_goes_into_a_draft(first, cast, visit):
    revision, tomas = next_revision(first, SECOND), visit(cast.tomas)
    address = f"/author/packages/{revision.package_id}"
    page = tomas.get(address).text
    assert "Put revision 2" not in page
    assert f"/author/packages/revisions/{revision.id}/items" in page
    form = {"revision": str(revision.id), "place": "all"}
    refused = tomas.post(f"{address}/drafts", form)
    assert refused.status_code == 409
    assert "Say first what became of the items that are gone." in refused.text
    assert in_draft(first) == 1
    with unit_of_work():
        gone = [row.item for row in revisions.list_fates(revision.id)]
        decide(revision.id, fates=dict.fromkeys(gone), actor=SYSTEM, now=clock.now())
    assert tomas.post(f"{address}/drafts", form).status_code == 303
    assert in_draft(first) == 2


def test_a_revision_that_was_overtaken_and_places_that_play_something_else_are_refused(first, cast, visit):
    old = next_revision(first, RENAMED)
    latest = next_revision(first, (*RENAMED, ("D", "More", "d.html")))
    tomas, address = visit(cast.tomas), f"/author/packages/{latest.package_id}/drafts"
    assert tomas.post(address, {"revision": str(old.id), "place": "all"}).status_code == 409
    for place in (f"{new_id()}/{first.key}", "nonsense", "x/y", f"{first.course_id}/{new_id()}"):
        answer = tomas.post(address, {"revision": str(latest.id), "place": place})
        assert answer.status_code == 404, place
    assert tomas.post(address, {"place": "all"}).status_code == 422
    assert visit(cast.amara).post(address, {"revision": str(latest.id), "place": "all"}).status_code == 403
    assert in_draft(first) == 1
