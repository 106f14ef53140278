"""What the demo's programme took back and gave again, and what was asked for people instead of a certificate."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

import msgspec
import yaml

from lms.app.demo.stage import Act, Stage
from lms.app.demo.world import HERE
from lms.certificates import facade as certificates
from lms.certificates.values import RequestId, RequestKind
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id

FILE: Final = HERE / "waivers.yaml"


class Reinstated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate that was taken back, and counted again some hours later."""

    person: str
    certification: str
    by: str
    days_ago: int
    reason: str
    hours_later: int
    because: str


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was asked for a person; decided an hour later, if anybody approved it."""

    person: str
    certification: str
    kind: RequestKind
    by: str
    days_ago: int
    words: str
    through_in_days: int | None = None
    approved_by: str | None = None
    answer: str = ""


class Waivers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    reinstated: Sequence[Reinstated]
    asked: Sequence[Asked]


def load() -> Waivers:
    """Return them; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Waivers)


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act, in no order."""
    told = load()
    for one in told.reinstated:
        at = stage.ago(one.days_ago, "10:00")
        yield Act(at, partial(_revoke, stage, one), one.by)
        yield Act(at + timedelta(hours=one.hours_later), partial(_reinstate, stage, one), one.by)
    for asked in told.asked:
        at, request_id = stage.ago(asked.days_ago, "14:00"), RequestId(new_id())
        yield Act(at, partial(_ask, stage, asked, request_id), asked.by)
        if asked.approved_by is not None:
            decided_at = at + timedelta(hours=1)
            yield Act(decided_at, partial(_approve, asked, request_id), asked.approved_by)


def _revoke(stage: Stage, one: Reinstated) -> None:
    (held,) = certificates.holdings(
        people=[stage.people[one.person]],
        certification_ids=[stage.certifications[one.certification]],
        at=clock.now(),
    )
    certificates.revoke(
        certificate_id=held.certificate_id, reason=one.reason, actor=current(), now=clock.now()
    )


def _reinstate(stage: Stage, one: Reinstated) -> None:
    ids = certificates.list_revoked(stage.people[one.person], stage.certifications[one.certification])
    certificates.reinstate(certificate_id=ids[-1], reason=one.because, actor=current(), now=clock.now())


def _ask(stage: Stage, asked: Asked, request_id: RequestId) -> None:
    certificates.ask_exemption(
        request_id=request_id,
        kind=asked.kind,
        person_id=stage.people[asked.person],
        certification_id=stage.certifications[asked.certification],
        words=asked.words,
        evidence=None,
        through=_through(asked),
        actor=current(),
        now=clock.now(),
    )


def _approve(asked: Asked, request_id: RequestId) -> None:
    certificates.approve_exemption(
        request_id=request_id,
        through=_through(asked),
        answer=asked.answer,
        actor=current(),
        now=clock.now(),
    )


def _through(asked: Asked) -> date | None:
    if asked.through_in_days is None:
        return None
    return clock.now().date() + timedelta(days=asked.through_in_days)
