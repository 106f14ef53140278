"""What is missing for a certificate: the steps, and how long they take the person who is asked about."""

from lms.certificates import facade as certificates
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import enrol, record


def test_what_is_missing_takes_as_long_as_is_left_of_it_to_that_person(app, cast, scene):
    def minutes(*people):
        with unit_of_work(read_only=True):
            missing = certificates.missing(people, scene.certification_id)
        return [(missing[one].minutes, *(step.minutes for step in missing[one].steps)) for one in people]

    with unit_of_work(), acting_as(SYSTEM):
        below = enrol(cast.ruth, scene.course)
        record(below, scene.course.exam_id, "0.6")
        above = enrol(cast.nils, scene.course)
        record(above, scene.course.exam_id, "0.9")
        enrol(cast.dafydd, scene.course)
    scene.learn(cast.amara, score=None)
    assert minutes(cast.amara, cast.dafydd) == [(40, 40, 40), (90, 90, 40)]
    assert minutes(cast.ruth) == [(90, 90, 40)], "an exam below what is asked is still to be done"
    assert minutes(cast.nils) == [(50, 50)]
    scene.learn(cast.amara, "0.9")
    assert minutes(cast.amara) == [(0,)]


def test_the_next_certificate_names_what_is_missing_and_doing_it_earns_it(app, cast, scene):
    with unit_of_work(read_only=True):
        missing = certificates.missing([cast.amara, cast.dafydd], scene.certification_id)
    assert missing[cast.amara].minutes == 90, "an exam's minutes are among its course's"
    assert [step.url for step in missing[cast.amara].steps] == ["/learn/refrigeration-control"] * 2
    scene.learn(cast.amara, "0.6")
    with unit_of_work(read_only=True):
        missing = certificates.missing([cast.amara], scene.certification_id)
    assert [step.activity_key for step in missing[cast.amara].steps] == [scene.course.exam_key]
    assert missing[cast.amara].minutes == 40
    scene.learn(cast.amara, "0.9")
    with unit_of_work(read_only=True):
        assert certificates.missing([cast.amara], scene.certification_id)[cast.amara].steps == ()
