"""Who may: the merged table of permissions, and what an auditor holds."""

import re

from lms.app import wiring
from lms.kernel.actor import Role

# Verbs of permissions that change nothing; an auditor holds no other.
LOOKING = ("view", "read", "see", "list", "export")


def test_an_auditor_may_only_look() -> None:
    held = [permission for permission, roles in wiring.policy().items() if Role.AUDITOR in roles]
    changing = [name for name in held if not re.match(rf"[\w.]+:({'|'.join(LOOKING)})(_|$)", name)]
    assert held
    assert changing == []


def test_an_auditor_looks_at_all_that_anybody_looks_at_for_work() -> None:
    """Reads all: what a manager of any kind may view, an auditor may view."""
    managers = {Role.CHANNEL_MANAGER, Role.PROGRAMME_MANAGER, Role.TRAINER, Role.ADMINISTRATOR}
    hidden = {
        permission
        for permission, roles in wiring.policy().items()
        if re.match(r"[\w.]+:view(_|$)", permission) and roles & managers and Role.AUDITOR not in roles
    }
    assert hidden == {"identity:view_team"}, "a list of one's own team; an auditor has the list of everyone"


def test_every_permission_is_somebodys_and_has_the_name_of_its_feature() -> None:
    for permission, roles in wiring.policy().items():
        assert roles, permission
        assert re.fullmatch(r"[a-z_.]+:[a-z_]+", permission), permission
