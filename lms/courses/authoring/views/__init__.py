"""Pages of who writes courses."""

from lms.courses.authoring.views import (
    access,
    activities,
    courses,
    files,
    imports,
    reviews,
    sections,
    versions,
)
from lms.courses.authoring.views.room import blueprint

__all__ = [
    "access",
    "activities",
    "blueprint",
    "courses",
    "files",
    "imports",
    "reviews",
    "sections",
    "versions",
]
