"""A programme manager says what can be held; a learner sees what they hold, what comes next, and renews."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import g

from lms.certificates import facade as certificates
from lms.certificates import plugs
from lms.certificates.cycles.queries import ledger
from lms.certificates.values import AllOf, CertificationId, Rule
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, enrol, open_enrolment, record
from tests.courses.courses import edit_first
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
PROGRAMME = "/programme/certifications"


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def drawn(scene, *, percent=80, name="tree"):
    """Return the fields of the tree that asks for the scene's course and exam."""
    lines = [
        (0, "all", "", ""),
        (1, "course", scene.course.course_id, ""),
        (1, "score", scene.course.exam_key, percent),
    ]
    return fields(name, lines)


def fields(name, lines):
    """Return lines as the editor's form sends them."""
    sent: dict[str, str] = {}
    for at, (depth, piece, subject, number, *title) in enumerate(lines):
        sent |= {
            f"{name}-{at}-depth": str(depth),
            f"{name}-{at}-piece": piece,
            f"{name}-{at}-subject": str(subject),
            f"{name}-{at}-title": title[0] if title else "",
            f"{name}-{at}-number": str(number),
        }
    return sent


def filled(cast, scene, **changed):
    return {
        "key": str(new_id()),
        "title": "Sales Professional",
        "code": "HC-SP",
        "brand_id": str(cast.cold),
        "glyph": "tag",
        "description": "Qualifies an opportunity and registers it cleanly.",
        **drawn(scene),
        "active_months": "24",
        "renewal_window_days": "90",
        "grace_days": "30",
        "mode": "completion",
        "needed_by": [str(cast.sales_rep)],
    } | changed


def only_other(scene):
    with unit_of_work(read_only=True):
        (found,) = [one for one in certificates.list_certifications() if one.id != scene.certification_id]
        return found


def test_a_certification_is_defined_once_by_a_double_click_and_reads_as_a_sentence(app, cast, scene, visit):
    petra = visit(cast.petra)
    assert petra.get(f"{PROGRAMME}/new").status_code == 200
    sent = filled(cast, scene)
    for _ in range(2):
        assert petra.post(f"{PROGRAMME}/new", sent).status_code == 303
    found = only_other(scene)
    assert found.rule == Rule(AllOf((scene.course.done(), scene.course.scored())), 24, 90, 30)
    page = petra.get(PROGRAMME).text
    assert "Finish “Refrigeration Control” and pass “Exam: Refrigeration Control” with 80%." in page
    assert (
        "Valid for 24 months. Renewal opens 90 days before the end. Still counts for 30 days after it."
        in page
    )
    assert "Needed by: Sales rep" in page


@pytest.mark.parametrize(
    "changed, complaint",
    [
        ({"code": "HC-RCE"}, "Another certification has this code."),
        ({"code": "not a code!"}, "Letters, digits, dash and dot"),
        ({"title": ""}, "Give it a title."),
        (
            fields("tree", [(0, "all", "", "")]) | {"tree-1-piece": "", "tree-2-piece": ""},
            "Name at least one thing",
        ),
        (
            {"active_months": "1", "renewal_window_days": "90"},
            "The renewal may open at most 28 days before the end",
        ),
        ({"mode": "fixed", "base_on": ""}, "A fixed end needs a first date"),
        ({"tree-0-piece": "at_least", "tree-0-number": "3"}, "A choice asks for 3 and names 2"),
        ({"tree-2-number": "101"}, "A score is 0 to 100 percent."),
        ({"tree-2-number": "many"}, "whole number"),
        ({"due_days": "0"}, "between 1 and 1"),
        ({"audience_id": "nonsense"}, "Choose one of those that are listed."),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field_and_what_was_typed_stays(
    app, cast, scene, visit, changed, complaint
):
    answer = visit(cast.petra).post(f"{PROGRAMME}/new", filled(cast, scene, **changed))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert "Qualifies an opportunity and registers it cleanly." in answer.text
    with unit_of_work(read_only=True):
        assert len(certificates.list_certifications()) == 1


def test_a_change_names_whom_it_concerns_before_it_is_saved_and_saving_words_makes_no_rule(
    app, cast, scene, visit
):
    scene.learn(cast.amara)
    scene.assign(cast.dafydd)
    scene.learn(cast.ruth, "0.85", scene.course)
    petra = visit(cast.petra)
    address = f"{PROGRAMME}/{scene.certification_id}"
    page = petra.get(address).text
    assert "One person is on the way" in page
    assert "Dafydd Pryce" in page
    assert "2 people hold it." in page
    words = filled(
        cast, scene, code="HC-RCE", title="Cold Engineer", active_months="12", renewal_window_days="60"
    )
    assert petra.post(address, words).status_code == 303
    with unit_of_work(read_only=True):
        saved = certificates.get_certification(scene.certification_id)
    assert (saved.title, saved.rule_version) == ("Cold Engineer", 1)
    harder = words | drawn(scene, percent=90)
    asked = petra.post(address, harder)
    assert asked.status_code == 422
    assert "Before it is saved: whom this concerns" in asked.text
    with unit_of_work(read_only=True):
        assert certificates.get_certification(scene.certification_id).rule_version == 1
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', asked.text)
    assert seen is not None
    assert petra.post(address, harder | {"seen": seen[1], "tree-2-number": "95"}).status_code == 422
    assert petra.post(address, harder | {"seen": seen[1]}).status_code == 303
    with unit_of_work(read_only=True):
        assert certificates.get_certification(scene.certification_id).rule_version == 2


def test_retiring_and_giving_again(app, cast, scene, visit):
    petra, address = visit(cast.petra), f"{PROGRAMME}/{scene.certification_id}"
    assert petra.post(f"{address}/retire").status_code == 303
    assert "Retired" in petra.get(PROGRAMME).text
    assert petra.post(f"{address}/revive").status_code == 303
    assert "Retired" not in petra.get(PROGRAMME).text


def test_who_may_read_the_programme_may_not_always_change_it(app, cast, scene, visit):
    auditor = visit(cast.odd)
    page = auditor.get(f"{PROGRAMME}/{scene.certification_id}")
    assert page.status_code == 200
    # Nothing can be typed that would be lost on the way out.
    assert '<fieldset class="stack stack-6" disabled>' in page.text
    assert f'action="{PROGRAMME}' not in page.text
    assert "Whom a change of the rule concerns" not in page.text
    assert auditor.get(f"{PROGRAMME}/new").status_code == 403
    assert auditor.post(f"{PROGRAMME}/{scene.certification_id}", filled(cast, scene)).status_code == 403
    assert visit(cast.ruth).get(PROGRAMME).status_code == 403
    assert visit(cast.petra).get(f"{PROGRAMME}/{CertificationId(new_id())}").status_code == 404


def test_a_learner_sees_what_they_hold_and_what_their_position_needs(app, cast, scene, visit):
    assert "No certificates yet" in visit(cast.amara).get("/certificates").text
    assert "Your position needs" in visit(cast.dafydd).get("/certificates").text
    scene.learn(cast.amara)
    page = visit(cast.amara).get("/certificates").text
    assert "You hold" in page
    assert "Valid through 4 May 2027" in page
    assert ".pdf" in page
    scene.assign(cast.dafydd)
    page = visit(cast.dafydd).get("/certificates").text
    assert "0 of 2 requirements met" in page
    assert "/learn/refrigeration-control" in page


def test_a_learner_renews_by_one_button_and_a_double_click_begins_once(app, cast, scene, visit, in_may):
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        (first,) = ledger.list_of_person(cast.amara)
    amara, address = visit(cast.amara), f"/certificates/{first.id}/renew"
    assert address not in amara.get("/certificates").text
    assert amara.post(address).status_code == 409
    in_may(310 * DAY)
    amara.sign_in(cast.amara)
    assert address in amara.get("/certificates").text
    for _ in range(2):
        assert amara.post(address).status_code == 303
    page = amara.get("/certificates").text
    assert "Renewal" in page
    assert address not in page
    with unit_of_work(read_only=True):
        assert open_enrolment(cast.amara, scene.course) is not None
    assert visit(cast.ruth).post(address).status_code == 404


def test_the_home_page_shows_certificates_and_the_next_path_in_two_queries(app, cast, scene, in_may):
    scene.learn(cast.amara)
    scene.assign(cast.dafydd)

    def fragments(person_id):
        with (
            app.app_context(),
            app.test_request_context("/"),
            acting_as(Actor(person_id=person_id)),
            unit_of_work(read_only=True),
        ):
            g.reader = None
            with counted_queries() as seen:
                return [offer.render() for offer in plugs.SLOTS if offer.slot.startswith("home.")], len(seen)

    (team, held, path), queries = fragments(cast.amara)
    assert team is None, "whoever looks after nobody sees no team"
    assert queries <= 2
    assert held is not None
    assert "Refrigeration Control Engineer" in held
    assert path is None, "nothing else is asked of a sales rep"
    (_team, held, path), queries = fragments(cast.dafydd)
    assert queries <= 2
    assert held is None
    assert path is not None
    assert "Next certification" in path


def test_a_passed_exam_shows_its_holder_and_nobody_else_the_certificate_that_came_of_it(
    app, cast, scene, in_may
):
    scene.learn(cast.amara)
    (offer,) = [offer for offer in plugs.SLOTS if offer.slot == "quiz.result"]

    def shown(reader_id, **changed):
        asked = {
            "person_id": cast.amara,
            "course_id": new_id(),
            "activity_key": scene.course.exam_key,
            "passed": True,
            **changed,
        }
        with (
            app.app_context(),
            app.test_request_context("/"),
            acting_as(Actor(person_id=reader_id)),
            unit_of_work(read_only=True),
        ):
            g.reader = None
            return offer.render(**asked)

    assert "Refrigeration Control Engineer" in shown(cast.amara)
    assert shown(cast.amara, passed=False) is None
    assert shown(cast.amara, activity_key=new_id()) is None
    assert shown(cast.ruth) is None


def test_my_page_costs_a_handful_of_queries_however_much_is_held(app, cast, scene, visit):
    amara = visit(cast.amara)
    scene.learn(cast.amara)
    amara.get("/certificates")
    with counted_queries() as few:
        amara.get("/certificates")
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(8):
            define(cast, f"X-{number}", f"Extra {number}", scene.rule)
    for number in range(8):
        with unit_of_work(), acting_as(SYSTEM):
            (one,) = [one for one in certificates.list_certifications() if one.code == f"X-{number}"]
            certificates.assign(
                person_id=cast.amara, certification_id=one.id, due_on=None, actor=SYSTEM, now=clock.now()
            )
    with counted_queries() as many:
        assert amara.get("/certificates").text.count("Valid through") == 9
    assert len(many) == len(few) <= 7


def test_who_publishes_a_course_anew_sees_whose_certificates_rest_on_it(app, cast, scene, visit):
    scene.learn(cast.amara)
    edit_first(scene.course.course_id, "A new first paragraph.")
    page = visit(cast.tomas).get(f"/author/courses/{scene.course.course_id}/publish").text
    assert "Certifications that rest on it" in page
    assert "One person holds it" in page


def test_the_way_to_the_next_certificate_asks_no_more(app, cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        record(enrol(cast.amara, scene.course), scene.course.lesson_id, None)
    scene.assign(cast.amara)
    visitor = visit(cast.amara)
    visitor.get("/")
    with counted_queries() as seen:
        page = visitor.get("/").text
    assert "Next certification" in page
    assert "50%" in page
    assert len(seen) <= 5
