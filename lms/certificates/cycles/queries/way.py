"""One certification as the person reads it whose it is: what it asks, what is done, what is next, and all that was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.certificates.cycles.queries import certifications, deeds, ledger, places, requests
from lms.certificates.cycles.queries import missing as lacking
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.rules.progress import Tree, grow
from lms.certificates.cycles.values import History, Place
from lms.certificates.cycles.values.deeds import PracticeSheet
from lms.certificates.cycles.values.requests import Request
from lms.certificates.values import (
    Certification,
    CertificationHeld,
    CertificationId,
    CertificationState,
    CycleState,
    HoursPractised,
    ItemGiven,
    Leaf,
    Missing,
)
from lms.courses import facade as courses
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A person's way to their next certificate of one certification, and their history with it.

    `tree` is the way that is open to them, `whole` the other one where the renewal has its own; `minutes` and `urls`
    are of each leaf of both, a leaf without an address being done by others.
    """

    certification: Certification
    place: Place
    missing: Missing
    tree: Tree
    whole: Tree | None
    minutes: Mapping[Leaf, int]
    urls: Mapping[Leaf, str]
    sheets: Mapping[Leaf, PracticeSheet]
    history: History
    asked: Sequence[Request]


def read_way(certification_id: CertificationId, actor: Actor, *, now: datetime) -> Way:
    """Return the actor's own way; NotFound for a certification that is retired and that they never touched."""
    if actor.person_id is None:
        raise NotFound
    person_id = PersonId(actor.person_id)
    certification = certifications.get_certification(certification_id)
    place = places.list_places([person_id], [certification], now=now)[person_id, certification_id]
    history = ledger.read_history(person_id, certification_id)
    is_touched = bool(history.certificates or history.cycles) or place.state is not CycleState.NOT_ASSIGNED
    if certification.state is not CertificationState.ACTIVE and not is_touched:
        raise NotFound
    found = lacking.read_lacking(person_id, [(certification, place)], now=now)
    rule, since = certification.rule, found.since[certification_id]
    renews = place.term is not None and place.revoked_at is None and now < place.term.counts_until
    unmet = found.unmet[certification_id]
    shown = requirements.shortest_way(rule, renews=renews)
    sheets = {
        one.key: one for one in deeds.list_sheets(person_id, requirements.all_leaves(rule), since=since)
    }
    leaves = requirements.all_leaves(rule)
    return Way(
        certification=certification,
        place=place,
        missing=found.missing[certification_id],
        tree=grow(shown, found.facts, since=since, missing=unmet),
        whole=None
        if shown is rule.requirement
        else grow(rule.requirement, found.facts, since=since, missing=unmet),
        minutes={leaf: found.minutes_of(leaf) for leaf in leaves},
        urls={leaf: _url_of(leaf, certification_id, found) for leaf in leaves},
        sheets={leaf: sheets[leaf.key] for leaf in leaves if isinstance(leaf, HoursPractised)},
        history=history,
        asked=requests.list_of(person_id, certification_id),
    )


def _url_of(leaf: Leaf, certification_id: CertificationId, found: lacking.Lacking) -> str:
    """Return where a leaf is done; nothing for what others do, and for a course that is no more."""
    if isinstance(leaf, CertificationHeld):
        return f"/certificates/{leaf.certification_id}"
    if isinstance(leaf, HoursPractised):
        return f"/certificates/{certification_id}/practice"
    if isinstance(leaf, ItemGiven):
        return ""
    course = found.known.get(leaf.course_id)
    return courses.course_url(course) if course else ""
