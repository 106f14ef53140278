"""The door of badges inside certificates: making one, and asking what one is worth."""

from lms.certificates.badges.queries.checking import check_badge, looks_like_badge
from lms.certificates.badges.rules.saying import say_badge
from lms.certificates.badges.service.making import attach, make_badge, make_baked

__all__ = ["attach", "check_badge", "looks_like_badge", "make_badge", "make_baked", "say_badge"]
