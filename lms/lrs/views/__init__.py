"""The record store's addresses: xAPI's resources for programs, and pages for administrators and auditors."""

from lms.lrs.views import credentials, documents, knowledge, statements
from lms.lrs.views.routes import blueprint

__all__ = ["blueprint", "credentials", "documents", "knowledge", "statements"]
