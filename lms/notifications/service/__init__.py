"""Every write of notifications."""

from lms.notifications.service.choosing import choose, move_hours, stop_mail
from lms.notifications.service.rounds import write_next
from lms.notifications.service.telling import forget, mark_read, notify

__all__ = ["choose", "forget", "mark_read", "move_hours", "notify", "stop_mail", "write_next"]
