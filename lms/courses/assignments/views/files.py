"""Files that were handed in, served to whose they are and to who marks them; none can run a script."""

from urllib.parse import quote
from uuid import UUID

from flask.typing import ResponseReturnValue

from lms.courses.assignments import formats
from lms.courses.assignments.queries import handed
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.views.blueprint import blueprint
from lms.courses.policy import VIEW_COURSES
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.blobs import send_blob

HOUR_SECONDS = 3600
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@blueprint.get("/learn/handed/<uuid:handed_file_id>")
@requires(VIEW_COURSES)
def handed_file(handed_file_id: UUID) -> ResponseReturnValue:
    """Serve a file of a draft to its owner, one that was handed in also to who sees it in the marking queue."""
    found = handed.find_file(handed_file_id)
    if found is None:
        raise NotFound
    stored, owner, work_id = found
    is_own = owner == current().person_id
    if not is_own and (work_id is None or not queue.is_visible(work_id, current())):
        raise NotFound
    answer = send_blob(
        stored.sha256,
        size_bytes=stored.size_bytes,
        media_type=stored.media_type,
        max_age_seconds=HOUR_SECONDS,
    )
    # Browsers show a PDF in a viewer of their own, which does not start in a sandbox; it runs nothing of the page's.
    is_pdf = stored.media_type == formats.PDF
    answer.headers["Content-Security-Policy"] = POLICY if is_pdf else f"{POLICY}; sandbox"
    way = "inline" if formats.is_shown(stored.media_type) else "attachment"
    answer.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(stored.filename)}"
    return answer
