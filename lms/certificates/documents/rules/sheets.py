"""A certificate, set: where each word, picture and shape of it stands. Nothing overlaps, nothing leaves the sheet."""

from lms.certificates.documents.rules.charter import set_charter
from lms.certificates.documents.rules.placing import Faces, mirrored, page_of
from lms.certificates.documents.rules.plate import set_plate
from lms.certificates.documents.values.designs import Base, Layout, Said, Sheet


def set_sheet(layout: Layout, said: Said, faces: Faces, *, is_from_right: bool) -> Sheet:
    """Return the sheet of a certificate; `is_from_right` for languages that run from right to left."""
    width, height = page_of(layout.paper, layout.orientation)
    boxes = {Base.CHARTER: set_charter, Base.PLATE: set_plate}[layout.base](layout, said, faces)
    return Sheet(width=width, height=height, boxes=mirrored(boxes, width) if is_from_right else boxes)
