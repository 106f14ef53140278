"""The catalogue says which certifications a course leads to, and follows their rules."""

from decimal import Decimal

from msgspec.structs import replace

from lms.certificates.cycles.service import definitions
from lms.certificates.values import CourseDone, ScoreReached
from lms.courses.learning.queries import browse
from lms.courses.learning.values.catalogue import Wanted
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest
from tests.certificates.scene import publish_course
from tests.courses.courses import write_course
from tests.courses.sessions import actor_of


def leading(app, person_id, certification_id=None):
    """Return the slugs of the courses that lead to a certification, and what the facet offers."""
    chosen = {"certification": (str(certification_id),)} if certification_id else {}
    with unit_of_work(read_only=True), acting_as(actor_of(app, person_id)) as actor:
        answer = browse(actor, Wanted(chosen=chosen), PageRequest(), now=clock.now())
    (facet,) = [one for one in answer.facets if one.key == "certification"]
    return [card.view.course.slug for card in answer.page.items], {
        one.label: one.count for one in facet.options
    }


def test_a_course_leads_where_its_exam_counts_until_the_rule_says_otherwise(app, cast, scene):
    other = write_course("other", title="Other")
    title = "Cold Store Expert"
    slugs, offered = leading(app, cast.amara, scene.certification_id)
    assert slugs == [scene.course.slug]
    (label,) = offered
    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=replace(scene.rule, requirement=CourseDone(other, "Other")),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert leading(app, cast.amara, scene.certification_id) == (["other"], {label: 1})
    with unit_of_work(), acting_as(SYSTEM):
        exam = publish_course("Exam alone")
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=replace(
                scene.rule,
                requirement=ScoreReached(exam.exam_key, exam.course_id, title, Decimal("0.8"), 40),
            ),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert leading(app, cast.amara, scene.certification_id) == (["exam-alone"], {label: 1})


def test_a_certification_that_is_given_no_more_leads_from_no_course(app, cast, scene):
    assert leading(app, cast.amara)[1]
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=scene.certification_id)
    assert leading(app, cast.amara)[1] == {}
