"""What certificates offer below: fragments of the home page, and a person's data."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from lms.audiences.values import AudienceId, Use
from lms.certificates.badges.service import making, placing
from lms.certificates.cycles.queries import certifications, deeds, ledger, merging, own, requests, team
from lms.certificates.cycles.rules.requirements import all_leaves
from lms.certificates.cycles.service import deeds as proofs
from lms.certificates.cycles.service import issuing, recognising, reminding
from lms.certificates.cycles.values import TeamFilter
from lms.certificates.documents.service import bundling
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import CertificationId, subjects_of
from lms.courses import facade as courses
from lms.courses.values import CourseId, CourseVersionId
from lms.courses.values.using import Need
from lms.identity.values import OrganisationId, PersonId
from lms.identity.values.merging import Together
from lms.kernel import clock
from lms.kernel.actor import Role, current
from lms.kernel.handing import Owned, count
from lms.web.slots import Offer
from lms.web.words import lazy as _l

SHOWN = 3


def holds_names(people: Collection[PersonId]) -> Collection[PersonId]:
    """Return those of these people whose names stand on certificates."""
    return ledger.list_certified(people)


def account_part(kept_id: PersonId, merged_id: PersonId) -> Sequence[Together]:
    """Return what of certification comes together when accounts are joined."""
    meetings = merging.list_meetings(kept_id, merged_id)
    doubled = [one.title for one in meetings if one.outcome.superseded_id is not None]
    asked = [one.title for one in meetings if one.outcome.closed]
    stands = _("Both hold %(titles)s: the certificate that counts longer stands.", titles=", ".join(doubled))
    ends = _(
        "Asked for in both, or held: %(titles)s. One stays, due when the first was.", titles=", ".join(asked)
    )
    return [
        Together(label, count(Owned(table), kept_id), count(Owned(table), merged_id), note)
        for label, table, note in (
            (_("Certificates"), "certificates", stands if doubled else ""),
            (_("Asked for"), "certification_cycles", ends if asked else ""),
            (_("Practice"), "certification_practice", ""),
            (_("Items given"), "certification_given", ""),
        )
    ]


def _home_certificates() -> Markup | None:
    found = own.list_counting(current(), now=clock.now())
    if not found:
        return None
    page = render_template("certificates/_home_certificates.html", held=found[:SHOWN], count=len(found))
    return Markup(page)  # noqa: S704  a template's output


def _home_path() -> Markup | None:
    one = own.find_next(current(), now=clock.now())
    if one is None:
        return None
    return Markup(render_template("certificates/_home_path.html", one=one))  # noqa: S704  a template's output


def _home_team() -> Markup | None:
    actor = current()
    if Role.PARTNER_ADMIN not in actor.roles or actor.employer_id is None or not actor.may(VIEW_TEAM):
        return None
    wanted = TeamFilter(partner_id=OrganisationId(actor.employer_id))
    counts = team.count_by_state(actor, wanted, now=clock.now())
    return Markup(render_template("certificates/_home_team.html", counts=counts))  # noqa: S704  a template's output


def _affected(*, course_id: UUID, version_id: UUID) -> Markup | None:
    """Return how many hold or work on the certifications that rest on a course about to be published anew."""
    keys = courses.list_keys(CourseVersionId(version_id))
    found = certifications.count_resting_on({course_id, *keys}, now=clock.now())
    if not found:
        return None
    return Markup(render_template("certificates/_affected.html", found=found))  # noqa: S704  a template's output


def _exam_result(*, person_id: UUID, course_id: UUID, activity_key: UUID, passed: bool) -> Markup | None:
    """Return the certificates that rest on an exam just passed and count now, to whom they belong."""
    if not passed or person_id != current().person_id:
        return None
    found = [
        one
        for one in own.list_counting(current(), now=clock.now())
        if {course_id, activity_key} & {key for leaf in all_leaves(one[0].rule) for key in subjects_of(leaf)}
    ]
    if not found:
        return None
    return Markup(render_template("certificates/_exam_result.html", held=found))  # noqa: S704  a template's output


class CertificationFacet:
    """The certifications that a course, or an exam in it, counts for."""

    key = "certification"
    label = _l("Leads to")

    def knows(self, value: str) -> bool:
        """Return whether a text can be a certification's id."""
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def of_courses(self, course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
        """Return the active certifications whose rule in force names each course or an exam of it."""
        return certifications.list_leading(course_ids)

    def names(self, values: Collection[str]) -> Mapping[str, str]:
        """Return certifications by title."""
        found = certifications.list_certifications([CertificationId(UUID(value)) for value in values])
        return {str(one.id): one.title for one in found}


def _uses_of_course(*, course_id: CourseId) -> Markup | None:
    """Return the certifications that need a course, or something in it, for its author."""
    found = certifications.list_needing({course_id, *courses.list_published_keys(course_id)})
    if not found:
        return None
    return Markup(render_template("certificates/_uses.html", uses=found))  # noqa: S704  a template's output


class NeededByCertifications:
    """What certifications need of courses: none of it may go while they do."""

    def list_needing(self, subject_ids: Collection[UUID]) -> Sequence[Need]:
        """Return the certifications that name any of these courses and activities."""
        return [
            Need(kind=_("Certification"), title=title, url=f"/programme/certifications/{one}")
            for one, title in certifications.list_needing(subject_ids)
        ]


class AudiencesOfCertifications:
    """Which certifications only the people of an audience may hold."""

    def uses(self, audience_id: AudienceId) -> Sequence[Use]:
        """Return them."""
        return [
            Use(_("Certification"), title, f"/programme/certifications/{one}")
            for one, title in certifications.list_of_audience(audience_id)
        ]


ATTACHING = (making.attach,)

SLOTS = (
    Offer("authoring.uses", 20, _uses_of_course),
    Offer("authoring.affected", 20, _affected),
    Offer("quiz.result", 10, _exam_result),
    Offer("home.main", 8, _home_team),
    Offer("home.main", 30, _home_certificates),
    Offer("home.side", 10, _home_path),
)


class CertificatesData:
    """What a person was asked for and was issued."""

    name = "certificates"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return it as JSON values."""
        found = PersonId(person_id)
        return {**ledger.export_person(found), **deeds.export_person(found), **requests.export_person(found)}

    def erase(self, person_id: UUID) -> None:
        """Blank what people wrote about them; certificates stay under the bare id, as proof."""
        issuing.forget_reasons(PersonId(person_id))
        proofs.forget_words(PersonId(person_id))
        recognising.forget(PersonId(person_id))
        reminding.forget(PersonId(person_id))
        bundling.forget_of(PersonId(person_id))
        placing.forget_holder(PersonId(person_id))
