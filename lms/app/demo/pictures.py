"""The demo's practice on the drawing of a plant: questions that are answered on a picture, with hints."""

from collections.abc import Sequence
from typing import Final

import msgspec
import yaml

from lms.app.demo import practice
from lms.app.demo.practice import Practice
from lms.app.demo.stage import Stage
from lms.app.demo.world import HERE
from lms.courses.values import SectionKey
from lms.quizzes.values import Attachment

FILE: Final = HERE / "pictures.yaml"
DRAWN: Final = HERE / "drawings"


class OnPictures(Practice, frozen=True, forbid_unknown_fields=True):
    """A practice whose questions show these pictures, which lie in DRAWN."""

    pictures: Sequence[str]


def load() -> OnPictures:
    """Return what is practised; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), OnPictures, strict=False)


def attachments(told: OnPictures) -> tuple[Attachment, ...]:
    """Return the pictures."""
    return tuple(Attachment(name, (DRAWN / name).read_bytes()) for name in told.pictures)


def add(stage: Stage, told: OnPictures, section: SectionKey) -> None:
    """Write the practice, and add it to its course for who likes to."""
    practice.add(stage, told, section, attachments(told))
