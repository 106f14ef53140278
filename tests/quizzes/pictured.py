"""Questions that are answered on a picture, drawn at random."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from lms.quizzes.kinds.hotspot import Hotspot, Place, PlaceGrading, PlaceShape
from lms.quizzes.kinds.picture_labels import Label, LabelPlace, PictureLabels
from lms.quizzes.kinds.picture_labels.values import ROOM_AT_MOST
from lms.quizzes.kinds.picture_order import OrderPlace, PictureOrder
from lms.quizzes.kinds.picture_pairs import Pair, PicturePairs
from lms.quizzes.kinds.picture_pairs.values import pair_key
from lms.quizzes.kinds.picture_points import Area, PicturePoints
from lms.quizzes.kinds.places import Outline, PictureGrading
from lms.quizzes.values import key_at

# Everything XML 1.0 can carry, and no carriage return (XML and GIFT both normalise line ends).
from tests.quizzes.drawn import FEEDBACK, NAMES, PERCENTS, texts


@st.composite
def places(draw: st.DrawFn, key: str, label: str) -> Place:
    shape = draw(st.sampled_from(PlaceShape))
    if shape is PlaceShape.POLYGON:
        corners = draw(st.integers(3, 6))
        numbers = draw(st.lists(PERCENTS, min_size=2 * corners, max_size=2 * corners))
    else:
        left, top = (draw(st.integers(0, 99)) for _side in range(2))
        size = [draw(st.integers(1, 100 - start)) for start in (left, top)]
        numbers = [Decimal(number) / 100 for number in (left, top, *size)]
    return Place(key, shape, tuple(numbers), label, draw(st.booleans()), draw(FEEDBACK))


@st.composite
def hotspots(draw: st.DrawFn) -> Hotspot:
    labels = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    drawn = [draw(places(key_at(at), label)) for at, label in enumerate(labels)]
    drawn[0] = replace(drawn[0], is_right=True)
    return Hotspot("plant.png", draw(NAMES), tuple(drawn), draw(st.sampled_from(PlaceGrading)))


@st.composite
def outlines(draw: st.DrawFn, least: int = 2, most: int = 5) -> tuple[Outline, ...]:
    """Places, each in a strip of its own, so that every one can be met."""
    labels = draw(st.lists(NAMES, min_size=least, max_size=most, unique=True))
    strip = 100 // len(labels)
    made = []
    for at, label in enumerate(labels):
        left, top = at * strip + draw(st.integers(0, 3)), draw(st.integers(0, 50))
        width, height = draw(st.integers(6, strip - 4)), draw(st.integers(5, 50))
        shape = draw(st.sampled_from(PlaceShape))
        sides = (left, top, width, height)
        corners = (left, top, left + width, top, left + width // 2, top + height)
        numbers = corners if shape is PlaceShape.POLYGON else sides
        made.append(Outline(key_at(at), shape, tuple(Decimal(one) / 100 for one in numbers), label))
    return tuple(draw(st.permutations(made)))


def of(one: Outline) -> tuple[str, PlaceShape, tuple[Decimal, ...], str]:
    """Return the outline of a place, for a place of another kind."""
    return one.key, one.shape, one.numbers, one.label


@st.composite
def picture_labels(draw: st.DrawFn) -> PictureLabels:
    words = draw(st.lists(texts(), min_size=2, max_size=5, unique_by=lambda text: text.source))
    labels = tuple(Label(key_at(at), text) for at, text in enumerate(words))
    keys, reuse = [label.key for label in labels], draw(st.booleans())
    left = list(draw(st.permutations(keys)))
    places = []
    for one in draw(outlines(1)):
        right = draw(st.lists(st.sampled_from(keys if reuse else left or [""]), max_size=3, unique=not reuse))
        right = [key for key in right if key]
        left = [key for key in left if key not in right]
        room = draw(st.integers(max(1, len(right)), min(ROOM_AT_MOST, len(right) + 2)))
        places.append(LabelPlace(*of(one), tuple(right), room, draw(FEEDBACK)))
    if not any(place.labels for place in places):
        places[0] = replace(places[0], labels=(keys[0],))
    grading = draw(st.sampled_from(PictureGrading))
    return PictureLabels("plant.png", draw(NAMES), tuple(places), labels, reuse, grading)


@st.composite
def picture_points(draw: st.DrawFn) -> PicturePoints:
    areas = tuple(Area(*of(one), draw(st.integers(1, 9)), draw(FEEDBACK)) for one in draw(outlines(1)))
    most, grading = draw(st.integers(1, 6)), draw(st.sampled_from(PictureGrading))
    return PicturePoints(
        "plant.png", draw(NAMES), areas, most, grading, draw(st.sampled_from(["", "plant.png"]))
    )


@st.composite
def picture_orders(draw: st.DrawFn) -> PictureOrder:
    drawn = draw(outlines())
    count = draw(st.integers(2, len(drawn)))
    numbers = draw(st.permutations([*range(1, count + 1), *[0] * (len(drawn) - count)]))
    places = tuple(
        OrderPlace(*of(one), number, draw(FEEDBACK)) for one, number in zip(drawn, numbers, strict=True)
    )
    grading = draw(st.sampled_from([PictureGrading.EACH, PictureGrading.ALL]))
    return PictureOrder("plant.png", draw(NAMES), places, grading)


@st.composite
def picture_pairs(draw: st.DrawFn) -> PicturePairs:
    drawn = draw(outlines())
    keys = [one.key for one in drawn]
    ends = st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)
    pairs = draw(st.lists(ends, min_size=1, max_size=4, unique_by=lambda pair: pair_key(*pair)))
    grading = draw(st.sampled_from(PictureGrading))
    least = len(pairs) if grading is PictureGrading.EACH else 0
    most = draw(st.sampled_from([least, len(pairs), len(pairs) + 1]))
    made = tuple(Pair(one, other, draw(FEEDBACK)) for one, other in pairs)
    return PicturePairs("plant.png", draw(NAMES), drawn, made, most, grading)
