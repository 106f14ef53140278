"""Which courses play a package, and a further revision of it put into their drafts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.courses import facade as courses
from lms.courses.values import ActivityKey, CourseId
from lms.courses.values.using import Use
from lms.kernel.actor import Actor
from lms.kernel.errors import Conflict, Forbidden, NotFound, Stale
from lms.kernel.messages import Message
from lms.packages import policy, queries
from lms.packages.models import PackageRevision
from lms.packages.queries import revisions
from lms.packages.values import KIND, PackageId, RevisionId

Place = tuple[CourseId, ActivityKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """An activity that plays a package: in which revision as the author last left it, and as learners have it."""

    use: Use
    written: PackageRevision | None
    published: PackageRevision | None

    @property
    def place(self) -> Place:
        """Return what names the activity."""
        return self.use.course_id, self.use.key


def list_played(package_id: PackageId, *, actor: Actor) -> Sequence[Played]:
    """Return the activities that play a package, by their courses' titles."""
    uses = courses.list_uses(KIND, "package_id", str(package_id), actor=actor)
    configs = [config for use in uses for config in (use.written, use.published) if config]
    known = {str(one): row for one, row in revisions.get_revisions(_named(configs)).items()}
    return [
        Played(
            use=use,
            written=known.get(str((use.written or {}).get("revision_id"))),
            published=known.get(str((use.published or {}).get("revision_id"))),
        )
        for use in uses
    ]


def _named(configs: Collection[Mapping[str, Any]]) -> Collection[RevisionId]:
    found = (queries.revision_id_in(config) for config in configs)
    return {one for one in found if one is not None}


def put_into_drafts(
    package_id: PackageId,
    revision_id: RevisionId,
    *,
    places: Collection[Place] | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Let activities play a package's latest revision in their drafts: these, or all; return how many did not yet.

    Stale if there is a later one by now; Conflict while it is to be said what became of items; NotFound for a place
    that plays another package.
    """
    if not actor.may(policy.ADD_PACKAGES):
        raise Forbidden
    latest = revisions.find_latest(package_id)
    if latest is None:
        raise NotFound
    if latest.id != revision_id:
        raise Stale(Message("A further revision came meanwhile. Look at it, then choose again."))
    if revisions.is_undecided(latest.id):
        raise Conflict(Message("Say first what became of the items that are gone."))
    played = {one.place: one for one in list_played(package_id, actor=actor) if one.use.written}
    wanted = played.keys() if places is None else set(places)
    if wanted - played.keys():
        raise NotFound
    changing = [place for place, one in played.items() if place in wanted and one.written != latest]
    for course_id, key in changing:
        courses.set_activity_config(
            course_id=course_id,
            key=key,
            config={"package_id": str(package_id), "revision_id": str(latest.id)},
            actor=actor,
            now=now,
        )
    return len(changing)
