"""How curricula react: a completed course may complete paths, and so may a new version and what counts from now on."""

from lms.courses.curricula.queries import authored, paths
from lms.courses.curricula.service import following, joining
from lms.courses.events import CourseCompleted, CurriculumCompleted, CurriculumPublished, EquivalenceAdded
from lms.identity.events import AccountsMerged
from lms.kernel import clock
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.words import lazy as _l

COMPLETED = NoticeKind(
    key="courses.path_completed",
    subject=_l("You have completed the path %(path)s"),
    body=_l("Every stage is done. What it rests on stays on record."),
    icon="check",
    group=NoticeGroup.LEARNING,
    state="valid",
)
NOTICES = (COMPLETED,)


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the paths of both accounts be those of one, within the transaction."""
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=clock.now())


def on_course_completed(event: CourseCompleted) -> None:
    """Complete the paths that this course makes whole, within the transaction."""
    following.settle(paths.hold_of_person(event.person_id), clock.now())


def on_curriculum_published(event: CurriculumPublished) -> None:
    """Let who shall go on in the new version do so, and complete it for who has all it asks already."""
    if event.moves:
        following.move_to_version(event.curriculum_id, event.curriculum_version_id)
    following.settle_all(clock.now(), curriculum_id=event.curriculum_id)


def on_equivalence_added(event: EquivalenceAdded) -> None:
    """Complete the paths that are whole by what counts from now on."""
    ways = {event.course_id, event.counts_for_id} if event.is_mutual else {event.course_id}
    following.settle_all(clock.now(), counting=ways)


def tell_completed(event: CurriculumCompleted) -> None:
    """Tell a person that they have come to the end of a path."""
    facts = authored.get_authored(event.curriculum_id).facts
    notifications.notify(
        COMPLETED, to=[event.person_id], values={"path": facts.title}, url=f"/paths/{facts.slug}"
    )
