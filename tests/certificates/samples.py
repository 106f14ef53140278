"""What of certificates belongs to Northway, for the walk of every route."""

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.certificates.values import AllOf, RequestId, RequestKind, Rule
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.architecture.samples import sample
from tests.certificates.scene import Scene, define, publish_course
from tests.support.portal import Cast


@sample("certificate_id")
def _certificate(cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Northway's course")
        rule = Rule(AllOf((course.done(), course.scored())), 12, 60, 30)
        scene = Scene(course, define(cast, "NW-1", "Northway's certificate", rule), rule)
    scene.learn(cast.nils)
    with unit_of_work(read_only=True):
        return ledger.list_of_person(cast.nils)[-1].id


@sample("request_id")
def _request(cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Northway's other course")
        rule = Rule(AllOf((course.done(), course.scored())), 12, 60, 30)
        return certificates.ask_exemption(
            request_id=RequestId(new_id()),
            kind=RequestKind.EXEMPTION,
            person_id=cast.nils,
            certification_id=define(cast, "NW-2", "Northway's other certificate", rule),
            words="On leave.",
            evidence=None,
            through=None,
            actor=SYSTEM,
            now=clock.now(),
        )
