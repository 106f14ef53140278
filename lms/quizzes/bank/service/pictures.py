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
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import QuestionPictureRow
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId

PICTURE_BYTES = 10 << 20


PICTURE_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}


def add_picture(*, bank_id: BankId, filename: str, source: IO[bytes], actor: Actor) -> tuple[str, str]:
    """Keep a picture that an author brings for a question that is still to be saved.

    Returns the name by which a question refers to it, and where it is served. Invalid if it is no picture.
    """
    check_may_author(actor)
    if not is_picture(filename):
        message = _("This is no picture that browsers show: PNG, JPEG, WebP, GIF or AVIF.")
        raise Invalid(message, fields={"picture": message})
    content = source.read(PICTURE_BYTES + 1)
    if not 0 < len(content) <= PICTURE_BYTES:
        message = _("A picture has at most 10 MB, and something in it.")
        raise Invalid(message, fields={"picture": message})
    queries.check_sees_bank(bank_id, actor)
    queries.lock_bank(bank_id)
    # Named by its content: two pictures of a question never share a name, whatever their files were called.
    name = f"{hashlib.sha256(content).hexdigest()[:12]}.{_extension(filename)}"
    return name, keep_picture(bank_id, name, content)


def keep_picture(bank_id: BankId, name: str, content: bytes) -> str:
    """Store a picture of a question, once however often it comes, and return where it is served."""
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


def is_picture(name: str) -> bool:
    """Return whether a file is a picture that pages show, by how its name ends."""
    return _extension(name) in PICTURE_TYPES


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def check_may_author(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may change questions and quizzes."""
    if not actor.may(AUTHOR_QUESTIONS):
        raise Forbidden
