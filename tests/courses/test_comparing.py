"""A trainer sees what differs between two versions: nothing that changed is missed, nothing else is shown."""

from hypothesis import given
from hypothesis import strategies as st

from lms.courses.authoring.rules.comparing import LEFT_OUT, compare, compare_texts, moved_keys, paragraphs_of
from lms.courses.authoring.values import (
    ActivitySnapshot,
    Mark,
    Piece,
    SectionSnapshot,
    VersionSnapshot,
)
from lms.courses.values import ActivityKey, SectionKey
from lms.kernel.db import new_id

PARTS, SITE = SectionKey(new_id()), SectionKey(new_id())
LOOP, CHART, FAULTS = (ActivityKey(new_id()) for _ in range(3))


def page(key, title="The loop", *, body="Four parts.", minutes=8, is_required=True, kind="page", config=None):
    return ActivitySnapshot(
        key=key,
        kind=kind,
        title=title,
        minutes=minutes,
        is_required=is_required,
        body=body,
        config=config or {},
    )


def version(*sections, number=1, intro="", objectives=()):
    return VersionSnapshot(
        number=number,
        intro=intro,
        objectives=objectives,
        sections=tuple(
            SectionSnapshot(key=key, title=title, activities=tuple(activities))
            for key, title, activities in sections
        ),
    )


def test_versions_that_say_the_same_have_no_difference():
    one = version(
        (PARTS, "The parts", [page(LOOP), page(CHART, "The chart")]), intro="Hello", objectives=("Read",)
    )
    assert compare(one, one).is_empty


def test_what_came_went_moved_and_changed_is_told_by_activity():
    old = version((PARTS, "The parts", [page(LOOP), page(CHART, "The chart")]))
    new = version(
        (PARTS, "Parts of a loop", [page(CHART, "The chart", minutes=12, is_required=False)]),
        (SITE, "On site", [page(FAULTS, "Faults", body="Look.\n\nThen act.")]),
    )
    found = compare(old, new)
    assert [(one.title, one.mark, one.title_before) for one in found.sections] == [
        ("Parts of a loop", Mark.CHANGED, "The parts"),
        ("On site", Mark.ADDED, None),
    ]
    chart, faults, loop = found.activities
    assert (chart.mark, chart.minutes, chart.is_required, chart.is_moved) == (
        Mark.CHANGED,
        (8, 12),
        False,
        False,
    )
    assert (faults.mark, faults.section_title) == (Mark.ADDED, "On site")
    assert faults.text == ((Piece(Mark.ADDED, "Look."),), (Piece(Mark.ADDED, "Then act."),))
    assert (loop.mark, loop.title) == (Mark.REMOVED, "The loop")


def test_who_stays_in_a_section_that_another_left_has_not_moved():
    old = version((PARTS, "The parts", [page(LOOP), page(CHART)]), (SITE, "On site", []))
    for into in ([LOOP], [FAULTS, LOOP]):
        new = version((PARTS, "The parts", [page(CHART)]), (SITE, "On site", [page(key) for key in into]))
        moved = [one.key for one in compare(old, new).activities if one.is_moved]
        assert moved == [LOOP]
    parted = version((SITE, "On site", []), (PARTS, "The parts", [page(LOOP), page(CHART)]))
    assert compare(old, parted).activities == (), "the section's move is told by the section"


def test_an_activity_in_another_section_has_moved_even_if_the_order_stands():
    old = version((PARTS, "A", [page(LOOP), page(CHART)]), (SITE, "B", []))
    new = version((PARTS, "A", [page(LOOP)]), (SITE, "B", [page(CHART)]))
    assert [(one.key, one.is_moved) for one in compare(old, new).activities] == [(CHART, True)]


def test_another_exam_behind_the_same_title_is_told():
    old = version((PARTS, "A", [page(LOOP, kind="quiz", config={"quiz_id": "a"})]))
    new = version((PARTS, "A", [page(LOOP, kind="quiz", config={"quiz_id": "b"})]))
    assert [one.is_set_up_anew for one in compare(old, new).activities] == [True]


def test_only_the_words_that_changed_are_marked_and_what_is_far_is_left_out():
    far = "\n\n".join(f"Paragraph number {at} stands." for at in range(6))
    old = f"{far}\n\nOpen the valve by two turns.\n\nThen wait."
    new = f"{far}\n\nOpen the valve by one turn.\n\nThen wait."
    assert compare_texts(old, new) == (
        LEFT_OUT,
        (Piece(Mark.SAME, "Paragraph number 5 stands."),),
        (
            Piece(Mark.SAME, "Open the valve by "),
            Piece(Mark.REMOVED, "two"),
            Piece(Mark.ADDED, "one"),
            Piece(Mark.SAME, " "),
            Piece(Mark.REMOVED, "turns"),
            Piece(Mark.ADDED, "turn"),
            Piece(Mark.SAME, "."),
        ),
        (Piece(Mark.SAME, "Then wait."),),
    )


def test_the_empty_lines_of_a_code_block_do_not_part_it():
    assert paragraphs_of("A\n\n```py\nx\n\ny\n```\n\nB") == ["A", "```py\nx\n\ny\n```", "B"]


TEXTS = st.lists(st.text("ab .\n`", max_size=20), max_size=6).map("\n\n".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_told_from_their_difference_where_nothing_is_left_out(old, new):
    shown = [one for one in compare_texts(old, new) if one]
    before = ["".join(piece.text for piece in one if piece.mark is not Mark.ADDED) for one in shown]
    after = ["".join(piece.text for piece in one if piece.mark is not Mark.REMOVED) for one in shown]
    if old != new:
        assert _in_order([one for one in before if one], paragraphs_of(old))
        assert _in_order([one for one in after if one], paragraphs_of(new))
        removed = [one for one in paragraphs_of(old) if one not in paragraphs_of(new)]
        assert set(removed) <= set(before)


def _in_order(some, every):
    rest = iter(every)
    return all(one in rest for one in some)


@given(st.permutations(range(7)))
def test_as_few_as_can_be_are_said_to_have_moved(order):
    moved = moved_keys(range(7), order)
    stays = [key for key in order if key not in moved]
    assert stays == sorted(stays)
    assert len(moved) <= 6
    one_moved = [*order[1:], order[0]]
    assert len(moved_keys(order, one_moved)) == 1
