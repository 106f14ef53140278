"""Lists of states as bits: W3C Bitstring Status List v1.0 §3.3 and §3.4."""

import base64
import gzip
from collections.abc import Iterable
from typing import Final

BITS: Final = 1 << 17
"""131,072, the least that the standard allows: in a smaller list a place would point to a person."""
PACKING: Final = 9


def encode(places: Iterable[int]) -> str:
    """Return a list of `BITS` bits in which `places` are set, the first bit being the leftmost of the first byte."""
    bits = bytearray(BITS // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> (place % 8)
    # No time in the head, so that equal lists are equal texts.
    packed = gzip.compress(bytes(bits), PACKING, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def is_set(encoded: str, place: int) -> bool:
    """Return whether a place is set in a list as `encode` writes it."""
    packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    return bool(gzip.decompress(packed)[place // 8] & (0x80 >> (place % 8)))
