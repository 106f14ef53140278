"""Which roles may see standing and define what gates ask for."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_STANDING = Permission("standing:view")
VIEW_GATES = Permission("standing:view_gates")
DEFINE_GATES = Permission("standing:define_gates")

ALLOWED: PolicyTable = {
    VIEW_STANDING: frozenset(
        {Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
    ),
    VIEW_GATES: frozenset(
        {Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR, Role.TRAINER}
    ),
    DEFINE_GATES: frozenset({Role.PROGRAMME_MANAGER}),
}
