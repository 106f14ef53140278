"""The catalogue on both databases: words and facets, what is new, and nobody learns of what is not theirs."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from lms.app import wiring
from lms.courses.authoring import jobs
from lms.courses.authoring import queries as authoring
from lms.courses.authoring import service as authors
from lms.courses.authoring.models import PassageRow, ShelfRow, ShelfState
from lms.courses.learning.queries import browse
from lms.courses.learning.queries.shelves import KEPT, NUMBER, Kept, kept_at
from lms.courses.learning.values.catalogue import Sort, Wanted
from lms.courses.values import Level, Lock
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest
from tests.audiences.scene import rule, save
from tests.courses.courses import activities_of, ask_of, complete, enrol, publish, write_course
from tests.courses.enrolments import give
from tests.courses.sessions import actor_of, write_live_course
from tests.support.portal import counted_queries

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def offered(app, person_id, *roles, size=24, at=None, **wanted):
    actor = actor_of(app, person_id, *roles)
    with unit_of_work(read_only=True), acting_as(actor):
        return browse(actor, Wanted(**wanted), at or PageRequest(size=size), now=clock.now())


def slugs(answer):
    return [card.view.course.slug for card in answer.page.items]


def counts(answer, key):
    return {one.label: one.count for facet in answer.facets if facet.key == key for one in facet.options}


def change_facts(course_id, **changed):
    with unit_of_work(), acting_as(SYSTEM):
        facts = authoring.get_editor(course_id).facts
        authors.edit_facts(
            course_id=course_id,
            facts=type(facts)(**{name: getattr(facts, name) for name in facts.__slots__} | changed),
            actor=SYSTEM,
            now=clock.now(),
        )


def test_every_facet_narrows_and_counts_what_it_leads_to(app, cast):
    write_course("cold", brand_id=cast.cold, level=Level.FOUNDATION, positions=frozenset({cast.technician}))
    write_course("air", title="Air", brand_id=cast.air, level=Level.ADVANCED, language="de-AT")
    write_live_course("meet", lessons=("Before",))
    answer = offered(app, cast.amara)
    assert counts(answer, "brand") == {"For every brand": 1, "Halden Air": 1, "Halden Cold": 1}
    assert counts(answer, "position") == {"For every position": 2, "Technician": 1}
    assert counts(answer, "level") == {"Foundation": 1, "Advanced": 1}
    assert counts(answer, "language") == {"English": 2, "German": 1}
    assert counts(answer, "format") == {"At your own pace": 2, "Live and at your own pace": 1}
    assert counts(answer, "duration") == {"Up to 30 minutes": 3}
    both = offered(app, cast.amara, chosen={"brand": (str(cast.cold), str(cast.air))})
    assert slugs(both) == ["air", "cold"]
    assert counts(both, "brand")["For every brand"] == 1, "a facet's counts do not look at its own choice"
    assert counts(both, "level") == {"Foundation": 1, "Advanced": 1}
    narrow = offered(
        app, cast.amara, chosen={"brand": (str(cast.cold), str(cast.air)), "level": ("advanced",)}
    )
    assert slugs(narrow) == ["air"]
    assert counts(narrow, "brand") == {"Halden Air": 1, "Halden Cold": 0}, (
        "what is chosen stays to be taken back"
    )
    assert slugs(offered(app, cast.amara, chosen={"brand": ("no such",)})) == []


def test_a_change_of_what_a_course_says_is_found_at_once(app, cast):
    course_id = write_course("cold", positions=frozenset({cast.technician}))
    assert slugs(offered(app, cast.amara, chosen={"position": (str(cast.technician),)})) == ["cold"]
    change_facts(course_id, title="Hot loops", positions=frozenset({cast.sales_rep}), level=Level.ADVANCED)
    assert slugs(offered(app, cast.amara, chosen={"position": (str(cast.technician),)})) == []
    assert slugs(offered(app, cast.amara, words="hot", chosen={"position": (str(cast.sales_rep),)})) == [
        "cold"
    ]
    assert slugs(offered(app, cast.amara, words="cold", exact=True)) == []


def test_a_draft_is_found_nowhere_and_a_new_version_by_its_own_words_alone(app, cast):
    course_id = write_course("cold")
    ask_of(course_id, 0, body="The **thermostatic** valve.\n")
    assert slugs(offered(app, cast.amara, words="thermostatic")) == []
    publish(course_id)
    (card,) = offered(app, cast.amara, words="thermostatic").page.items
    assert [(part.text, part.is_hit) for part in card.passage][:2] == [
        ("The ", False),
        ("thermostatic", True),
    ]
    assert card.passage_title == "Parts of a loop"
    ask_of(course_id, 0, body="Something else.\n")
    publish(course_id)
    assert slugs(offered(app, cast.amara, words="thermostatic", exact=True)) == []


def test_a_passage_is_the_one_with_most_of_the_words(app, cast):
    course_id = write_course("cold")
    ask_of(course_id, 0, body="The valve alone.\n")
    ask_of(course_id, 1, body="The valve and its superheat together.\n")
    publish(course_id)
    (card,) = offered(app, cast.amara, words="valve superheat").page.items
    assert card.passage_title == "Superheat"


@pytest.mark.parametrize("signs", ["%", "☃", "…"])
def test_signs_that_are_no_words_are_found_nowhere_and_not_ignored(app, cast, signs):
    write_course("cold")
    assert offered(app, cast.amara).total == 1
    assert offered(app, cast.amara, words=signs).total == 0


def test_of_a_locked_lesson_the_catalogue_shows_and_finds_no_text(app, cast):
    course_id = write_course("cold")
    reps = save("Technicians", rule(position=[cast.technician]))
    ask_of(course_id, 1, body="The embargoed **quokka**.\n", locks=[Lock("audience", str(reps))])
    publish(course_id)
    assert slugs(offered(app, cast.amara, words="quokka")) == []
    assert slugs(offered(app, cast.amara, words="superheat")) == ["cold"], (
        "its title is in everybody's contents"
    )


def test_nobody_learns_of_a_course_that_is_not_theirs_by_words_counts_corrections_or_the_header(
    app, cast, visit
):
    hidden = write_course("zephyr", title="Project Zephyr", brand_id=cast.air, level=Level.ADVANCED)
    write_course("cold", brand_id=cast.cold)
    give(hidden, sees=[save("Technicians", rule(position=[cast.technician]))])
    for words in ("zephyr", "zephir", "project"):
        answer = offered(app, cast.amara, words=words)
        assert (slugs(answer), answer.total, list(answer.corrected)) == ([], 0, [])
    answer = offered(app, cast.amara)
    assert counts(answer, "brand") == {"Halden Cold": 1}
    assert counts(answer, "level") == {}
    assert [card.view.course.slug for card in answer.new] == ["cold"]
    amara, dafydd, tomas = visit(cast.amara), visit(cast.dafydd), visit(cast.tomas)
    assert amara.get("/search.json?q=zephyr").get_json()["results"] == []
    assert "Zephyr" not in amara.get("/search?q=project").text
    for other in (dafydd, tomas):
        assert [one["label"] for one in other.get("/search.json?q=zephyr").get_json()["results"]] == [
            "Project Zephyr"
        ]
    assert slugs(offered(app, cast.dafydd, words="zephir")) == ["zephyr"]


def test_who_takes_a_course_finds_it_although_it_is_for_others_now(app, cast, visit):
    course_id = write_course("zephyr", title="Project Zephyr")
    enrol(cast.amara, course_id)
    give(course_id, sees=[save("Technicians", rule(position=[cast.technician]))])
    assert slugs(offered(app, cast.amara, words="zephyr")) == ["zephyr"]
    assert visit(cast.amara).get("/search.json?q=zephyr").get_json()["results"]
    assert slugs(offered(app, cast.nils, words="zephyr")) == []


def test_without_words_what_is_begun_comes_first_and_what_is_done_last(app, cast):
    written = {slug: write_course(slug, title=slug.upper()) for slug in ("a", "b", "c", "d")}
    enrol(cast.amara, written["c"])
    done = enrol(cast.amara, written["a"])
    for activity in activities_of(written["a"]):
        complete(done, activity)
    assert slugs(offered(app, cast.amara)) == ["c", "b", "d", "a"]


@pytest.mark.parametrize(
    "sort, expected",
    [(Sort.TITLE, ["b", "c", "a"]), (Sort.NEWEST, ["c", "b", "a"]), (Sort.SHORTEST, ["c", "b", "a"])],
)
def test_courses_run_by_title_age_and_length(app, cast, sort, expected):
    for day, (slug, title, lessons) in enumerate(
        [("a", "Zebra", ["One", "Two", "Three"]), ("b", "Apple", ["One", "Two"]), ("c", "Mango", ["One"])]
    ):
        moment = NOON + timedelta(days=day)
        clock.set_source(partial(max, moment, moment))
        write_course(slug, title=title, sections=(lessons,))
    assert slugs(offered(app, cast.amara, sort=sort)) == expected


@pytest.mark.parametrize("sort", list(Sort))
def test_every_course_stands_on_one_page_and_pages_lead_both_ways(app, cast, sort):
    for number in range(7):
        write_course(f"course-{number}", title=f"Course {number % 3}")
    first = offered(app, cast.amara, size=3, sort=sort)
    second = offered(app, cast.amara, sort=sort, at=PageRequest(after=first.page.next, size=3))
    third = offered(app, cast.amara, sort=sort, at=PageRequest(after=second.page.next, size=3))
    assert sorted(slugs(first) + slugs(second) + slugs(third)) == [f"course-{n}" for n in range(7)]
    assert third.page.next is None
    back = offered(app, cast.amara, sort=sort, at=PageRequest(before=third.page.previous, size=3))
    assert slugs(back) == slugs(second)
    assert first.page.previous is None


def test_new_is_what_was_first_published_within_a_month(app, cast):
    clock.set_source(lambda: NOON - timedelta(days=31))
    old = write_course("old", title="Old")
    clock.set_source(lambda: NOON - timedelta(days=29))
    write_course("new", title="New")
    ask_of(old, 0, body="Changed.\n")
    publish(old)
    clock.set_source(lambda: NOON)
    answer = offered(app, cast.amara)
    assert [card.view.course.slug for card in answer.new] == ["new"]
    assert {card.view.course.slug: card.is_new for card in answer.page.items} == {"new": True, "old": False}
    assert offered(app, cast.amara, words="new").new == []


def test_what_a_team_takes_tells_of_three_colleagues_or_more_and_of_no_other_company(app, cast):
    three, two = write_course("three", title="Three"), write_course("two", title="Two")
    elsewhere = write_course("elsewhere", title="Elsewhere")
    with unit_of_work(), acting_as(SYSTEM):
        more = [
            identity.add_person(email=f"p{n}@example.com", name=f"P {n}", now=clock.now(), time_zone="UTC")
            for n in range(5)
        ]
        for at, person in enumerate(more):
            where = cast.brixham if at < 2 else cast.northway
            identity.employ(
                person_id=person, organisation_id=where, position_id=None, region_id=None, now=clock.now()
            )
    for person in (cast.amara, cast.ruth, *more[:2]):
        enrol(person, three)
    for person in (cast.amara, cast.ruth, more[0], cast.dafydd):
        enrol(person, two)  # Dafydd works at the branch, and the reader is no colleague of her own
    for person in more[2:]:
        enrol(person, elsewhere)
    actor = actor_of(app, cast.amara)
    actor = type(actor)(
        person_id=actor.person_id, employer_id=cast.brixham, grants=actor.grants, scopes=actor.scopes
    )

    def team(now):
        with unit_of_work(read_only=True), acting_as(actor):
            answer = browse(actor, Wanted(), PageRequest(), now=now)
        return [(card.view.course.slug, count) for card, count in answer.team]

    assert team(clock.now()) == [("three", 3)]
    assert team(clock.now() + timedelta(days=91)) == []


def shelf():
    with unit_of_work(read_only=True):
        return kept_at(db.session.scalar(NUMBER) or 0).shelf


def test_the_catalogue_in_memory_is_read_again_only_as_far_as_it_changed(app, cast):
    first = write_course("a", title="A")
    before = shelf()
    assert shelf() is before
    write_course("b", title="B")
    after = shelf()
    assert [one.course_id for one in after.places[:1]] == [first]
    assert len(after.places) == 2
    with unit_of_work(read_only=True), counted_queries() as asked:
        kept_at(after.number)
    assert asked == []


def test_what_is_rolled_back_is_never_kept_in_memory(app, cast):
    write_course("a", title="A")
    before = shelf()
    with pytest.raises(RuntimeError), unit_of_work(), acting_as(SYSTEM):
        authors.shelve_again([before.places[0].course_id])
        db.session.query(ShelfState).update({"number": ShelfState.number + 5})
        assert len(kept_at(before.number + 5).shelf.places) == 1
        raise RuntimeError
    assert shelf() is before


def test_a_database_that_was_put_back_is_read_anew(app, cast):
    write_course("a", title="A")
    app.extensions[KEPT] = Kept(shelf().with_((), 1))
    assert len(shelf().places) == 1
    stale = shelf()
    gone = type(stale)().with_((), stale.number - 1)
    app.extensions[KEPT] = Kept(gone)
    with unit_of_work():
        db.session.query(ShelfRow).update({"number": stale.number - 2})
    assert [one.title_key for one in shelf().places] == ["a"], (
        "the sum of the numbers tells of another history"
    )


def test_courses_that_an_earlier_version_published_are_shelved_after_the_upgrade(app, cast):
    write_course("a", title="A")
    ask_of(write_course("b", title="B"), 0, body="Later.\n")
    with unit_of_work():
        for table in (PassageRow, ShelfRow, ShelfState):
            db.session.query(table).delete()
    assert slugs(offered(app, cast.amara)) == []
    wiring.JOBS[jobs.SHELVE]()
    assert slugs(offered(app, cast.amara)) == ["a", "b"]
    number = shelf().number
    jobs.shelve()
    assert shelf().number == number, "what is shelved already is left alone"


def test_a_catalogue_page_asks_as_much_for_thirty_courses_as_for_two(app, cast, visit):
    for number in range(2):
        write_course(f"pump-{number}", title=f"Pump {number}", brand_id=cast.cold)
    amara = visit(cast.amara)

    def asked(path):
        amara.get(path)
        with counted_queries() as seen:
            amara.get(path)
        return len(seen)

    paths = (
        "/learn",
        "/learn?q=pump",
        "/learn?q=pmup+lop",
        f"/learn?q=pump&brand={cast.cold}&level=advanced",
    )
    few = [asked(path) for path in paths]
    for number in range(2, 30):
        write_course(f"pump-{number}", title=f"Pump {number}", brand_id=cast.air, level=Level.ADVANCED)
    assert [asked(path) for path in paths] == few
