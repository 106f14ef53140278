"""Pictures, films and sounds of questions: where they are served, and whose they are."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile
from lms.quizzes.bank.models import QuestionPictureRow
from lms.quizzes.values import BankId

PICTURE_ADDRESS = re.compile(r"/learn/exams/pictures/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def find_picture(bank_id: BankId, sha256: str) -> UUID | None:
    """Return the file of a picture that a bank already has, or None."""
    return db.session.scalar(
        select(QuestionPictureRow.file_id).where(
            QuestionPictureRow.bank_id == bank_id, QuestionPictureRow.sha256 == sha256
        )
    )


def sum_picture_bytes(bank_id: BankId) -> int:
    """Return how many bytes the pictures, films and sounds of a bank have, those of earlier versions too."""
    return (
        db.session.scalar(
            select(func.sum(StoredFile.size_bytes))
            .join(QuestionPictureRow, QuestionPictureRow.file_id == StoredFile.id)
            .where(QuestionPictureRow.bank_id == bank_id)
        )
        or 0
    )


def pictures_among(bank_id: BankId, urls: Iterable[str]) -> frozenset[str]:
    """Return which of these addresses are those of pictures, films and sounds of a bank's questions."""
    ids = [UUID(one.rpartition("/")[2]) for one in urls if PICTURE_ADDRESS.fullmatch(one)]
    rows = db.session.scalars(
        select(QuestionPictureRow.file_id).where(
            QuestionPictureRow.bank_id == bank_id, QuestionPictureRow.file_id.in_(ids)
        )
    )
    return frozenset(map(picture_url, rows))


def picture_url(file_id: UUID) -> str:
    """Return where a picture of a question is served."""
    return f"/learn/exams/pictures/{file_id}"


def get_picture(file_id: UUID) -> StoredFile:
    """Return the file of a question's picture; NotFound if it is none."""
    row = db.session.scalars(
        select(StoredFile)
        .join(QuestionPictureRow, QuestionPictureRow.file_id == StoredFile.id)
        .where(StoredFile.id == file_id)
    ).first()
    if row is None:
        raise NotFound
    return row
