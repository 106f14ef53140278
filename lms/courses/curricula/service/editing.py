"""What a trainer does: writing the draft of a curriculum, publishing it, and saying what counts for what."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.authoring.rules import is_slug
from lms.courses.curricula import rules
from lms.courses.curricula.models import (
    CurriculumDraftCourse,
    CurriculumRow,
    CurriculumVersionCourse,
    CurriculumVersionRow,
    EquivalenceRow,
)
from lms.courses.curricula.queries import authored
from lms.courses.curricula.values import (
    CurriculumFacts,
    Fault,
    Stage,
    stages_from_json,
    stages_to_json,
)
from lms.courses.errors import EditedMeanwhile, NotPublishable
from lms.courses.events import CurriculumPublished, CurriculumSaved, EquivalenceAdded, EquivalenceRemoved
from lms.courses.values import (
    CourseId,
    CurriculumId,
    CurriculumVersionId,
    EquivalenceId,
    StageKey,
)
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound

STAGES_AT_MOST: Final = 50
COURSES_AT_MOST: Final = 50


def create(
    *, curriculum_id: CurriculumId, facts: CurriculumFacts, actor: Actor, now: datetime
) -> CurriculumId:
    """Make a curriculum without stages; the one that is there, if `curriculum_id` was used before."""
    _check_author(actor)
    if db.session.get(CurriculumRow, curriculum_id) is not None:
        return curriculum_id
    _check_facts(facts, curriculum_id)
    row = CurriculumRow(
        id=curriculum_id,
        draft=[],
        has_draft=True,
        revision=1,
        created_at=now,
        created_by=_person(actor),
        changed_at=now,
        **_columns(facts),
    )
    db.session.add(row)
    db.session.flush()
    events.record(CurriculumSaved(curriculum_id=curriculum_id, is_new=True, stages=0))
    return curriculum_id


def _columns(facts: CurriculumFacts) -> dict[str, object]:
    return {
        "title": facts.title,
        "slug": facts.slug,
        "summary": facts.summary,
        "brand_id": facts.brand_id,
        "language": facts.language,
        "is_strict": facts.is_strict,
    }


def _check_facts(facts: CurriculumFacts, curriculum_id: CurriculumId) -> None:
    if not is_slug(facts.slug):
        raise Invalid(fields={"slug": _("Lower-case letters, digits and single hyphens.")})
    if authored.is_slug_taken(facts.slug, by_other_than=curriculum_id):
        raise Invalid(fields={"slug": _("Another path has this address.")})


def save_facts(
    *, curriculum_id: CurriculumId, facts: CurriculumFacts, seen: int, actor: Actor, now: datetime
) -> None:
    """Change what a curriculum says of itself, which shows at once."""
    row = _held(curriculum_id, actor, seen=seen)
    _check_facts(facts, curriculum_id)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    _changed(row, now)


def _held(curriculum_id: CurriculumId, actor: Actor, *, seen: int | None = None) -> CurriculumRow:
    _check_author(actor)
    row = authored.hold_curriculum(curriculum_id)
    if seen is not None and seen != row.revision:
        raise EditedMeanwhile(
            _("Somebody else changed this path after you opened it. What you typed stands below.")
        )
    return row


def _changed(row: CurriculumRow, now: datetime) -> None:
    row.revision += 1
    row.changed_at = now
    db.session.flush()
    events.record(CurriculumSaved(curriculum_id=row.id, is_new=False, stages=len(row.draft)))


def add_stage(
    *, curriculum_id: CurriculumId, key: StageKey, title: str, actor: Actor, now: datetime
) -> StageKey:
    """Add a stage at the end; a key used before changes nothing."""
    row = _held(curriculum_id, actor)
    stages = stages_from_json(row.draft)
    if any(one.key == key for one in stages):
        return key
    if len(stages) >= STAGES_AT_MOST:
        raise Invalid(fields={"title": _("A path has %(count)s stages at most.", count=STAGES_AT_MOST)})
    _keep(row, [*stages, Stage(key=key, title=title)], now)
    return key


def save_stage(*, curriculum_id: CurriculumId, stage: Stage, seen: int, actor: Actor, now: datetime) -> None:
    """Change a stage. Invalid names the field; prerequisites in a ring are refused with their names."""
    row = _held(curriculum_id, actor, seen=seen)
    stages = stages_from_json(row.draft)
    if all(one.key != stage.key for one in stages):
        raise NotFound
    if len(stage.courses) > COURSES_AT_MOST:
        raise Invalid(fields={"courses": _("A stage has %(count)s courses at most.", count=COURSES_AT_MOST)})
    if len(authoring.list_courses(stage.courses)) != len(set(stage.courses)):
        raise Invalid(fields={"courses": _("One of these courses is not there.")})
    if stage.needed is not None and not 1 <= stage.needed <= max(len(stage.courses), 1):
        raise Invalid(fields={"needed": _("There are %(count)s courses in it.", count=len(stage.courses))})
    _keep(row, [stage if one.key == stage.key else one for one in stages], now)


def order_stages(
    *, curriculum_id: CurriculumId, keys: Sequence[StageKey], actor: Actor, now: datetime
) -> None:
    """Bring the stages into this order; Invalid unless it names each of them once."""
    row = _held(curriculum_id, actor)
    stages = {one.key: one for one in stages_from_json(row.draft)}
    if sorted(keys) != sorted(stages):
        raise Invalid(_("The path was changed meanwhile. Reload the page."))
    if list(keys) != list(stages):
        _keep(row, [stages[key] for key in keys], now)


def move_stage(
    *, curriculum_id: CurriculumId, key: StageKey, steps: int, actor: Actor, now: datetime
) -> None:
    """Move a stage so many places down, or up if negative; at the end it stays where it is."""
    row = _held(curriculum_id, actor)
    stages = list(stages_from_json(row.draft))
    at = next((number for number, one in enumerate(stages) if one.key == key), None)
    if at is None:
        raise NotFound
    to = min(max(at + steps, 0), len(stages) - 1)
    if to != at:
        stages.insert(to, stages.pop(at))
        _keep(row, stages, now)


def remove_stage(*, curriculum_id: CurriculumId, key: StageKey, actor: Actor, now: datetime) -> None:
    """Take a stage out of the draft; whatever waited for it waits for it no longer. Twice is once."""
    row = _held(curriculum_id, actor)
    stages = stages_from_json(row.draft)
    if all(one.key != key for one in stages):
        return
    _keep(
        row,
        [
            replace(
                one, after=None if one.after is None else tuple(first for first in one.after if first != key)
            )
            for one in stages
            if one.key != key
        ],
        now,
    )


def _keep(row: CurriculumRow, stages: Sequence[Stage], now: datetime) -> None:
    if ring := rules.ring_in(stages):
        names = [one.title for one in [*ring, ring[0]]]
        raise Invalid(
            _("These stages would wait for each other: %(ring)s.", ring=" ← ".join(names)),
            fields={"after": _("These stages would wait for each other: %(ring)s.", ring=" ← ".join(names))},
        )
    row.draft, row.has_draft = stages_to_json(stages), True
    db.session.execute(delete(CurriculumDraftCourse).where(CurriculumDraftCourse.curriculum_id == row.id))
    if courses := sorted(rules.courses_of(stages)):
        db.session.execute(
            insert(CurriculumDraftCourse),
            [{"curriculum_id": row.id, "course_id": course_id} for course_id in courses],
        )
    _changed(row, now)


def list_problems(stages: Sequence[Stage]) -> Sequence[str]:
    """Return what keeps a draft from being published, in sentences."""
    courses = rules.courses_of(stages)
    named = authoring.list_courses(courses)
    words = {
        Fault.NOTHING: _("There is nothing in it yet: add a stage."),
        Fault.NO_COURSE: _("“%(stage)s” has no course."),
        Fault.TOO_MANY_NEEDED: _("“%(stage)s” asks for more courses than it has."),
        Fault.TWICE: _("“%(course)s” stands in the path twice."),
        Fault.NOT_PUBLISHED: _("“%(course)s” is not published, so nobody can take it."),
    }
    return [
        words[one.fault]
        .replace("%(stage)s", one.stage.title if one.stage else "")
        .replace("%(course)s", named[one.course_id].title if one.course_id in named else "")
        for one in rules.problems_of(stages, authored.published_among(courses))
    ]


def publish(
    *, curriculum_id: CurriculumId, moves: bool = False, actor: Actor, now: datetime
) -> CurriculumVersionId:
    """Make the draft the version that people get. Who is on an older one finishes on that, unless it `moves` them.

    NotPublishable says what is wrong. Without a draft (a second click) it is the version published already.
    """
    row = _held(curriculum_id, actor)
    if not row.has_draft and row.published_id is not None:
        return row.published_id
    stages = stages_from_json(row.draft)
    if problems := list_problems(stages):
        raise NotPublishable(problems)
    version = CurriculumVersionRow(
        id=CurriculumVersionId(new_id()),
        curriculum_id=row.id,
        number=authored.newest_number(row.id) + 1,
        stages=row.draft,
        published_at=now,
        published_by=_person(actor),
    )
    db.session.add(version)
    db.session.flush()
    db.session.execute(
        insert(CurriculumVersionCourse),
        [
            {"version_id": version.id, "course_id": course_id}
            for course_id in sorted(rules.courses_of(stages))
        ],
    )
    row.published_id, row.has_draft, row.changed_at = version.id, False, now
    row.revision += 1
    db.session.flush()
    events.record(
        CurriculumPublished(
            curriculum_id=row.id, curriculum_version_id=version.id, number=version.number, moves=moves
        )
    )
    return version.id


def add_equivalence(  # noqa: PLR0913  all that it says
    *,
    equivalence_id: EquivalenceId,
    course_id: CourseId,
    counts_for_id: CourseId,
    is_mutual: bool,
    note: str,
    from_on: date | None,
    until_on: date | None,
    actor: Actor,
    now: datetime,
) -> EquivalenceId:
    """Let completions of a course count for another; an id used before changes nothing."""
    _check_author(actor)
    if db.session.get(EquivalenceRow, equivalence_id) is not None:
        return equivalence_id
    if course_id == counts_for_id:
        raise Invalid(fields={"counts_for": _("A course counts for itself anyway.")})
    if from_on and until_on and until_on < from_on:
        raise Invalid(fields={"until_on": _("That is before the first day.")})
    if len(authoring.list_courses([course_id, counts_for_id])) != len({course_id, counts_for_id}):
        raise NotFound
    db.session.add(
        EquivalenceRow(
            id=equivalence_id,
            course_id=course_id,
            counts_for_id=counts_for_id,
            is_mutual=is_mutual,
            note=note,
            from_on=from_on,
            until_on=until_on,
            created_at=now,
            created_by=_person(actor),
        )
    )
    db.session.flush()
    events.record(
        EquivalenceAdded(
            equivalence_id=equivalence_id,
            course_id=course_id,
            counts_for_id=counts_for_id,
            is_mutual=is_mutual,
        )
    )
    return equivalence_id


def remove_equivalence(*, equivalence_id: EquivalenceId, actor: Actor) -> None:
    """Let them count no longer; paths that were completed by them stay completed. Twice is once."""
    _check_author(actor)
    row = authored.hold_equivalence(equivalence_id)
    if row is None:
        return
    events.record(
        EquivalenceRemoved(equivalence_id=row.id, course_id=row.course_id, counts_for_id=row.counts_for_id)
    )
    db.session.delete(row)
    db.session.flush()


def _check_author(actor: Actor) -> None:
    if not actor.is_system and not actor.may(policy.AUTHOR_COURSES):
        raise Forbidden


def _person(actor: Actor) -> PersonId | None:
    return PersonId(actor.person_id) if actor.person_id else None
