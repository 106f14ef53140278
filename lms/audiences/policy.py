"""Which roles may read and write audiences."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_AUDIENCES = Permission("audiences:view")
MANAGE_AUDIENCES = Permission("audiences:manage")

ALLOWED: PolicyTable = {
    VIEW_AUDIENCES: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    MANAGE_AUDIENCES: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
}
