"""The pages of audiences."""

from lms.audiences.views.pages import blueprint

__all__ = ["blueprint"]
