"""Whom deals tell what, once it is committed."""

from collections.abc import Collection

from lms.identity import facade as identity
from lms.identity.events import AccountsMerged
from lms.identity.values import OrganisationId, PersonId
from lms.kernel import clock
from lms.kernel.actor import Role
from lms.kernel.handing import Owned, hand_over
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.portal.deals.events import (
    DealApproved,
    DealCancelled,
    DealEvent,
    DealExpired,
    DealExtended,
    DealPassedOn,
    DealRejected,
    DealReturned,
    DealSubmitted,
    DealWithdrawn,
    TrainingAsked,
)
from lms.portal.deals.queries import deals
from lms.portal.deals.values import Deal
from lms.portal.partners import facade as partners
from lms.web.words import lazy as _l

ACCOUNT_ROWS = (Owned("deals", "submitter_id"), Owned("deals", "reviewer_id"))
ACCOUNT_LEFT = {"deal_history.actor_id": "it says by which account it was done"}
SUBMITTED = NoticeKind(
    key="deals.submitted",
    subject=_l("%(partner)s registered %(customer)s"),
    body=_l("%(deal)s waits for your decision: %(title)s. %(actor)s sent it in."),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="progress",
)
PASSED_ON = NoticeKind(
    key="deals.passed_on",
    subject=_l("%(customer)s waits for the second approval"),
    body=_l("%(deal)s of %(partner)s is large enough for two: %(actor)s approved the first step."),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="progress",
)
APPROVED = NoticeKind(
    key="deals.approved",
    subject=_l("%(customer)s is approved"),
    body=_l("%(deal)s of %(partner)s is approved and protected from now on."),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="valid",
)
RETURNED = NoticeKind(
    key="deals.returned",
    subject=_l("%(customer)s came back for more"),
    body=_l("%(actor)s returned %(deal)s: %(reason)s"),
    icon="return",
    group=NoticeGroup.DEALS,
    state="soon",
)
REJECTED = NoticeKind(
    key="deals.rejected",
    subject=_l("%(customer)s was rejected"),
    body=_l("%(actor)s rejected %(deal)s: %(reason)s"),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="danger",
)
WITHDRAWN = NoticeKind(
    key="deals.withdrawn",
    subject=_l("%(partner)s withdrew %(customer)s"),
    body=_l("%(deal)s no longer waits for your decision."),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="none",
    by_mail=False,
)
EXTENDED = NoticeKind(
    key="deals.extended",
    subject=_l("The protection of %(customer)s is extended"),
    body=_l("%(deal)s of %(partner)s stays protected longer: %(reason)s"),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="valid",
)
CANCELLED = NoticeKind(
    key="deals.cancelled",
    subject=_l("The registration of %(customer)s was cancelled"),
    body=_l("%(actor)s ended %(deal)s: %(reason)s"),
    icon="deal",
    group=NoticeGroup.DEALS,
    state="danger",
)
EXPIRED = NoticeKind(
    key="deals.expired",
    subject=_l("The protection of %(customer)s has ended"),
    body=_l("%(deal)s was neither won nor lost in time. Register it again if it is still open."),
    icon="clock",
    group=NoticeGroup.DEALS,
    state="expired",
)
ASKED = NoticeKind(
    key="deals.training_asked",
    subject=_l("%(actor)s asks for training to register %(customer)s"),
    body=_l(
        "The gate for %(deal)s says no today. The deal names who needs which course, the shortest first."
    ),
    icon="book",
    group=NoticeGroup.DEALS,
    state="soon",
)

KINDS = (
    SUBMITTED,
    PASSED_ON,
    APPROVED,
    RETURNED,
    REJECTED,
    WITHDRAWN,
    EXTENDED,
    CANCELLED,
    EXPIRED,
    ASKED,
)


def _tell(kind: NoticeKind, event: DealEvent, to: Collection[PersonId], *, in_queue: bool = False) -> None:
    deal = deals.get_deal(event.deal_id)
    actor = identity.find_person(event.actor_id) if event.actor_id else None
    notifications.notify(
        kind,
        to=[one for one in to if one != event.actor_id],
        values={
            "deal": deal.name,
            "customer": deal.customer_name,
            "title": deal.title,
            "partner": identity.get_organisation(deal.partner_id).name,
            "actor": actor.name if actor else "",
            "reason": event.reason,
        },
        url=f"/deals/queue/{deal.id}" if in_queue else f"/deals/{deal.id}",
    )


def _partner_side(event: DealEvent) -> set[PersonId]:
    deal: Deal = deals.get_deal(event.deal_id)
    return {deal.submitter_id, *_admins(event.partner_id)}


def _admins(partner_id: OrganisationId) -> Collection[PersonId]:
    return identity.list_role_holders(Role.PARTNER_ADMIN, partner_id)


def _channel_managers(partner_id: OrganisationId) -> Collection[PersonId]:
    """Return who looks after the partner; everyone whose role reaches it, if nobody was named."""
    named = partners.find_channel_manager(partner_id)
    return [named] if named else identity.list_role_holders(Role.CHANNEL_MANAGER, partner_id)


def on_deal_submitted(event: DealSubmitted) -> None:
    """Tell the channel manager."""
    _tell(SUBMITTED, event, _channel_managers(event.partner_id), in_queue=True)


def on_deal_passed_on(event: DealPassedOn) -> None:
    """Tell the programme managers."""
    _tell(
        PASSED_ON,
        event,
        identity.list_role_holders(Role.PROGRAMME_MANAGER, event.partner_id),
        in_queue=True,
    )


def on_deal_withdrawn(event: DealWithdrawn) -> None:
    """Tell the channel manager, if the deal had been sent in."""
    if deals.get_deal(event.deal_id).submitted_at is not None:
        _tell(WITHDRAWN, event, _channel_managers(event.partner_id))


def on_deal_approved(event: DealApproved) -> None:
    """Tell the submitter and the partner's admins."""
    _tell(APPROVED, event, _partner_side(event))


def on_deal_returned(event: DealReturned) -> None:
    """Tell the submitter and the partner's admins."""
    _tell(RETURNED, event, _partner_side(event))


def on_deal_rejected(event: DealRejected) -> None:
    """Tell the submitter and the partner's admins."""
    _tell(REJECTED, event, _partner_side(event))


def on_deal_extended(event: DealExtended) -> None:
    """Tell the submitter and the partner's admins."""
    _tell(EXTENDED, event, _partner_side(event))


def on_deal_cancelled(event: DealCancelled) -> None:
    """Tell the submitter and the partner's admins."""
    _tell(CANCELLED, event, _partner_side(event))


def on_deal_expired(event: DealExpired) -> None:
    """Tell the submitter and the partner's admins."""
    _tell(EXPIRED, event, _partner_side(event))


def on_training_asked(event: TrainingAsked) -> None:
    """Tell the partner's admins."""
    _tell(ASKED, event, _admins(event.partner_id))


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the deals that either account submitted or decides be those of one, within the transaction."""
    hand_over(ACCOUNT_ROWS, kept=event.kept_id, merged=event.merged_id, now=clock.now())
