"""Identity's pages."""

from lms.identity.views import (
    account,
    imports,
    links,
    mail,
    merging,
    people,
    person,
    preferences,
    sign_in,
    system,
    trail,
)
from lms.identity.views.routes import blueprint

__all__ = [
    "account",
    "blueprint",
    "imports",
    "links",
    "mail",
    "merging",
    "people",
    "person",
    "preferences",
    "sign_in",
    "system",
    "trail",
]
