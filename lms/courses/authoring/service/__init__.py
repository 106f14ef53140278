"""Every write of authoring, by the author's verb."""

from lms.courses.authoring.service.access import set_access
from lms.courses.authoring.service.activities import (
    MEDIA_BYTES,
    add_activity,
    add_media,
    edit_activity,
    move_activity,
    preview,
    remove_activity,
    reorder,
    set_activity_config,
)
from lms.courses.authoring.service.drafts import (
    add_section,
    create_course,
    edit_facts,
    edit_intro,
    move_section,
    remove_section,
    rename_section,
)
from lms.courses.authoring.service.exports import export_course, zip_chunks
from lms.courses.authoring.service.files import make_sizes, measure_film, remove_file
from lms.courses.authoring.service.imports import import_course, lay_files, plan_import, sentence_of
from lms.courses.authoring.service.printing import ask_print, find_print, make_print
from lms.courses.authoring.service.publishing import discard_draft, list_problems, publish, restore
from lms.courses.authoring.service.reviews import ask_review, decide_review, list_eligible, require_review
from lms.courses.authoring.service.shelving import shelve_again, shelve_missing
from lms.courses.authoring.service.uploads import (
    UPLOAD_BYTES,
    begin_import,
    confirm_import,
    lay_import,
    open_archive,
    plan_upload,
)

__all__ = [
    "MEDIA_BYTES",
    "UPLOAD_BYTES",
    "add_activity",
    "add_media",
    "add_section",
    "ask_print",
    "ask_review",
    "begin_import",
    "confirm_import",
    "create_course",
    "decide_review",
    "discard_draft",
    "edit_activity",
    "edit_facts",
    "edit_intro",
    "export_course",
    "find_print",
    "import_course",
    "lay_files",
    "lay_import",
    "list_eligible",
    "list_problems",
    "make_print",
    "make_sizes",
    "measure_film",
    "move_activity",
    "move_section",
    "open_archive",
    "plan_import",
    "plan_upload",
    "preview",
    "publish",
    "remove_activity",
    "remove_file",
    "remove_section",
    "rename_section",
    "reorder",
    "require_review",
    "restore",
    "sentence_of",
    "set_access",
    "set_activity_config",
    "shelve_again",
    "shelve_missing",
    "zip_chunks",
]
