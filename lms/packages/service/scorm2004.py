"""Every write of SCORM 2004: what content commits, where navigation leads, and what the course is told of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

import msgspec
from sqlalchemy import Select, delete

from lms.courses import facade as courses
from lms.courses.values import EnrolmentId, Launch
from lms.kernel import events
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Stale
from lms.kernel.messages import Message
from lms.packages import queries
from lms.packages.events import TrackingCommitted
from lms.packages.models import (
    PackageRevision,
    PastAttemptRow,
    SequencingRow,
    SharedObjectivesRow,
    TrackingRow,
)
from lms.packages.queries import scorm2004 as own_queries
from lms.packages.rules import commits, sequencing
from lms.packages.rules import scorm2004 as rules
from lms.packages.service.committing import note_commit
from lms.packages.service.scorm2004_looking import amounts_to, deliver, is_done, look_around
from lms.packages.values import ScormEntry, ScoTracking
from lms.packages.values.scorm2004 import ANEW, OPEN, Answer, Delivery, Mode, Sent, SequencedManifest
from lms.packages.values.sequencing import CourseState, Node, Outcome, Request, RequestKind


def take(
    *, launch: Launch, revision: PackageRevision, sent: Sent, learner: tuple[str, str], now: datetime
) -> Answer:
    """Keep what content committed, go where it or the learner wants to go, and tell the course what it amounts to.

    ``learner`` is id and name, as content is told them. A repetition (same session, same or smaller sequence) changes
    nothing and is answered as it stands now. Stale if the package has been opened elsewhere since. InvalidTracking
    names an element that SCORM 2004 does not know. What is only looked at keeps nothing.
    """
    manifest = own_queries.manifest_of(revision)
    clean = rules.validate_commit(sent.elements)
    if launch.enrolment_id is None:
        return look_around(launch, manifest, sent, learner, now, Mode.BROWSE)
    if sent.mode is Mode.REVIEW and sent.navigation != ANEW:
        return look_around(launch, manifest, sent, learner, now, Mode.REVIEW)
    played = _Player(launch, launch.enrolment_id, manifest, sent, learner, now).play(clean)
    return played or look_around(launch, manifest, sent, learner, now, Mode.REVIEW)


class _Player:
    """One post of one learner, on its way through the rules to the tables."""

    def __init__(
        self,
        launch: Launch,
        enrolment_id: EnrolmentId,
        manifest: SequencedManifest,
        sent: Sent,
        learner: tuple[str, str],
        now: datetime,
    ) -> None:
        self._launch, self._enrolment_id, self._manifest = launch, enrolment_id, manifest
        self._sent, self._learner, self._now = sent, learner, now
        self._row = self._hold()
        self._shared = own_queries.hold_shared(enrolment_id)
        self._state = own_queries.state_of(manifest, self._row, self._shared)
        self._outcome: Outcome | None = None
        self._entry: ScormEntry | None = None
        self._is_quiet = self._looks_back = False

    def play(self, clean: Mapping[str, str]) -> Answer | None:
        """Take the post, unless it is a repetition; None if all is done, and there is only to look back at it."""
        row, sent = self._row, self._sent
        if sent.session_id < row.session_id:
            raise Stale(Message("This lesson was opened in another window since. Continue there."))
        if sent.session_id != row.session_id:
            row.session_id, row.sequence = sent.session_id, 0
        if sent.sequence > row.sequence:
            row.sequence = sent.sequence
            if sent.item:
                self._commit(clean)
            if sent.navigation:
                self._navigate()
            self._store()
        elif sent.navigation:
            # The answer was lost: what was delivered then is what is open now.
            self._outcome = Outcome(state=self._state, deliver=self._open_item(), ended=self._has_ended())
            self._looks_back = sent.navigation == OPEN and is_done(self._manifest, self._state)
        return None if self._looks_back else self._answer()

    def _hold(self) -> SequencingRow:
        row = own_queries.hold_row(self._enrolment_id, self._launch.activity.id)
        if row is None:
            row = SequencingRow(
                enrolment_id=self._enrolment_id,
                activity_id=self._launch.activity.id,
                state=own_queries.as_stored(CourseState()),
                session_id=self._sent.session_id,
                sequence=0,
                changed_at=self._now,
            )
            db.session.add(row)
            db.session.flush()
        return row

    def _open_item(self) -> str | None:
        kept = self._state.activities.get(self._state.current or "")
        node = self._node(self._state.current) if kept and kept.active else None
        return node.identifier if node and node.launch else None

    def _has_ended(self) -> bool:
        """Return whether a way that was gone before led out; who comes in, or chooses, may stand nowhere, too."""
        wanted = rules.request_of(self._sent.navigation)
        return self._state.current is None and wanted is not None and wanted.kind is not RequestKind.CHOICE

    def _node(self, item: str | None) -> Node | None:
        return next((node for node in self._manifest.tree.walk() if node.identifier == item), None)

    def _commit(self, clean: Mapping[str, str]) -> None:
        """Keep what an item committed; what comes from one that is not open any more is kept, and moves nothing."""
        node = self._node(self._sent.item)
        if node is None or not node.launch:
            raise NotFound
        row = self._hold_tracking(node)
        if row.is_finished:
            return
        tracking = rules.commit(queries.tracking_of(row), clean, is_last=self._sent.is_last)
        note_commit(
            enrolment_id=self._enrolment_id,
            session_id=self._sent.session_id,
            sequence=self._sent.sequence,
            item=node.identifier,
            elements=commits.changed(row.elements, clean),
            result=rules.roll_up_sco(tracking),
        )
        self._take(row, tracking)
        self._state = sequencing.report(
            self._manifest.tree,
            self._state,
            node.identifier,
            rules.reported(node, tracking.elements),
            stores=rules.stored(node, clean),
        )
        if self._sent.is_last:
            self._after_last(tracking)
        self._tell_course(row)

    def _after_last(self, tracking: ScoTracking) -> None:
        """Do what content asks for by how it left; the only item of a package, left for good, ends it all."""
        wanted = rules.request_by_exit(tracking)
        if wanted is None and not self._sent.navigation and sequencing.only_item(self._manifest.tree):
            suspends = tracking.elements.get("cmi.exit") == "suspend"
            wanted = Request(RequestKind.SUSPEND_ALL if suspends else RequestKind.EXIT_ALL)
            # What its content shows at the end stays in sight.
            self._is_quiet = True
        if wanted is not None:
            self._ask(wanted)

    def _hold_tracking(self, node: Node) -> TrackingRow:
        key = (self._enrolment_id, self._launch.activity.id, node.identifier)
        row = db.session.get(TrackingRow, key, with_for_update=True)
        if row is None:
            row = TrackingRow(
                enrolment_id=self._enrolment_id,
                activity_id=self._launch.activity.id,
                item=node.identifier,
                elements={},
                total_seconds=Decimal(0),
                is_finished=False,
                session_id=self._sent.session_id,
                sequence=0,
                reported_seconds=Decimal(0),
                changed_at=self._now,
            )
            db.session.add(row)
            db.session.flush()
        return row

    def _take(self, row: TrackingRow, tracking: ScoTracking) -> None:
        row.elements, row.total_seconds = dict(tracking.elements), tracking.total_seconds
        row.is_finished, row.changed_at = tracking.finished, self._now
        row.session_id, row.sequence = self._sent.session_id, self._sent.sequence

    def _navigate(self) -> None:
        """Make the navigation that was asked for, unless how content left has ended it all already."""
        if self._outcome is not None:
            return
        if self._sent.navigation in {OPEN, ANEW}:
            self._come_in()
            return
        wanted = rules.request_of(self._sent.navigation)
        if wanted is None:
            self._outcome = Outcome(state=self._state, refusal="NB.2.1-13")
            return
        self._ask(wanted)

    def _come_in(self) -> None:
        """Open the package: what was open when its page was closed is suspended, or left, first."""
        kept = queries.trackings(self._enrolment_id, self._launch.activity.id)
        before = kept.get(self._state.current or "")
        is_finished = (
            before is not None and before.is_finished and before.elements.get("cmi.exit") != "suspend"
        )
        left = sequencing.leaving(self._manifest.tree, self._state, is_finished=is_finished)
        if left is not None:
            self._ask(left)
        if self._state.current is not None:
            return
        if self._sent.navigation == OPEN and is_done(self._manifest, self._state):
            self._looks_back = True
            return
        self._ask(sequencing.opening(self._manifest.tree, self._state))

    def _ask(self, request: Request) -> None:
        # The same session shuffles the same way, so that a retried transaction comes out the same.
        chance = Random(f"{self._sent.session_id}:{self._sent.sequence}")  # noqa: S311 - shuffles lessons
        self._outcome = sequencing.navigate(
            self._manifest.tree, self._state, request, chance=chance, scope=self._manifest.scope
        )
        self._state = self._outcome.state

    def _store(self) -> None:
        """Keep where the learner stands; what belongs to the enrolment as a whole lies in a row of its own."""
        delivered = self._outcome.deliver if self._outcome else None
        if delivered is not None:
            self._begin(delivered, is_new=self._outcome is not None and self._outcome.is_new_attempt)
        scope, state = self._manifest.scope, self._state
        self._row.state = own_queries.as_stored(
            replace(
                state,
                objectives={} if scope.keeps_objectives else state.objectives,
                stores={} if scope.keeps_stores else state.stores,
            )
        )
        self._row.changed_at = self._now
        self._share(
            msgspec.to_builtins(state.objectives) if scope.keeps_objectives else None,
            dict(state.stores) if scope.keeps_stores else None,
        )
        db.session.flush()
        if self._sent.navigation or self._outcome:
            self._tell_course(None)
        events.record(
            TrackingCommitted(
                enrolment_id=self._enrolment_id,
                activity_id=self._launch.activity.id,
                item=self._sent.item or (delivered or ""),
            )
        )

    def _share(self, objectives: dict[str, object] | None, stores: dict[str, object] | None) -> None:
        if not objectives and not stores and self._shared is None:
            return
        if self._shared is None:
            self._shared = SharedObjectivesRow(enrolment_id=self._enrolment_id, objectives={}, stores={})
            db.session.add(self._shared)
        if objectives is not None:
            self._shared.objectives = objectives
        if stores is not None:
            self._shared.stores = stores

    def _begin(self, item: str, *, is_new: bool) -> None:
        """Begin an opening of an item: a new attempt begins with nothing, and the one before is put away."""
        node = self._node(item)
        if node is None:
            raise NotFound
        row = self._hold_tracking(node)
        if is_new and row.elements:
            db.session.add(own_queries.past_attempt_of(row))
        if is_new:
            row.elements, row.total_seconds, row.reported_seconds = {}, Decimal(0), Decimal(0)
        told = sequencing.told(self._manifest.tree, self._state, item)
        begun = rules.refresh(node, queries.tracking_of(row), told)
        self._entry = rules.entry_of(begun, is_new_attempt=is_new)
        self._take(row, rules.begin(begun))

    def _tell_course(self, row: TrackingRow | None) -> None:
        """Tell the course what the whole amounts to, and the time that was not told yet."""
        result = amounts_to(self._manifest, self._state)
        fresh = Decimal(0)
        if row is not None:
            here = row.total_seconds + rules.session_seconds(queries.tracking_of(row))
            fresh = max(here - row.reported_seconds, Decimal(0))
            row.reported_seconds = max(here, row.reported_seconds)
        courses.record_result(
            enrolment_id=self._enrolment_id,
            activity_id=self._launch.activity.id,
            completed=result.completed,
            passed=result.passed,
            score=result.score,
            seconds=int(fresh),
            evidence={
                "package_item": self._sent.item,
                "session_id": str(self._sent.session_id),
                "sequence": self._sent.sequence,
                **({"navigation": self._sent.navigation} if self._sent.navigation else {}),
            },
            now=self._now,
        )

    def _answer(self) -> Answer:
        outcome = self._outcome
        delivered = self._node(outcome.deliver) if outcome and outcome.deliver else None
        return Answer(
            is_kept=True,
            at=self._row.changed_at,
            is_completed=amounts_to(self._manifest, self._state).completed,
            mode=Mode.NORMAL,
            ways=sequencing.ways(self._manifest.tree, self._state),
            moved=outcome is not None and not self._is_quiet,
            ended=bool(outcome and outcome.ended),
            refusal=outcome.refusal if outcome else "",
            delivery=self._delivery(delivered) if delivered else None,
        )

    def _delivery(self, node: Node) -> Delivery:
        row = self._hold_tracking(node)
        tracking = queries.tracking_of(row)
        told = sequencing.told(self._manifest.tree, self._state, node.identifier)
        elements = rules.elements_at_launch(
            node,
            tracking,
            told,
            self._state.stores,
            entry=self._entry or rules.entry_of(tracking, is_new_attempt=not tracking.elements),
            mode=Mode.NORMAL,
            learner=self._learner,
        )
        return deliver(node, elements, self._state.stores)


def forget_enrolments(enrolments: Select[EnrolmentId]) -> None:
    """Delete what SCORM 2004 has kept for these enrolments."""
    for table in (SequencingRow, SharedObjectivesRow, PastAttemptRow):
        db.session.execute(delete(table).where(table.enrolment_id.in_(enrolments)))
