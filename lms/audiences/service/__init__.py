"""Every write of audiences: their rules, and who is in them as facts change."""

from lms.audiences.service.audiences import delete_audience, save_audience
from lms.audiences.service.filling import JOB, fill_next
from lms.audiences.service.locks import hold_everything as hold_memberships
from lms.audiences.service.membership import follow_people, forget_person

__all__ = [
    "JOB",
    "delete_audience",
    "fill_next",
    "follow_people",
    "forget_person",
    "hold_memberships",
    "save_audience",
]
