"""The pictures of questions: kept once by their content, and served under their own address."""

import hashlib
from io import BytesIO
from typing import IO
from uuid import UUID

from flask_babel import gettext as _

from lms.kernel import files
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.svg import MEDIA_TYPE, clean_svg
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import QuestionPictureRow
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId

PICTURE_BYTES = 10 << 20
DRAWING = "svg"

PICTURE_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    DRAWING: MEDIA_TYPE,
}


def add_picture(*, bank_id: BankId, filename: str, source: IO[bytes], actor: Actor) -> tuple[str, str]:
    """Keep a picture that an author brings for a question that is still to be saved.

    Returns the name by which a question refers to it, and where it is served. Invalid if it is no picture.
    """
    check_may_author(actor)
    if not _is_named_picture(filename):
        message = _("This is no picture that browsers show: PNG, JPEG, WebP, GIF, AVIF or SVG.")
        raise Invalid(message, fields={"picture": message})
    content = source.read(PICTURE_BYTES + 1)
    if not 0 < len(content) <= PICTURE_BYTES:
        message = _("A picture has at most 10 MB, and something in it.")
        raise Invalid(message, fields={"picture": message})
    if not is_picture(filename, content):
        message = _("This is no drawing in SVG.")
        raise Invalid(message, fields={"picture": message})
    queries.check_sees_bank(bank_id, actor)
    queries.lock_bank(bank_id)
    # Named by its content: two pictures of a question never share a name, whatever their files were called.
    name = f"{hashlib.sha256(content).hexdigest()[:12]}.{_extension(filename)}"
    return name, keep_picture(bank_id, name, content)


def keep_picture(bank_id: BankId, name: str, content: bytes) -> str:
    """Store a picture of a question, once however often it comes, and return where it is served.

    A drawing is kept without what could act in it; Invalid if it is none.
    """
    if _extension(name) == DRAWING:
        content = clean_svg(content)
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries.find_picture(bank_id, sha256)
    if known is None:
        stored = files.store(
            BytesIO(content),
            filename=name,
            media_type=PICTURE_TYPES[_extension(name)],
            purpose="question-picture",
            limit_bytes=PICTURE_BYTES,
        )
        known = stored.id
        db.session.add(QuestionPictureRow(file_id=known, bank_id=bank_id, sha256=sha256))
        db.session.flush()
    return queries.picture_url(known)


def read_picture(url: str) -> bytes:
    """Return the bytes of a question's picture, by where it is served."""
    return files.read(queries.get_picture(UUID(url.rpartition("/")[2])).sha256)


def is_picture(name: str, content: bytes) -> bool:
    """Return whether a file is a picture that pages show, by how its name ends; a drawing by what it says too."""
    if _extension(name) != DRAWING:
        return _is_named_picture(name)
    try:
        clean_svg(content)
    except Invalid:
        return False
    return True


def _is_named_picture(name: str) -> bool:
    return _extension(name) in PICTURE_TYPES


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def check_may_author(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may change questions and quizzes."""
    if not actor.may(AUTHOR_QUESTIONS):
        raise Forbidden
