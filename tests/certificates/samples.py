"""What of certificates belongs to Northway, for the walk of every route."""

from lms.certificates import facade as certificates
from lms.certificates.values import Rule
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.architecture.samples import sample
from tests.certificates.scene import Scene, define, publish_course
from tests.support.portal import Cast


@sample("certificate_id")
def _certificate(cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Sealing joints")
        rule = Rule(requirement=course.done(), active_months=12, renewal_window_days=60, grace_days=30)
        scene = Scene(course, define(cast, "NW-SJ", "Joint Sealer", rule), rule)
    scene.learn(cast.nils)
    with unit_of_work(read_only=True):
        (held,) = certificates.holdings(
            people=[cast.nils], certification_ids=[scene.certification_id], at=clock.now()
        )
        return held.certificate_id
