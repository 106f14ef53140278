"""Designs as values: what can be read, what fits, and which design a certificate gets."""

from itertools import combinations
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.documents.rules import colours
from lms.certificates.documents.rules.designs import STARTS, changes, faults_of, filled, pick
from lms.certificates.documents.rules.fitting import POINT_MM, Sizes, count_lines, fit
from lms.certificates.documents.rules.placing import Faces
from lms.certificates.documents.rules.samples import NAMES
from lms.certificates.documents.rules.sheets import set_sheet
from lms.certificates.documents.values.designs import (
    Backdrop,
    Base,
    Candidate,
    DesignVersionId,
    Field,
    Orientation,
    Paper,
    Picture,
    Said,
    Signature,
    Signer,
)
from lms.identity.values import BrandId

COLD, AIR = BrandId(UUID(int=1)), BrandId(UUID(int=2))


def measured(text):
    return sum(0.3 if one == " " else 1.0 if ord(one) > 0x2E80 else 0.55 for one in text)


FACES = Faces(measured, measured, measured, measured)
words = st.text(st.sampled_from("abcdeWMil éŵ漢字ក្រ नि "), max_size=300)
short = st.text(st.sampled_from("abcde W漢"), max_size=80)


def overlap(one, other):
    return (
        min(one.x + one.width, other.x + other.width) - max(one.x, other.x) > 0.05
        and min(one.y + one.height, other.y + other.height) - max(one.y, other.y) > 0.05
    )


@settings(max_examples=30)
@given(
    base=st.sampled_from(Base),
    orientation=st.sampled_from(Orientation),
    paper=st.sampled_from(Paper),
    name=words.filter(str.strip),
    title=short.filter(str.strip),
    texts=st.tuples(short, short, words, short),
    facts=st.lists(st.tuples(short, words), max_size=6),
    signers=st.lists(st.tuples(short.filter(str.strip), short, st.none() | st.floats(0.06, 19)), max_size=3),
    logo=st.none() | st.floats(0.06, 19),
    turned=st.booleans(),
)
def test_whatever_is_said_every_text_and_picture_is_on_the_sheet_and_none_lies_on_another(
    *, base, orientation, paper, name, title, texts, facts, signers, logo, turned
):
    said = Said(
        intro=texts[0],
        name=name,
        holding=texts[1],
        title=title,
        body=texts[2],
        foot=texts[3],
        facts=facts,
        number=("Certificate", "GH-0000-0000-0000-0000"),
        check="Its page says whether it is still valid, and every line of it:",
        address="partners.of-a-rather-long-name.example/verify/GH-0000-0000-0000-0000",
        wordmark="Halden Cold",
        logo_aspect=logo,
        signers=[Signer(name=a, title=b, aspect=c) for a, b, c in signers],
    )
    layout = msgspec.structs.replace(STARTS[base], orientation=orientation, paper=paper)
    sheet = set_sheet(layout, said, FACES, is_from_right=turned)
    placed = [box for box in sheet.boxes if not box.shape or box.shape == "hairline"]
    for box in sheet.boxes:
        assert -0.01 <= box.x <= box.x + box.width <= sheet.width + 0.01
        assert -0.01 <= box.y <= box.y + box.height <= sheet.height + 0.01
    for one, other in combinations(placed, 2):
        assert not overlap(one, other), (one, other)
    for box in placed:
        if box.text:
            lines = count_lines(box.text, box.width / box.size / POINT_MM, measured)
            assert lines * box.size * box.leading * POINT_MM <= box.height + 0.01
    assert any(box.text == name for box in sheet.boxes), "the name stands whole"
    assert any(box.text == title and box.tag == "h1" for box in sheet.boxes)


@pytest.mark.parametrize(
    "text, size, lines",
    [
        ("Amara Osei", 34, 1),
        ("Amara Konstantina Osei-Mensah of Kumasi", 22.5, 1),
        ("Amara Konstantina Osei-Mensah of Kumasi and Accra-by-the-Sea, Ghana", 22, 2),
        ("x" * 300, 13.5, 5),
    ],
)
def test_a_text_shrinks_to_its_least_on_one_line_then_wraps_then_shrinks_to_its_least(text, size, lines):
    fitted = fit(text, 170, 32, Sizes(34, 22, 8), measured, 1.25)
    assert (fitted.size, fitted.lines) == (size, lines)
    assert fitted.text == text


def test_what_does_not_fit_at_the_least_size_is_cut_with_an_ellipsis_and_fits():
    fitted = fit("fine print " * 100, 40, 5, Sizes(8, 7, 6), measured, 1.3)
    assert fitted.text.endswith("…")
    assert fitted.height <= 5


def test_black_on_white_is_read_best_and_a_pale_ink_not_at_all():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert colours.contrast("#777777", "#ffffff") < colours.READABLE


@given(st.sampled_from(["ink", "accent", "sheet"]), st.text(max_size=8))
def test_nothing_but_six_digits_is_a_colour(part, typed):
    layout = msgspec.structs.replace(STARTS[Base.PLATE], **{part: typed})
    is_colour = len(typed) == 7 and typed[0] == "#" and all(one in "0123456789abcdef" for one in typed[1:])
    assert is_colour or part in faults_of(layout)


def faulty(**parts):
    return list(faults_of(msgspec.structs.replace(STARTS[Base.CHARTER], **parts)))


@pytest.mark.parametrize(
    "parts, field",
    [
        ({"ink": "#cccccc"}, "ink"),
        ({"accent": "#e0c060"}, "accent"),
        ({"sheet": "#26211c"}, "ink"),
        ({"accent": "red;} body {display:none"}, "accent"),
        ({"backdrop": Backdrop.PICTURE}, "background"),
        (
            {"backdrop": Backdrop.PICTURE, "faded": 30, "ink": "#6a6560", "background": Picture("a", "b", 1, 1)},
            "ink",
        ),
        ({"faded": 31}, "faded"),
        ({"body": "{salary}"}, "body"),
        ({"body": "{name"}, "body"),
        ({"body": "{{ config }}"}, "body"),
        ({"body": "x" * 201}, "body"),
        ({"foot": "{name}{name}"}, "foot"),
        ({"foot": "{name}{level}{score}{hours}"}, "foot"),
        ({"facts": tuple(Field)[:7]}, "facts"),
        ({"signatures": (Signature("A", "B"),) * 4}, "signatures"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_read_or_kept_names_the_field(parts, field):
    assert field in faulty(**parts)


def test_both_of_our_designs_are_in_order():
    assert [faults_of(one) for one in STARTS.values()] == [{}, {}]


def test_a_text_whose_field_has_nothing_to_say_is_left_out_and_a_long_field_is_cut_in_it():
    values = {Field.NAME: "x" * 300, Field.SCORE: ""}
    assert filled("With {score} by {name}", values) == ""
    assert filled("By {name}.", values) == "By " + "x" * 59 + "…."
    assert filled("Plain", values) == "Plain"


def at(number, brand, language):
    return Candidate(version_id=DesignVersionId(UUID(int=number)), brand_id=brand, language=language)


EVERY = [
    at(4, None, None),
    at(3, None, "pt"),
    at(2, COLD, None),
    at(1, COLD, "pt"),
    at(5, AIR, "pt"),
    at(6, COLD, "de"),
]


def test_brand_and_language_fall_back_in_the_order_that_is_written_down():
    left = list(EVERY)
    order = []
    while (found := pick(left, brand_id=COLD, locale="pt-BR")) is not None:
        order.append(found.version_id.int)
        left.remove(found)
    assert order == [1, 2, 3, 4]
    nearer = at(7, COLD, "pt-BR")
    assert pick([*EVERY, nearer], brand_id=COLD, locale="pt-BR") == nearer


def test_a_version_says_what_it_changed():
    before = STARTS[Base.CHARTER]
    after = msgspec.structs.replace(before, accent="#123f5c", signatures=(Signature("Petra", ""),))
    assert [one.part for one in changes(before, after)] == ["accent", "signatures"]
    assert changes(after, after) == []


def test_the_awkward_names_are_what_they_say():
    assert 295 <= max(map(len, NAMES.values())) <= 300
    assert any("\u202e" in name for name in NAMES.values())
    assert len(NAMES) == len(set(NAMES.values()))
