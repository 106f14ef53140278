"""Which roles may see partners and keep their records."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_PARTNERS = Permission("partners:view")
KEEP_RECORDS = Permission("partners:keep_records")

ALLOWED: PolicyTable = {
    VIEW_PARTNERS: frozenset(
        {Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
    ),
    KEEP_RECORDS: frozenset({Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
}
