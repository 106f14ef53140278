"""Which roles may do what with the record store."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_STATEMENTS = Permission("lrs:view")
MANAGE_CREDENTIALS = Permission("lrs:manage_credentials")
VIEW_CREDENTIALS = Permission("lrs:view_credentials")

ALLOWED: PolicyTable = {
    VIEW_STATEMENTS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    VIEW_CREDENTIALS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    MANAGE_CREDENTIALS: frozenset({Role.ADMINISTRATOR}),
}
