"""The pictures, films and sounds of questions: kept once by their content, and served under their own address."""

import hashlib
import re
from io import BytesIO
from typing import IO
from uuid import UUID

from flask_babel import gettext as _

from lms.kernel import files
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.films import begins_as_named, film_type
from lms.kernel.svg import MEDIA_TYPE, clean_svg
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import QuestionPictureRow
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId

PICTURE_BYTES = 10 << 20
DRAWING = "svg"
HEAD_BYTES = 64
NAME_CHARACTERS = 60
UNFIT = re.compile(r"[^\w.]+")

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
    content = _read(source, "picture")
    # Named by its content: two pictures of a question never share a name, whatever their files were called.
    name = f"{hashlib.sha256(content).hexdigest()[:12]}.{_extension(filename)}"
    return name, _add(bank_id, name, content, "picture", actor)


def add_media(*, bank_id: BankId, filename: str, source: IO[bytes], actor: Actor) -> tuple[str, str]:
    """Keep a picture, film, sound or captions that an author brings for the texts of a question still to be saved.

    Returns its name, made simple, and where it is served. Invalid for any other file.
    """
    check_may_author(actor)
    stem, dot, ending = filename.replace("\\", "/").rpartition("/")[2].rpartition(".")
    name = f"{UNFIT.sub('-', stem.lower()).strip('-')[:NAME_CHARACTERS] or 'file'}{dot}{ending.lower()}"
    if not _is_named_picture(name) and film_type(name) is None:
        message = _(
            "This is nothing that browsers show: take a picture (PNG, JPEG, WebP, GIF, AVIF, SVG), a film or sound "
            "(MP4, WebM, MP3, M4A, OGG, WAV) or captions (VTT)."
        )
        raise Invalid(message, fields={"media": message})
    return name, _add(bank_id, name, _read(source, "media"), "media", actor)


def _read(source: IO[bytes], field: str) -> bytes:
    content = source.read(PICTURE_BYTES + 1)
    if not 0 < len(content) <= PICTURE_BYTES:
        message = _("A file has at most 10 MB, and something in it.")
        raise Invalid(message, fields={field: message})
    return content


def _add(bank_id: BankId, name: str, content: bytes, field: str, actor: Actor) -> str:
    if not is_shown(name, content):
        is_drawing = _extension(name) == DRAWING
        message = _("This is no drawing in SVG.") if is_drawing else _("This file is not what its name says.")
        raise Invalid(message, fields={field: message})
    queries.check_sees_bank(bank_id, actor)
    queries.lock_bank(bank_id)
    return keep_picture(bank_id, name, content)


def keep_picture(bank_id: BankId, name: str, content: bytes) -> str:
    """Store a picture, film or sound of a question, once however often it comes, and return where it is served.

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
            media_type=PICTURE_TYPES.get(_extension(name)) or film_type(name) or "application/octet-stream",
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


def is_shown(name: str, content: bytes) -> bool:
    """Return whether pages show a file: a picture by its name, a drawing, film or sound by what is in it too."""
    if film_type(name) is not None:
        return begins_as_named(name, content[:HEAD_BYTES])
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
