"""The demo's paths: written, published and followed as people do."""

from collections.abc import Iterator
from functools import partial

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import Counting, CurriculumEntry
from lms.courses import facade as courses
from lms.courses.curricula.queries import authored
from lms.courses.curricula.values import CurriculumFacts
from lms.courses.curricula.values import Stage as PathStage
from lms.courses.values import CurriculumId, EquivalenceId, StageKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id


def history(stage: Stage) -> Iterator[Act]:
    """Yield every act around paths, in no order."""
    for one in stage.world.curricula:
        curriculum_id = CurriculumId(new_id())
        yield Act(
            stage.ago(one.published_days_ago, "15:00"), partial(_publish, stage, one, curriculum_id), one.by
        )
        for person, days_ago in one.followed.items():
            yield Act(stage.ago(days_ago, "07:10"), partial(_follow, curriculum_id), person)
    for counting in stage.world.counts:
        yield Act(stage.ago(counting.days_ago, "15:30"), partial(_let_count, stage, counting), counting.by)


def _publish(stage: Stage, one: CurriculumEntry, curriculum_id: CurriculumId) -> None:
    actor, now = current(), clock.now()
    courses.create_curriculum(
        curriculum_id=curriculum_id,
        facts=CurriculumFacts(
            title=one.title, slug=one.slug, summary=one.summary, brand_id=stage.brands[one.brand]
        ),
        actor=actor,
        now=now,
    )
    for part in one.stages:
        key = StageKey(new_id())
        courses.add_stage(curriculum_id=curriculum_id, key=key, title=part.title, actor=actor, now=now)
        courses.save_stage(
            curriculum_id=curriculum_id,
            stage=PathStage(
                key=key,
                title=part.title,
                courses=tuple(stage.courses[slug] for slug in part.courses),
                needed=part.needed,
                after=() if part.free else None,
            ),
            seen=authored.get_authored(curriculum_id).revision,
            actor=actor,
            now=now,
        )
    courses.publish_curriculum(curriculum_id=curriculum_id, actor=actor, now=now)


def _follow(curriculum_id: CurriculumId) -> None:
    courses.start_path(curriculum_id=curriculum_id, actor=current(), now=clock.now())


def _let_count(stage: Stage, one: Counting) -> None:
    courses.add_equivalence(
        equivalence_id=EquivalenceId(new_id()),
        course_id=stage.courses[one.course],
        counts_for_id=stage.courses[one.counts_for],
        is_mutual=False,
        note=one.note,
        from_on=None,
        until_on=None,
        actor=current(),
        now=clock.now(),
    )
