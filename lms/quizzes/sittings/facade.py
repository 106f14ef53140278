"""What others in quizzes ask of sittings."""

from lms.quizzes.sittings import queries, service

find_extra = queries.find_extra
erase_person = service.erase_person
check_opening = service.check_opening
