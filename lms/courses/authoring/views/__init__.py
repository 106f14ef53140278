"""Pages of who writes courses."""

from lms.courses.authoring.views import activities, courses, files, imports, reviews, sections, versions
from lms.courses.authoring.views.room import blueprint

__all__ = ["activities", "blueprint", "courses", "files", "imports", "reviews", "sections", "versions"]
