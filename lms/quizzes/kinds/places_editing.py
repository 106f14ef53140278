"""How authors write places on a picture: its fields, and a row for each place. Their form is quizzes/_picture.html."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, shown_number, text_fields
from lms.quizzes.kinds.places import Outline, PictureGrading, PlaceShape
from lms.quizzes.values import NO_TEXT, ZERO, Text
from lms.web.numbers import whole_number

BOX: Final = ("left", "top", "width", "height")
HUNDRED: Final = Decimal(100)
GROUP: Final = "place"

_Place = TypeVar("_Place", bound=Outline)


def blank_places(count: int = 2) -> Fields:
    """Return places that are still to be drawn."""
    return {f"{GROUP}-{row}-shape": PlaceShape.RECTANGLE.value for row in range(count)}


def picture_fields(picture: str, alt: str) -> Fields:
    """Return the fields of the picture."""
    return {"picture": picture, "alt": alt}


def outline_fields(row: int, place: Outline, feedback: Text = NO_TEXT) -> dict[str, str]:
    """Return the fields of a place, its numbers in hundredths."""
    name = f"{GROUP}-{row}"
    numbers = [shown_number(number * HUNDRED) for number in place.numbers]
    outline = (
        {f"{name}-points": " ".join(map(",".join, zip(numbers[::2], numbers[1::2], strict=True)))}
        if place.shape is PlaceShape.POLYGON
        else {f"{name}-{side}": number for side, number in zip(BOX, numbers, strict=True)}
    )
    return {
        f"{name}-key": place.key,
        f"{name}-shape": place.shape.value,
        f"{name}-label": place.label,
        **outline,
        **text_fields(f"{name}-feedback", feedback),
    }


def places_in(
    draft: Draft, build: Callable[[int, str, PlaceShape, tuple[Decimal, ...], str], _Place], *parts: str
) -> tuple[_Place, ...]:
    """Return the places of the rows that say anything; `build` makes one of its row, key, shape, numbers and name.

    `parts` are the fields of a row besides its outline that make it more than a spare one.
    """
    rows = draft.rows(GROUP, "label", "points", "feedback", *BOX, *parts)
    keys = draft.keys(GROUP, rows)
    made = [draft.part(f"{GROUP}-{row}-label", partial(_place, draft, row, keys[row], build)) for row in rows]
    if not draft.word("picture"):
        draft.refuse("picture", Message("Choose a picture."))
    if not draft.word("alt"):
        draft.refuse("alt", Message("Say what the picture shows, for who cannot see it."))
    if not rows:
        draft.refuse("places", Message("Draw the places on the picture."))
    return tuple(place for place in made if place is not None)


def grading_in(draft: Draft, blank: PictureGrading) -> PictureGrading:
    """Return how the question is graded."""
    return next((one for one in PictureGrading if one.value == draft.word("grading")), blank)


def count_in(draft: Draft, name: str, *, blank: int, least: int, most: int) -> int:
    """Return a whole number within limits."""
    number = whole_number(draft.word(name)) if draft.word(name) else blank
    if number is None or not least <= number <= most:
        draft.refuse(name, Message("Give a whole number from %(least)s to %(most)s.", least=least, most=most))
        return blank
    return number


def _place(
    draft: Draft,
    row: int,
    key: str,
    build: Callable[[int, str, PlaceShape, tuple[Decimal, ...], str], _Place],
) -> _Place:
    name = f"{GROUP}-{row}"
    shape = next(
        (one for one in PlaceShape if one.value == draft.word(f"{name}-shape")), PlaceShape.RECTANGLE
    )
    if shape is PlaceShape.POLYGON:
        numbers = _points(draft, f"{name}-points")
    else:
        numbers = tuple(draft.number(f"{name}-{side}", blank=ZERO) / HUNDRED for side in BOX)
    return build(row, key, shape, numbers, draft.word(f"{name}-label"))


def _points(draft: Draft, name: str) -> tuple[Decimal, ...]:
    """Return corners such as ``10,20 30.5,40``, as shares."""
    words = [word for corner in draft.word(name).split() for word in corner.split(",")]
    if not all(word.replace(".", "", 1).isascii() and word.replace(".", "", 1).isdigit() for word in words):
        draft.refuse(name, Message("Write the corners as pairs of numbers: 10,20 30,20 20,40."))
        return ()
    return tuple(Decimal(word) / HUNDRED for word in words)
