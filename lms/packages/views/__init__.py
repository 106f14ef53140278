"""The pages of packages: uploads and revisions for authors, the player for learners."""

from lms.packages.views import playing, reporting, revisions, uploading
from lms.packages.views.room import blueprint, programs

__all__ = ["blueprint", "playing", "programs", "reporting", "revisions", "uploading"]
