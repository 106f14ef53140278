"""How long a film or a sound is, read from the file itself: what a player says of it is only believed without."""

from typing import BinaryIO, Final

from pymediainfo import MediaInfo

TIMED: Final = ("audio/", "video/")
LONGEST_MS: Final = 7 * 24 * 60 * 60 * 1000


def is_timed(media_type: str) -> bool:
    """Return whether files of this type have a length in time."""
    return media_type.startswith(TIMED)


def length_ms_of(source: BinaryIO) -> int:
    """Return the length of a film or sound in milliseconds; 0 where the file does not say."""
    found = MediaInfo.parse(source, parse_speed=0)
    if isinstance(found, str):  # only where a form of output is asked for
        return 0
    said = [track.duration for track in found.tracks if track.track_type in {"General", "Video", "Audio"}]
    lengths = [round(float(one)) for one in said if one is not None]
    return min(max(lengths, default=0), LONGEST_MS)
