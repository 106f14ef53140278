"""Which roles may do what with questions and exams."""

from lms.kernel.actor import Actor, Permission, PolicyTable, Role

VIEW_QUESTIONS = Permission("quizzes:view_questions")
AUTHOR_QUESTIONS = Permission("quizzes:author")
TAKE_EXAMS = Permission("quizzes:take")
VIEW_RESULTS = Permission("quizzes:view_results")
"""Read anybody's results, with every answer: evidence, not teaching."""

ALLOWED: PolicyTable = {
    VIEW_QUESTIONS: frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    AUTHOR_QUESTIONS: frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    TAKE_EXAMS: frozenset({Role.LEARNER}),
    VIEW_RESULTS: frozenset({Role.AUDITOR}),
}


def may_take(actor: Actor) -> bool:
    """Return whether `actor` takes exams: everyone with an account, but for auditors, who change nothing."""
    return actor.may(TAKE_EXAMS) and Role.AUDITOR not in actor.roles
