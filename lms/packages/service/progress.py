"""How far an upload's files are kept: told beside the database, whose transaction only begins when all of them are."""

import msgspec

from lms.kernel import files
from lms.packages.values import UploadId
from lms.packages.values.findings import Kept


def tell(upload_id: UploadId, done: int, of: int) -> None:
    """Say how many of an upload's files are kept."""
    files.keep_derived(_name(upload_id), msgspec.json.encode(Kept(done, of)))


def find(upload_id: UploadId) -> Kept:
    """Return how many are kept, none of none before it begins."""
    told = files.find_derived(_name(upload_id))
    return msgspec.json.decode(told, type=Kept) if told else Kept(0, 0)


def forget(upload_id: UploadId) -> None:
    """Forget it, once all are kept."""
    files.forget_derived(_name(upload_id))


def _name(upload_id: UploadId) -> str:
    return f"laying/{upload_id}"
