"""Which roles may do what with questions and exams."""

from lms.kernel.actor import Actor, Permission, PolicyTable, Role

VIEW_QUESTIONS = Permission("quizzes:view_questions")
AUTHOR_QUESTIONS = Permission("quizzes:author")
TAKE_EXAMS = Permission("quizzes:take")
VIEW_SITTINGS = Permission("quizzes:view_sittings")
GIVE_EXTRA_TIME = Permission("quizzes:give_extra_time")
"""Nobody at a partner has either: why somebody needs more time is not for colleagues to read."""
SUPERVISE = Permission("quizzes:supervise")
"""Watch over people who sit an exam: hand an attempt over to another device, let them begin."""
VIEW_RESULTS = Permission("quizzes:view_results")
"""Read anybody's results, with every answer: evidence, not teaching."""

REMARK = Permission("quizzes:remark")
"""Mark finished attempts anew, many at once, since a question was faulty."""
VIEW_REMARKS = Permission("quizzes:view_remarks")
"""Read what that did to whom."""

ALLOWED: PolicyTable = {
    VIEW_QUESTIONS: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    AUTHOR_QUESTIONS: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    VIEW_SITTINGS: frozenset({Role.TRAINER, Role.ADMINISTRATOR, Role.AUDITOR}),
    GIVE_EXTRA_TIME: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    SUPERVISE: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    TAKE_EXAMS: frozenset({Role.LEARNER}),
    VIEW_RESULTS: frozenset({Role.AUDITOR}),
    REMARK: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    VIEW_REMARKS: frozenset({Role.TRAINER, Role.ADMINISTRATOR, Role.AUDITOR}),
}


def may_take(actor: Actor) -> bool:
    """Return whether `actor` takes exams: everyone with an account, but for auditors, who change nothing."""
    return actor.may(TAKE_EXAMS) and Role.AUDITOR not in actor.roles
