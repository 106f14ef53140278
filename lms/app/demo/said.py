"""What people say in the demo of courses that they took."""

import msgspec


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody rated a course that they had completed, and perhaps what they said of it."""

    person: str
    course: str
    days_ago: int
    rating: int
    comment: str = ""
