"""What a learner reads of a certification: what is done, what is next and how long it takes, and all that was."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given

from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.certificates.cycles.rules.progress import Branch, grow
from lms.certificates.cycles.rules.requirements import judge
from lms.certificates.cycles.service import definitions
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    DeedKey,
    HoursPractised,
    ItemGiven,
    Rule,
)
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, publish_course
from tests.certificates.trees import facts as some_facts
from tests.certificates.trees import trees
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = HoursPractised(DeedKey(UUID(int=41)), "Site work", 10)
AUDIT = ItemGiven(DeedKey(UUID(int=51)), "Site audit")


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def way(visitor, certification_id):
    page = visitor.get(f"/certificates/{certification_id}")
    assert page.status_code == 200
    return page


def test_who_has_done_nothing_reads_what_is_first_how_long_it_takes_and_where(cast, scene, visit):
    page = way(visit(cast.dafydd), scene.certification_id)
    said = text_of(page)
    assert "What comes next, about 1 h 30 min in all" in said
    assert f'<a href="/learn/{scene.course.slug}">' in page.text
    assert "Finish “Refrigeration Control” about" in said
    assert "Nothing has happened yet." in said


def test_what_is_done_counts_and_the_rest_shrinks(cast, scene, visit):
    scene.learn(cast.amara, "0.5")
    said = text_of(way(visit(cast.amara), scene.certification_id))
    assert "What comes next, about 40 min in all" in said
    assert "Done 4 May 2026" in said
    assert "At least 80% in “Exam: Refrigeration Control”" in said
    assert "About 40 min still to do" in text_of(visit(cast.amara).get("/certificates"))


def test_who_holds_it_reads_when_the_renewal_opens_how_long_it_takes_and_that_earlier_work_does_not_count(
    cast, scene, visit, in_may
):
    scene.learn(cast.amara)
    said = text_of(way(visit(cast.amara), scene.certification_id))
    with unit_of_work(read_only=True):
        (certificate,) = ledger.list_of_person(cast.amara)
    opens = certificate.term.renewal_opens_at
    assert f"Nothing to do until {opens.day} {opens:%b %Y}" in said
    assert "it takes about 1 h 30 min" in said
    assert f"Renewal opens {opens.day} {opens:%b %Y} and takes about 1 h 30 min" in text_of(
        visit(cast.amara).get("/certificates")
    )
    in_may(opens - clock.now())
    said = text_of(way(visit(cast.amara), scene.certification_id))
    assert "What comes next, about 1 h 30 min in all" in said
    assert "Renew" in said
    in_may(certificate.term.expires_at - clock.now())
    assert "Renewed by then, it never lapses." in text_of(way(visit(cast.amara), scene.certification_id))
    in_may(certificate.term.counts_until - clock.now())
    assert "the whole way is asked anew" in text_of(way(visit(cast.amara), scene.certification_id))


def test_a_renewal_of_its_own_is_shown_first_and_the_whole_way_beneath(cast, scene, visit, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        short = publish_course("Refresher", minutes=60)
        rule = msgspec.structs.replace(scene.rule, renewal=short.done())
        wanted = define(cast, "HC-R", "Renewable", rule)
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        one = next(one for one in ledger.list_of_person(cast.amara) if one.certification_id == wanted)
    in_may(one.term.renewal_opens_at - clock.now())
    said = text_of(way(visit(cast.amara), wanted))
    assert "What the renewal asks" in said
    assert "What comes next, about 1 h in all" in said
    assert "Or go the whole way again" in said


def test_a_tree_is_read_branch_by_branch_with_what_others_do_and_other_certifications(cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        other = publish_course("Hydraulics", minutes=120)
        requirement = AllOf(
            (
                CertificationHeld(scene.certification_id, "Refrigeration Control Engineer"),
                AnyOf((other.done(), other.scored())),
                AtLeast(2, (SITE, AUDIT, other.scored("0.9"))),
            )
        )
        wanted = define(cast, "HC-T", "Master", Rule(requirement, 12, 60, 30))
    page = way(visit(cast.dafydd), wanted)
    said = text_of(page)
    assert "One of these 0 of 1 done" in said
    assert "2 of these 0 of 2 done" in said
    assert "Hold “Refrigeration Control Engineer” about 1 h 30 min" in said
    assert f'href="/certificates/{scene.certification_id}"' in page.text
    assert f'href="/certificates/{wanted}/practice"' in page.text
    assert "0 of 10 hours approved" in said
    assert "A trainer gives it." in said


def test_everything_that_ever_was_stands_there_with_its_reasons(cast, scene, visit, in_may):
    scene.learn(cast.amara)
    with unit_of_work(read_only=True):
        (first,) = ledger.list_of_person(cast.amara)
    for act, reason in ((certificates.revoke, "Sat by another."), (certificates.reinstate, "It was not.")):
        in_may(DAY)
        with unit_of_work(), acting_as(SYSTEM):
            act(certificate_id=first.id, reason=reason, actor=SYSTEM, now=clock.now())
    in_may(330 * DAY)
    scene.learn(cast.amara, "0.95")
    said = text_of(way(visit(cast.amara), scene.certification_id))
    for words in (
        "revoked: Sat by another.",
        "counts again: It was not.",
        f"replaces {first.code}",
        "replaced by GH-",
    ):
        assert words in said
    assert "Documents of earlier ones" in said
    assert "Replaced by GH-" in text_of(visit(cast.amara).get("/certificates"))


def test_the_exempt_read_that_nothing_is_asked_and_until_when(cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        certificates.exempt(
            person_id=cast.amara, certification_id=scene.certification_id, reason="Wrote the course.",
            through=(MAY + 60 * DAY).date(), actor=SYSTEM, now=clock.now(),
        )  # fmt: skip
    said = text_of(way(visit(cast.amara), scene.certification_id))
    assert "You are exempt" in said
    assert "Exempt: Wrote the course." in said
    assert "3 Jul 2026" in said


def test_what_was_done_so_long_ago_that_it_would_be_over_is_asked_anew_and_not_ticked(
    cast, scene, visit, in_may
):
    scene.learn(cast.amara)
    in_may(5 * 366 * DAY)
    with unit_of_work(), acting_as(SYSTEM):
        rule = Rule(AllOf((scene.course.done(), scene.course.scored("0.8"))), 24, 60, 30)
        other = define(cast, "NEW", "Newly asked", rule)
    said = text_of(way(visit(cast.amara), other))
    assert "What comes next" in said
    assert "Done 4 May 2026" not in said


def test_one_that_is_given_no_more_promises_no_next_one(cast, scene, visit):
    scene.learn(cast.amara)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=scene.certification_id)
    amara = visit(cast.amara)
    assert "It is given no more Who holds it keeps it to its end." in text_of(
        way(amara, scene.certification_id)
    )
    assert "Renewal opens" not in text_of(amara.get("/certificates"))


def test_a_certification_costs_the_same_however_long_its_history_and_its_tree_and_no_stranger_sees_it(
    cast, scene, visit, in_may
):
    scene.learn(cast.amara)
    amara = visit(cast.amara)
    way(amara, scene.certification_id)
    with counted_queries() as few:
        way(amara, scene.certification_id)
    for _ in range(3):
        in_may(330 * DAY)
        scene.learn(cast.amara)
    amara = visit(cast.amara)
    way(amara, scene.certification_id)
    with counted_queries() as many:
        assert text_of(way(amara, scene.certification_id)).count("replaced by") == 3
    assert len(many) == len(few) <= 12
    assert visit().get(f"/certificates/{scene.certification_id}").status_code == 303
    assert amara.get(f"/certificates/{UUID(int=7)}").status_code == 404


def test_a_long_life_of_certificates_is_cut_and_the_page_says_where_the_rest_is(
    cast, scene, visit, monkeypatch, in_may
):
    monkeypatch.setattr("lms.certificates.cycles.queries.own.EARLIER_SHOWN", 2)
    for _ in range(4):
        scene.learn(cast.amara)
        in_may(330 * DAY)
    said = text_of(visit(cast.amara).get("/certificates"))
    assert said.count("Replaced by GH-") == 2
    assert "Older ones stand on the pages of their certifications." in said


@given(trees, some_facts())
def test_a_tree_says_it_is_met_exactly_when_the_rule_is(requirement, facts):
    verdict = judge(requirement, facts)
    tree = grow(requirement, facts, since=None, missing=verdict.missing)
    is_met = tree.is_met if isinstance(tree, Branch) else tree.done is not None
    assert is_met is (verdict.met_at is not None)
