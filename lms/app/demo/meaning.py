"""The demo's audiences, each saved by whoever needed it."""

from collections.abc import Iterator, Mapping
from functools import partial

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import AudienceEntry
from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId, Rule
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id


def history(stage: Stage) -> Iterator[Act]:
    """Yield the saving of every audience, in no order."""
    for one in stage.world.audiences:
        yield Act(stage.ago(one.saved_days_ago, "14:00"), partial(_save, stage, one), one.by)


def _save(stage: Stage, one: AudienceEntry) -> None:
    stage.audiences[one.key] = audiences.save_audience(
        audience_id=AudienceId(new_id()),
        name=one.name,
        note=one.note,
        rule=Rule(any_of=_values(stage, one.any_of), none_of=_values(stage, one.none_of)),
        actor=current(),
        now=clock.now(),
        seen=None,
    )


def _values(stage: Stage, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Return values as facets know them: ids for what has a key, and words as they are."""
    known: Mapping[str, Mapping[str, object]] = {
        "position": stage.positions,
        "region": stage.regions,
        "brand": stage.brands,
        "organisation": stage.organisations,
        "audience": stage.audiences,
    }
    return {
        facet: frozenset(str(known[facet][key]) if facet in known else key for key in keys)
        for facet, keys in chosen.items()
    }
