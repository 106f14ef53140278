"""Two histories of one person come to what one account would have: a table of cases, and a replay of random ones."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.cycles.rules.ledger import Entry, find_gone_by
from lms.certificates.cycles.rules.merging import Asked, Past, join
from lms.certificates.values import CertificateId, CycleId, Term
from lms.kernel.db import new_id

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def certificate(issued, until, *, opens=None, revoked=None, superseded=False):
    return Entry(
        id=CertificateId(new_id()),
        code=f"GH-{issued}-{until}",
        issued_at=day(issued),
        term=Term(
            valid_through=day(until).date(),
            renewal_opens_at=day(max(issued, until - 60) if opens is None else opens),
            expires_at=day(until),
            counts_until=day(until),
        ),
        revoked_at=None if revoked is None else day(revoked),
        is_superseded=superseded,
    )


def asked(at, due=None):
    due_on = None if due is None else day(due).date()
    return Asked(id=CycleId(new_id()), assigned_at=day(at), due_on=due_on)


def test_of_two_certificates_in_force_the_one_that_counts_longer_stands_whichever_account_is_kept():
    longer, later = certificate(0, 700), certificate(10, 400)
    for one, other in ((longer, later), (later, longer)):
        joined = join(Past(entries=[one]), Past(entries=[other]))
        assert (joined.superseded_id, joined.successor_id) == (later.id, longer.id)


def test_a_revoked_or_superseded_certificate_stands_in_nobodys_way():
    held = certificate(5, 300)
    others = [certificate(6, 900, revoked=7), certificate(8, 900, superseded=True)]
    assert join(Past(entries=[held]), Past(entries=others)).superseded_id is None


def test_of_two_open_cycles_the_first_stays_and_is_due_when_the_first_was():
    first, second = asked(3, due=90), asked(8, due=40)
    joined = join(Past(asked=second), Past(asked=first))
    assert (joined.open_id, joined.due_on, joined.closed) == (first.id, date(2026, 2, 10), (second.id,))


def test_a_cycle_ends_when_the_other_account_held_it_then_or_was_issued_it_since():
    for entry in (certificate(0, 365), certificate(20, 385)):
        cycle = asked(10)
        joined = join(Past(asked=cycle), Past(entries=[entry]))
        assert (joined.open_id, joined.closed) == (None, (cycle.id,))


def test_a_renewal_goes_on_although_the_certificate_was_issued_to_the_other_account():
    cycle = asked(320, due=365)
    joined = join(Past(entries=[certificate(0, 365, opens=305)]), Past(asked=cycle))
    assert (joined.open_id, joined.closed) == (cycle.id, ())


def test_an_exemption_holds_unless_the_other_account_held_it_was_asked_since_or_has_it_since():
    exempt = Past(exempt_at=day(10), exempt_through=day(90).date())
    assert join(exempt, Past(asked=asked(5))).exempt_at == day(10)
    assert join(exempt, Past(entries=[certificate(-400, -35)])).exempt_through == day(90).date()
    for other in (
        Past(entries=[certificate(0, 365)]),
        Past(entries=[certificate(11, 365)]),
        Past(asked=asked(11)),
    ):
        assert join(exempt, other).exempt_at is None


@st.composite
def histories(draw):
    """Return one account's history as it can be: certificates of which one at most is in force, and what is open."""
    times = draw(st.lists(st.integers(0, 900), unique=True, max_size=4).map(sorted))
    entries = []
    for number, at in enumerate(times):
        is_last = number == len(times) - 1
        ends = draw(st.sampled_from(["revoked", *(["in force"] if is_last else ["superseded"])]))
        entries.append(
            certificate(
                at,
                at + draw(st.integers(30, 700)),
                revoked=at + draw(st.integers(1, 60)) if ends == "revoked" else None,
                superseded=ends == "superseded",
            )
        )
    since = (times[-1] if times else 0) + 1
    what = draw(st.sampled_from(["nothing", "asked", "exempt"]))
    if what == "asked":
        return Past(
            entries=entries,
            asked=asked(draw(st.integers(since, 1000)), draw(st.integers(0, 1200) | st.none())),
        )
    if what == "exempt" and not (entries and entries[-1].is_in_force):
        return Past(entries=entries, exempt_at=day(draw(st.integers(since, 1000))))
    return Past(entries=entries)


def replay(one, other):
    """Return what one account would have come to, had all of this happened in it, deed by deed in the order of time."""
    deeds = [(each.issued_at, 0, "issued", each) for past in (one, other) for each in past.entries]
    for past in (one, other):
        if past.asked is not None:
            deeds.append((past.asked.assigned_at, 1, "asked", past.asked))
        if past.exempt_at is not None:
            deeds.append((past.exempt_at, 2, "exempt", past.exempt_at))
    seen: list[Entry] = []
    due: list[date] = []
    cycle, exempt = None, None

    def held(at):
        return [
            each
            for each in seen
            if not each.is_superseded
            and at < each.term.counts_until
            and (each.revoked_at is None or each.revoked_at > at)
        ]

    for at, _rank, what, thing in sorted(deeds, key=lambda deed: (deed[0], deed[1])):
        if what == "issued":
            seen.append(thing)
            cycle, due, exempt = None, [], None
        elif what == "asked":
            if any(each.term.renewal_opens_at > at for each in held(at)):
                continue
            cycle, exempt = cycle or thing.id, None
            due += [thing.due_on] if thing.due_on is not None else []
        elif not held(at):
            cycle, due, exempt = None, [], thing
    standing = max(
        (each for each in seen if each.is_in_force),
        key=lambda each: (each.term.counts_until, each.issued_at, each.id),
        default=None,
    )
    return standing and standing.id, cycle, min(due, default=None), exempt


@given(histories(), histories())
def test_what_both_come_to_is_a_replay_of_both_in_the_order_of_time(one, other):
    moments = [each.issued_at for past in (one, other) for each in past.entries]
    moments += [each.assigned_at for each in (one.asked, other.asked) if each]
    moments += [each for each in (one.exempt_at, other.exempt_at) if each]
    if len(set(moments)) < len(moments):
        return
    joined = join(one, other)
    entries = sorted((*one.entries, *other.entries), key=lambda each: each.issued_at)
    left = [each for each in entries if each.is_in_force and each.id != joined.superseded_id]
    assert (left[0].id if left else None, joined.open_id, joined.due_on, joined.exempt_at) == replay(
        one, other
    )
    assert len(left) <= 1, "one certificate is in force"
    back = join(other, one)
    assert (back.successor_id, back.open_id, back.exempt_at) == (
        joined.successor_id,
        joined.open_id,
        joined.exempt_at,
    )
    for past in (one, other):
        before = find_gone_by(past.entries)
        if before is not None and before.is_in_force:
            assert left[0].term.counts_until >= before.term.counts_until, "nobody loses"
