"""What every report asks of its address and of the clock."""

from flask import request

from lms.courses.reports.queries import AsOf
from lms.kernel import clock
from lms.web.context import oem_zone

EXPORT_SIZE = 500
"""How many rows of an export are read at once."""


def asked_words() -> str:
    """Return what is searched for."""
    return request.args.get("q", "").strip()[:200]


def as_of() -> AsOf:
    """Return this instant, and what day it is for the manufacturer."""
    now = clock.now()
    return AsOf(now, now.astimezone(oem_zone()).date())
