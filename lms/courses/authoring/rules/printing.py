"""How a course is bound: in one volume, or in several where one would be too thick to be set at once."""

from collections.abc import Sequence
from dataclasses import replace

from lms.courses.authoring.values import PrintedSection

VOLUME_CHARACTERS = 100_000
"""How much markup is set at once: about 30 pages, which take some 50 MB to set."""
LESSON_CHARACTERS = 500
"""What a lesson takes beside its text: heading, entry in the contents."""


def bind(
    sections: Sequence[PrintedSection], most: int = VOLUME_CHARACTERS
) -> Sequence[Sequence[PrintedSection]]:
    """Return the sections of each volume, in order: all lessons once, a section that does not fit going on in the next.

    A volume has at most `most` characters, or one lesson. A section without lessons stays with what comes before it.
    """
    volumes: list[list[PrintedSection]] = [[]]
    filled = 0
    for section in sections:
        volumes[-1].append(replace(section, lessons=()))
        for lesson in section.lessons:
            length = len(lesson.html) + LESSON_CHARACTERS
            if filled and filled + length > most:
                if not volumes[-1][-1].lessons:
                    volumes[-1].pop()
                volumes.append([replace(section, lessons=())])
                filled = 0
            filled += length
            last = volumes[-1][-1]
            volumes[-1][-1] = replace(last, lessons=(*last.lessons, lesson))
    return volumes
