"""The pages of packages: uploads and revisions for authors, the player for learners."""

from lms.packages.views import exporting, playing, reporting, revisions, uploading
from lms.packages.views.room import blueprint, programs

__all__ = ["blueprint", "exporting", "playing", "programs", "reporting", "revisions", "uploading"]
