"""Which roles may do what with packages."""

from lms.kernel.actor import Permission, PolicyTable, Role

VIEW_PACKAGES = Permission("packages:view")
ADD_PACKAGES = Permission("packages:add")
PLAY = Permission("packages:play")
WAIVE = Permission("packages:waive")
EXPORT_COURSES = Permission("packages:export")

ALLOWED: PolicyTable = {
    VIEW_PACKAGES: frozenset({Role.TRAINER, Role.ADMINISTRATOR, Role.AUDITOR}),
    ADD_PACKAGES: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    PLAY: frozenset({Role.LEARNER}),
    WAIVE: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    EXPORT_COURSES: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
}
