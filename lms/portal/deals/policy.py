"""Which roles may register, see and decide deals."""

from lms.kernel.actor import Permission, PolicyTable, Role

REGISTER_DEALS = Permission("deals:register")
VIEW_DEALS = Permission("deals:view")
RUN_DEALS = Permission("deals:run")
"""Do with a partner's deals what the submitter may."""
VIEW_DRAFTS = Permission("deals:view_drafts")
"""See what was never sent in, which is the partner's alone."""
DECIDE_DEALS = Permission("deals:decide")
APPROVE_LARGE = Permission("deals:approve_large")

ALLOWED: PolicyTable = {
    REGISTER_DEALS: frozenset({Role.LEARNER}),
    VIEW_DEALS: frozenset(
        {Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
    ),
    RUN_DEALS: frozenset({Role.PARTNER_ADMIN}),
    VIEW_DRAFTS: frozenset({Role.PARTNER_ADMIN, Role.AUDITOR}),
    DECIDE_DEALS: frozenset({Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER}),
    APPROVE_LARGE: frozenset({Role.PROGRAMME_MANAGER}),
}
