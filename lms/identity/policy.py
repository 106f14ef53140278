"""Which roles may do what with people and organisations."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_PEOPLE = Permission("identity:view_people")
VIEW_TEAM = Permission("identity:view_team")
VIEW_EVERYONE = Permission("identity:view_everyone")
MANAGE_PEOPLE = Permission("identity:manage_people")
VIEW_IMPORTS = Permission("identity:view_imports")
GRANT_ROLES = Permission("identity:grant_roles")
VIEW_AUDIT = Permission("identity:view_audit")
VIEW_MAIL = Permission("identity:view_mail")
VIEW_SYSTEM = Permission("identity:view_system")
RETRY_WORK = Permission("identity:retry_work")
EXPORT_PERSON = Permission("identity:export_person")
RENAME_PERSON = Permission("identity:rename_person")
ERASE_PERSON = Permission("identity:erase_person")
MERGE_ACCOUNTS = Permission("identity:merge_accounts")

ALLOWED: PolicyTable = {
    VIEW_PEOPLE: frozenset(
        {Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
    ),
    VIEW_TEAM: frozenset({Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER}),
    VIEW_EVERYONE: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    MANAGE_PEOPLE: frozenset({Role.PARTNER_ADMIN, Role.ADMINISTRATOR}),
    VIEW_IMPORTS: frozenset({Role.PARTNER_ADMIN, Role.ADMINISTRATOR, Role.AUDITOR}),
    GRANT_ROLES: frozenset({Role.ADMINISTRATOR}),
    VIEW_AUDIT: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    VIEW_MAIL: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    VIEW_SYSTEM: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    RETRY_WORK: frozenset({Role.ADMINISTRATOR}),
    EXPORT_PERSON: frozenset({Role.ADMINISTRATOR}),
    RENAME_PERSON: frozenset({Role.ADMINISTRATOR}),
    ERASE_PERSON: frozenset({Role.ADMINISTRATOR}),
    MERGE_ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
}
