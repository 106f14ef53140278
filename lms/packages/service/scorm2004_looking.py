"""SCORM 2004 as it is looked at: what counts for nothing, and what the whole amounts to."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from lms.courses.values import Launch
from lms.packages import queries
from lms.packages.queries import scorm2004 as own_queries
from lms.packages.rules import scorm2004 as rules
from lms.packages.rules import sequencing
from lms.packages.values import Result, ScoTracking
from lms.packages.values.scorm2004 import ANEW, OPEN, Answer, Delivery, Mode, Sent, SequencedManifest
from lms.packages.values.sequencing import CourseState, Node


def deliver(node: Node, elements: Mapping[str, str], stores: Mapping[str, str]) -> Delivery:
    """Return an item as the page is told to open it."""
    return Delivery(
        item=node.identifier,
        title=node.title,
        launch=node.launch,
        is_sco=node.is_sco,
        elements=elements,
        stores=node.stores,
        kept={store.target: stores[store.target] for store in node.stores if store.target in stores},
    )


def look_around(
    launch: Launch,
    manifest: SequencedManifest,
    sent: Sent,
    learner: tuple[str, str],
    now: datetime,
    mode: Mode,
) -> Answer:
    """Show an item without keeping anything: an author's preview, or a learner's look back."""
    root = manifest.tree
    wanted = None if sent.navigation in {OPEN, ANEW} else rules.request_of(sent.navigation)
    outcome = sequencing.browse(root, sent.item, wanted) if sent.navigation else None
    node = next((one for one in root.walk() if outcome and one.identifier == outcome.deliver), None)
    state = own_queries.state_for(launch, manifest)
    states = {entry.identifier: entry.state for entry in sequencing.ways(root, state).menu}
    here = node.identifier if node else None if outcome and outcome.ended else sent.item
    return Answer(
        is_kept=False,
        at=now,
        is_completed=amounts_to(manifest, state).completed,
        mode=mode,
        ways=sequencing.browsing_ways(root, here, states),
        moved=outcome is not None,
        ended=bool(outcome and outcome.ended),
        refusal=outcome.refusal if outcome else "",
        delivery=_shown(launch, node, state, learner, mode) if node else None,
    )


def _shown(launch: Launch, node: Node, state: CourseState, learner: tuple[str, str], mode: Mode) -> Delivery:
    """Return an item to look at, with what was kept of it."""
    kept = queries.trackings(launch.enrolment_id, launch.activity.id) if launch.enrolment_id else {}
    row = kept.get(node.identifier)
    tracking = rules.begin(queries.tracking_of(row)) if row else ScoTracking({})
    elements = rules.elements_at_launch(
        node,
        tracking,
        {},
        state.stores,
        entry=rules.entry_of(tracking if row else None, is_new_attempt=row is None),
        mode=mode,
        learner=learner,
    )
    return deliver(node, elements, state.stores)


def amounts_to(manifest: SequencedManifest, state: CourseState) -> Result:
    """Return what the whole package amounts to."""
    return rules.amounts_to(sequencing.standing(manifest.tree, state), Decimal(0))


def is_done(manifest: SequencedManifest, state: CourseState) -> bool:
    """Return whether a package is completed, and nothing of it is open or suspended."""
    is_closed = state.current is None and state.suspended is None
    return is_closed and amounts_to(manifest, state).completed
