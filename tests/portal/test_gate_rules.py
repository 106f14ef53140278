"""What a gate answers, without a database: evidence, cures that do mend, and answers that never change."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.portal.standing.rules.evaluation import evaluate, leaves
from lms.portal.standing.rules.wording import sentence
from lms.portal.standing.values import (
    AllOf,
    AnyOf,
    BrandAuthorised,
    CureKind,
    Facts,
    Held,
    PartnerHolders,
    Pool,
    Requirement,
    Step,
    SubmitterHolds,
    TierAtLeast,
    Way,
)

NOW = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
LADDER = ("registered", "silver", "gold")
PEOPLE = [UUID(int=number) for number in range(1, 9)]
SUBMITTER = PEOPLE[0]
SALES, SAFETY = UUID(int=101), UUID(int=102)
TITLES = {SALES: "Sales Professional", SAFETY: "Safety Systems Specialist"}


def held(person: UUID, *, until: datetime = NOW + timedelta(days=40)) -> Held:
    return Held(
        person_id=person,
        certificate_id=UUID(int=person.int + 1000),
        code=f"GH-{person.int}",
        valid_through=until.date(),
        counts_until=until,
    )


def way(person: UUID, minutes: int) -> Way:
    return Way(
        person_id=person,
        minutes=minutes,
        steps=(Step(title="Exam", minutes=minutes, url="/learn/exam"),),
    )


def facts(*pools: Pool, tier: str | None = "silver", is_authorised: bool = True) -> Facts:
    return Facts(
        at=NOW,
        partner_id=UUID(int=500),
        person_id=SUBMITTER,
        brand_id=UUID(int=600),
        is_authorised=is_authorised,
        tier=tier,
        ladder=LADDER,
        pools=pools,
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Requirement, Facts]:
    """Draw a rule and facts that could be: who holds a certification is the same for every leaf."""
    holders = {
        certification: {
            person: held(person, until=NOW + timedelta(seconds=draw(st.integers(-5, 5))))
            for person in draw(st.sets(st.sampled_from(PEOPLE)))
        }
        for certification in (SALES, SAFETY)
    }
    minutes = {person: draw(st.integers(5, 400)) for person in PEOPLE}
    certification = st.sampled_from([SALES, SAFETY])
    leaf = st.one_of(
        certification.map(lambda one: SubmitterHolds(certification_id=one, title=TITLES[one])),
        st.tuples(certification, st.integers(1, 6)).map(
            lambda pair: PartnerHolders(certification_id=pair[0], title=TITLES[pair[0]], count=pair[1])
        ),
        st.just(BrandAuthorised()),
        st.sampled_from(LADDER).map(lambda one: TierAtLeast(tier=one, tier_name=one.title())),
    )
    groups = st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4).map(lambda parts: AllOf(of=tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(of=tuple(parts))),
        ),
        max_leaves=8,
    )
    rule = draw(groups)
    pools = []
    for one in leaves(rule):
        if isinstance(one, SubmitterHolds | PartnerHolders):
            staff = (
                [SUBMITTER]
                if isinstance(one, SubmitterHolds)
                else [SUBMITTER, *draw(st.sets(st.sampled_from(PEOPLE[1:])))]
            )
            holding = holders[one.certification_id]
            pools.append(
                Pool(
                    held=tuple(holding[person] for person in staff if person in holding),
                    ways=tuple(way(person, minutes[person]) for person in staff),
                )
            )
        else:
            pools.append(Pool())
    known = facts(*pools, tier=draw(st.sampled_from([None, *LADDER])), is_authorised=draw(st.booleans()))
    return rule, known


def cured(rule: Requirement, known: Facts) -> Facts:
    """Return the facts as they are once the plan is carried out, worked out apart from the rules."""
    plan = evaluate(rule, known).plan
    newcomer = iter(range(9000, 9999))
    pools = list(known.pools)
    for at, leaf in enumerate(leaves(rule)):
        if not isinstance(leaf, SubmitterHolds | PartnerHolders):
            continue
        earned = [
            held(cure.person_id)
            for cure in plan
            if cure.kind is CureKind.EARN
            and cure.certification_id == leaf.certification_id
            and cure.person_id in {one.person_id for one in pools[at].ways}
        ]
        hired = [
            held(UUID(int=next(newcomer)))
            for cure in plan
            if cure.kind is CureKind.STAFF
            and cure.certification_id == leaf.certification_id
            and isinstance(leaf, PartnerHolders)
            for _one in range(cure.count)
        ]
        pools[at] = msgspec.structs.replace(pools[at], held=(*earned, *hired, *pools[at].held))
    kinds = {cure.kind for cure in plan}
    risen = [cure.title.lower() for cure in plan if cure.kind is CureKind.RISE]
    return msgspec.structs.replace(
        known,
        pools=tuple(pools),
        is_authorised=known.is_authorised or CureKind.AUTHORISE in kinds,
        tier=max([*risen, *([known.tier] if known.tier else [])], key=LADDER.index, default=None),
    )


@given(worlds())
def test_carrying_out_the_cures_turns_every_no_into_a_yes(world):
    rule, known = world
    verdict = evaluate(rule, known)
    assert bool(verdict.plan) is not verdict.allowed
    assert evaluate(rule, cured(rule, known)).allowed


@given(worlds())
def test_a_decision_read_back_from_what_was_stored_is_the_same_to_the_letter(world):
    rule, known = world
    stored = msgspec.json.encode((rule, known))
    rule_again, known_again = msgspec.json.decode(stored, type=tuple[Requirement, Facts])
    assert evaluate(rule_again, known_again) == evaluate(rule, known)


@given(worlds())
def test_no_cure_is_asked_of_somebody_who_holds_the_certificate(world):
    rule, known = world
    for leaf, pool in zip(leaves(rule), known.pools, strict=True):
        if isinstance(leaf, PartnerHolders):
            counting = {one.person_id for one in pool.held if one.counts_until > known.at}
            asked = {cure.person_id for cure in evaluate(leaf, facts(pool)).results[0].cures}
            assert not counting & asked


@given(worlds(), st.data())
def test_one_more_certificate_never_turns_a_yes_into_a_no(world, data):
    rule, known = world
    before = evaluate(rule, known).allowed
    if not known.pools:
        return
    at = data.draw(st.integers(0, len(known.pools) - 1))
    pools = list(known.pools)
    pools[at] = msgspec.structs.replace(pools[at], held=(held(PEOPLE[-1]), *pools[at].held))
    assert evaluate(rule, msgspec.structs.replace(known, pools=tuple(pools))).allowed >= before


def test_a_certificate_counts_up_to_its_last_second_and_not_at_the_next():
    rule = SubmitterHolds(certification_id=SALES, title="Sales Professional")
    still = facts(Pool(held=(held(SUBMITTER, until=NOW + timedelta(seconds=1)),)))
    no_longer = facts(Pool(held=(held(SUBMITTER, until=NOW),)))
    assert evaluate(rule, still).allowed
    assert not evaluate(rule, no_longer).allowed


def test_two_certificates_of_one_person_are_one_holder():
    rule = PartnerHolders(certification_id=SALES, title="Sales Professional", count=2)
    verdict = evaluate(rule, facts(Pool(held=(held(PEOPLE[1]), held(PEOPLE[1])))))
    assert not verdict.allowed
    assert verdict.results[0].found == 1


def test_cures_come_shortest_first_and_before_the_evidence_they_join_runs_out():
    rule = PartnerHolders(certification_id=SAFETY, title="Safety Systems Specialist", count=2)
    pool = Pool(
        held=(held(PEOPLE[1], until=NOW + timedelta(days=9)),), ways=(way(PEOPLE[2], 360), way(PEOPLE[3], 40))
    )
    verdict = evaluate(rule, facts(pool))
    assert [(cure.person_id, cure.minutes) for cure in verdict.results[0].cures] == [
        (PEOPLE[3], 40),
        (PEOPLE[2], 360),
    ]
    assert [cure.person_id for cure in verdict.plan] == [PEOPLE[3]]
    assert verdict.plan[0].by == (NOW + timedelta(days=9)).date()


def test_the_submitters_own_exam_counts_for_the_head_count_too():
    rule = AllOf(
        of=(
            PartnerHolders(certification_id=SALES, title="Sales Professional", count=2),
            SubmitterHolds(certification_id=SALES, title="Sales Professional"),
        )
    )
    staff = Pool(held=(held(PEOPLE[1]),), ways=(way(SUBMITTER, 90), way(PEOPLE[2], 20)))
    verdict = evaluate(rule, facts(staff, Pool(ways=(way(SUBMITTER, 90),))))
    assert [cure.person_id for cure in verdict.plan] == [SUBMITTER]


def test_of_two_ways_the_shorter_is_planned_and_learning_comes_before_a_higher_tier():
    rule = AnyOf(
        of=(
            TierAtLeast(tier="gold", tier_name="Gold"),
            SubmitterHolds(certification_id=SALES, title="Sales Professional"),
        )
    )
    verdict = evaluate(rule, facts(Pool(), Pool(ways=(way(SUBMITTER, 500),))))
    assert [cure.kind for cure in verdict.plan] == [CureKind.EARN]
    assert [cure.kind for part in verdict.results[0].parts for cure in part.cures] == [
        CureKind.RISE,
        CureKind.EARN,
    ]


def test_a_team_that_is_too_small_is_told_how_many_more_it_needs():
    rule = PartnerHolders(certification_id=SALES, title="Sales Professional", count=4)
    verdict = evaluate(rule, facts(Pool(held=(held(PEOPLE[1]),), ways=(way(PEOPLE[2], 40),))))
    assert [(cure.kind, cure.count) for cure in verdict.results[0].cures] == [
        (CureKind.EARN, 1),
        (CureKind.STAFF, 2),
    ]


# Decided by earlier versions of this program and never to be answered otherwise: add to it, change nothing.
STORED = (
    (
        {"kind": "all_of", "of": [{"kind": "brand_authorised", "brand_name": "Halden Cold"}]},
        {"is_authorised": True, "pools": [{}]},
        True,
    ),
    (
        {
            "kind": "all_of",
            "of": [
                {"kind": "submitter_holds", "certification_id": str(SALES), "title": "Sales Professional"},
                {
                    "kind": "partner_holders",
                    "certification_id": str(SALES),
                    "title": "Sales Professional",
                    "count": 2,
                },
            ],
        },
        {
            "pools": [
                {
                    "held": [
                        {
                            "person_id": str(SUBMITTER),
                            "certificate_id": str(UUID(int=7)),
                            "code": "GH-7",
                            "valid_through": "2026-11-23",
                            "counts_until": "2026-11-23T23:00:00Z",
                        }
                    ]
                },
                {
                    "held": [
                        {
                            "person_id": str(SUBMITTER),
                            "certificate_id": str(UUID(int=7)),
                            "code": "GH-7",
                            "valid_through": "2026-11-23",
                            "counts_until": "2026-11-23T23:00:00Z",
                        }
                    ],
                    "ways": [
                        {
                            "person_id": str(PEOPLE[1]),
                            "minutes": 40,
                            "steps": [{"title": "Exam", "minutes": 40, "url": "/x"}],
                        }
                    ],
                },
            ]
        },
        False,
    ),
    (
        {"kind": "tier_at_least", "tier": "silver", "tier_name": "Silver"},
        {"tier": "gold", "pools": [{}]},
        True,
    ),
)


@pytest.mark.parametrize("rule, known, answer", STORED)
def test_what_was_once_decided_is_still_decided_so(rule, known, answer):
    frozen = {
        "at": "2026-11-23T08:14:00Z",
        "partner_id": str(UUID(int=500)),
        "person_id": str(SUBMITTER),
        "brand_id": str(UUID(int=600)),
        "is_authorised": False,
        "tier": None,
        "ladder": list(LADDER),
        **known,
    }
    verdict = evaluate(msgspec.convert(rule, Requirement), msgspec.convert(frozen, Facts))
    assert verdict.allowed is answer


def test_a_rule_reads_as_a_sentence():
    rule = AllOf(
        of=(
            SubmitterHolds(certification_id=SALES, title="Sales Professional"),
            PartnerHolders(
                certification_id=SAFETY,
                title="Safety Systems Specialist",
                count=2,
                position_name="Technician",
                with_branches=True,
            ),
        )
    )
    assert sentence(rule) == (
        "The submitter holds Sales Professional; and the partner has 2 holders of Safety Systems Specialist,"
        " position Technician, branches included"
    )
