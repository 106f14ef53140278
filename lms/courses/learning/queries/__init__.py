"""Every SELECT of learning."""

from lms.courses.learning.queries.acts import claim_act, count_lines, list_waiting
from lms.courses.learning.queries.catalogue import browse
from lms.courses.learning.queries.crowds import list_before, list_leavers, list_open, to_enrol
from lms.courses.learning.queries.deeds import best_scores, completions, list_deeds
from lms.courses.learning.queries.files import get_file, page_enrolled
from lms.courses.learning.queries.inside import find_inside
from lms.courses.learning.queries.moving import (
    activity_in,
    carried_states,
    count_affected,
    count_done,
    list_fulfilled,
    list_older,
)
from lms.courses.learning.queries.pages import (
    Launchable,
    activity_of,
    enrolment_of,
    find_launchable,
    find_lesson,
    find_preview,
    find_view,
    is_met,
    list_current,
    list_outline,
    visible_to,
)
from lms.courses.learning.queries.records import (
    Standing,
    Taken,
    enrolments_of,
    export_person,
    film_files,
    find_first_activity,
    find_open,
    find_published,
    find_taken,
    list_films,
    list_standing,
    progress,
)

__all__ = [
    "Launchable",
    "Standing",
    "Taken",
    "activity_in",
    "activity_of",
    "best_scores",
    "browse",
    "carried_states",
    "claim_act",
    "completions",
    "count_affected",
    "count_done",
    "count_lines",
    "enrolment_of",
    "enrolments_of",
    "export_person",
    "film_files",
    "find_first_activity",
    "find_inside",
    "find_launchable",
    "find_lesson",
    "find_open",
    "find_preview",
    "find_published",
    "find_taken",
    "find_view",
    "get_file",
    "is_met",
    "list_before",
    "list_current",
    "list_deeds",
    "list_films",
    "list_fulfilled",
    "list_leavers",
    "list_older",
    "list_open",
    "list_outline",
    "list_standing",
    "list_waiting",
    "page_enrolled",
    "progress",
    "to_enrol",
    "visible_to",
]
