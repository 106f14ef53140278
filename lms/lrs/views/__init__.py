"""The record store's addresses: xAPI's resources for programs, and pages for administrators and auditors."""

from lms.lrs.views import credentials, documents, knowledge, statements, viewer
from lms.lrs.views.routes import pages, programs

__all__ = ["credentials", "documents", "knowledge", "pages", "programs", "statements", "viewer"]
