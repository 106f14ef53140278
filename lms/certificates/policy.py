"""Which roles may do what with certifications and certificates."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_CERTIFICATIONS = Permission("certificates:view_certifications")
DEFINE_CERTIFICATIONS = Permission("certificates:define")
VIEW_TEAM = Permission("certificates:view_team")
VIEW_REPORTS = Permission("certificates:view_reports")
"""How a certification goes: pass rates, times, what ends and who is stuck, within the reader's reach."""
ORDER_BUNDLES = Permission("certificates:order_bundles")
"""Having the documents of a team put together."""
ASSIGN = Permission("certificates:assign")
REVOKE = Permission("certificates:revoke")
LOG_PRACTICE = Permission("certificates:log_practice")
"""Practice of others: one's own everybody may log."""
APPROVE_DEEDS = Permission("certificates:approve_deeds")
"""Approving practice and giving items by hand."""
VIEW_DEEDS = Permission("certificates:view_deeds")
ASK_EXEMPTION = Permission("certificates:ask_exemption")
DESIGN_CERTIFICATES = Permission("certificates:design")
"""How certificates look. Who may see certifications sees the designs, too."""

ALLOWED: PolicyTable = {
    VIEW_CERTIFICATIONS: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    DESIGN_CERTIFICATES: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    DEFINE_CERTIFICATIONS: frozenset({Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    VIEW_TEAM: frozenset(
        {
            Role.PARTNER_ADMIN,
            Role.CHANNEL_MANAGER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
        }
    ),
    VIEW_REPORTS: frozenset(
        {
            Role.TRAINER,
            Role.CHANNEL_MANAGER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
        }
    ),
    ORDER_BUNDLES: frozenset(
        {Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
    ),
    ASSIGN: frozenset({Role.PARTNER_ADMIN, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    REVOKE: frozenset({Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    LOG_PRACTICE: frozenset({Role.PARTNER_ADMIN, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    VIEW_DEEDS: frozenset(
        {
            Role.PARTNER_ADMIN,
            Role.CHANNEL_MANAGER,
            Role.TRAINER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
        }
    ),
    APPROVE_DEEDS: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    ASK_EXEMPTION: frozenset({Role.PARTNER_ADMIN, Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
}
