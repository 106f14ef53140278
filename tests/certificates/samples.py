"""What of certificates belongs to Northway, for the walk of every route."""

import io
from dataclasses import replace
from datetime import date

from sqlalchemy import update

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import deeds, ledger
from lms.certificates.cycles.service import deeds as proofs
from lms.certificates.documents.models import BundleRow
from lms.certificates.documents.service import bundling
from lms.certificates.documents.values import BundleId, BundleState
from lms.certificates.policy import APPROVE_DEEDS
from lms.certificates.values import (
    AllOf,
    CertificationId,
    DeedKey,
    HoursPractised,
    ItemGiven,
    RequestId,
    RequestKind,
    Rule,
)
from lms.kernel import clock, files
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest
from tests.architecture.samples import sample
from tests.certificates.scene import PDF, Scene, define, publish_course
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
            evidence=certificates.ExemptionEvidence("letter.pdf", io.BytesIO(PDF)),
            through=None,
            actor=SYSTEM,
            now=clock.now(),
        )


def _log(cast: Cast) -> tuple[CertificationId, DeedKey]:
    """Let Northway's admin log practice, with a file."""
    leaf = HoursPractised(DeedKey(new_id()), "Northway's site work", 10)
    with unit_of_work(), acting_as(SYSTEM):
        wanted = define(cast, f"NW-{leaf.key.hex[-6:]}", "Northway's practice", Rule(leaf, 12, 60, 30))
        certificates.log_practice(
            practice_id=new_id(),
            person_id=cast.nils,
            certification_id=wanted,
            key=leaf.key,
            entry=certificates.PracticeEntry(
                minutes=60,
                done_on=date(2026, 1, 1),
                words="Seen by Northway's engineer.",
                upload=("protocol.txt", io.BytesIO(b"Northway's protocol.")),
            ),
            actor=SYSTEM,
            now=clock.now(),
        )
    return wanted, leaf.key


@sample("practice_id")
def _practice(cast: Cast) -> object:
    _log(cast)
    with unit_of_work(read_only=True):
        return deeds.page_waiting(EVERYTHING, PageRequest(size=1)).items[0].id


@sample("certification_deeds.evidence:file_id")
def _evidence(cast: Cast) -> object:
    _wanted, key = _log(cast)
    with unit_of_work(read_only=True):
        leaf = HoursPractised(key, "", 10)
        return deeds.list_sheets(cast.nils, [leaf])[0].entries[0].file_id


@sample("given_id")
def _given(cast: Cast) -> object:
    leaf = ItemGiven(DeedKey(new_id()), "Northway's audit")
    given_id = new_id()
    with unit_of_work(), acting_as(SYSTEM):
        wanted = define(cast, f"NW-{leaf.key.hex[-6:]}", "Northway's audit", Rule(leaf, 12, 60, 30))
        proofs.give_item(
            given_id=given_id,
            person_id=cast.nils,
            certification_id=wanted,
            key=leaf.key,
            reason="Seen by Northway's engineer.",
            upload=None,
            actor=Actor(scopes={APPROVE_DEEDS: EVERYTHING}),
            now=clock.now(),
        )
    return given_id


@sample("bundle_id")
def _bundle(cast: Cast) -> object:
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Northway's third course")
        rule = Rule(AllOf((course.done(), course.scored())), 12, 60, 30)
        scene = Scene(course, define(cast, "NW-3", "Northway's third certificate", rule), rule)
    scene.learn(cast.nils)
    made = BundleId(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        bundling.order(
            bundle_id=made,
            partner_id=cast.northway,
            certification_id=None,
            actor=replace(SYSTEM, person_id=cast.nils),
            now=clock.now(),
        )
        # As a worker leaves it.
        sha256, size = files.keep_blob(io.BytesIO(b"PK\x05\x06" + bytes(18)))
        db.session.execute(
            update(BundleRow).values(state=BundleState.READY, zip_sha256=sha256, size_bytes=size)
        )
    return made
