"""Which roles may do what with courses."""

from lms.kernel.actor import Actor, Permission, PolicyTable, Role

VIEW_COURSES = Permission("courses:view")
LEARN = Permission("courses:learn")
VIEW_AUTHORING = Permission("courses:view_authoring")
AUTHOR_COURSES = Permission("courses:author")
VIEW_ENROLMENTS = Permission("courses:view_enrolments")
ENROL_PEOPLE = Permission("courses:enrol")
VIEW_TEAM_SESSIONS = Permission("courses:view_team_sessions")
VIEW_LEARNING = Permission("courses:view_learning")
VIEW_MARKING = Permission("courses:view_marking")
MARK_WORK = Permission("courses:mark")
VIEW_TEAM_WORK = Permission("courses:view_team_work")
VIEW_TEAM_PATHS = Permission("courses:view_team_paths")

ALLOWED: PolicyTable = {
    VIEW_COURSES: frozenset({Role.LEARNER}),
    LEARN: frozenset({Role.LEARNER}),
    VIEW_AUTHORING: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    AUTHOR_COURSES: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    VIEW_ENROLMENTS: frozenset(
        {
            Role.PARTNER_ADMIN,
            Role.TRAINER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
        }
    ),
    ENROL_PEOPLE: frozenset({Role.PARTNER_ADMIN, Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}),
    VIEW_LEARNING: frozenset(
        {
            Role.PARTNER_ADMIN,
            Role.CHANNEL_MANAGER,
            Role.TRAINER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
        }
    ),
    VIEW_TEAM_SESSIONS: frozenset(
        {Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
    ),
    VIEW_MARKING: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    MARK_WORK: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    VIEW_TEAM_WORK: frozenset({Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    VIEW_TEAM_PATHS: frozenset({Role.PARTNER_ADMIN, Role.CHANNEL_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
}


def may_learn(actor: Actor) -> bool:
    """Return whether `actor` takes courses: everyone with an account, but for auditors, who change nothing."""
    return actor.may(LEARN) and Role.AUDITOR not in actor.roles
