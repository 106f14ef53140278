"""How statements are kept small: deflate with a dictionary of what statements are made of, each on its own."""

import zlib
from typing import Final

from lms.lrs.formats.dictionary import FIRST

DICTIONARIES: Final = {1: FIRST}
NEWEST: Final = 1
_MARK: Final = bytes([NEWEST])


# Statements and the dictionary are short: a small window and small tables are set up in half the time of large ones.
_PRIMED: Final = zlib.compressobj(6, zlib.DEFLATED, -13, 6, zlib.Z_DEFAULT_STRATEGY, DICTIONARIES[NEWEST])


def pack(raw: bytes) -> bytes:
    """Return a statement, packed; its first byte says by which dictionary."""
    packer = _PRIMED.copy()
    return b"".join((_MARK, packer.compress(raw), packer.flush()))


def unpack(packed: bytes) -> bytes:
    """Return a statement as it came."""
    opener = zlib.decompressobj(-15, DICTIONARIES[packed[0]])
    return opener.decompress(packed[1:]) + opener.flush()
