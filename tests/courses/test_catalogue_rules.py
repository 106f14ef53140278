"""The catalogue in memory agrees with a course by course look: facets and their counts, words, and what was meant."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.authoring.rules.shelving import Lesson, duration_of, format_of, passages_of, text_of
from lms.courses.learning.rules.highlighting import (
    best_passage,
    excerpt,
    hits_by_word,
    hits_in,
    marked,
    needles_of,
)
from lms.courses.learning.rules.inside import look_into
from lms.courses.learning.rules.searching import nearby, search
from lms.courses.learning.rules.shelf import Shelf, Shelved, counted, narrowed, places_in
from lms.courses.values import CourseId
from lms.kernel.folding import folded, terms_of, words_of
from lms.kernel.richtext import markdown_to_html
from lms.kernel.richtext.passages import blocks_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def course(number, title="Pumps", *, head="", body="", language="en", sees=(), **facets):
    return Shelved(
        course_id=CourseId(UUID(int=number)),
        number=number,
        title=title,
        language=language,
        minutes=30,
        published_at=NOW - timedelta(days=number),
        facets={key: [values] if isinstance(values, str) else list(values) for key, values in facets.items()},
        sees=list(sees),
        head=" ".join(words_of(head)),
        body=" ".join(words_of(body)),
    )


def shelf_of(*courses):
    return Shelf().with_(courses, 1)


def found(shelf, words, *, exact=False, seen=None):
    hit = search(shelf, terms_of(words, most=8), shelf.all if seen is None else seen, exact=exact)
    ordered = [place for _points, bits in hit.ranked(shelf.all) for place in sorted(places_in(bits))]
    return [shelf.places[place].course_id.int for place in ordered], list(hit.corrected)


VALUES = st.lists(st.sampled_from("abc"), unique=True, max_size=3)
COURSES = st.lists(
    st.tuples(VALUES, VALUES, st.lists(st.sampled_from(["x", "y"]), unique=True)), min_size=1, max_size=30
)


@given(COURSES, st.dictionaries(st.sampled_from(["brand", "level"]), VALUES, max_size=2), VALUES)
def test_every_count_is_what_a_look_at_each_course_gives(made, chosen, audiences):
    courses = [
        course(at, brand=brands, level=levels, sees=sees) for at, (brands, levels, sees) in enumerate(made, 1)
    ]
    shelf = shelf_of(*courses)
    seen = [one for one in courses if not one.sees or set(one.sees) & set(audiences)]
    bits = shelf.seen_by(audiences)

    def fits(one, without=""):
        return all(
            set(one.facets[key]) & set(values) for key, values in chosen.items() if values and key != without
        )

    assert {shelf.places[at].course_id for at in places_in(narrowed(shelf, bits, chosen))} == {
        one.course_id for one in seen if fits(one)
    }
    counts = counted(shelf, bits, chosen)
    for key in ("brand", "level"):
        for value in "abc":
            expected = sum(value in one.facets[key] and fits(one, without=key) for one in seen)
            assert counts.get(key, {}).get(value, 0) == expected


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["pump", "valve", "cold pump"]), st.sampled_from("ab")),
        max_size=20,
    )
)
def test_a_shelf_that_grew_by_changes_is_the_one_made_at_once(changes):
    latest, shelf = {}, Shelf()
    for number, title, brand in changes:
        latest[number] = course(number, title, brand=brand, sees=["x"] if brand == "b" else [])
        shelf = shelf.with_([latest[number]], len(latest))
    made = shelf_of(*(latest[one.course_id.int] for one in shelf.places))
    assert shelf.places == made.places
    for part in ("everybodys", "by_audience", "titles", "words", "forms"):
        assert getattr(shelf, part) == getattr(made, part)
    assert {
        key: {v: b for v, b in values.items() if b} for key, values in shelf.facets.items()
    } == made.facets


@given(st.lists(st.lists(st.sampled_from(["cold", "coldstore", "pump", "store"]), max_size=4), min_size=1))
def test_words_find_exactly_the_courses_that_have_them_all_the_last_as_it_begins(texts):
    shelf = shelf_of(*(course(at, "Title", body=" ".join(text)) for at, text in enumerate(texts, 1)))
    expected = {
        at
        for at, text in enumerate(texts, 1)
        if "pump" in text and any(word.startswith("cold") for word in text)
    }
    hits, _corrected = found(shelf, "pump cold", exact=True)
    assert set(hits) == expected


def test_a_title_counts_more_than_a_headline_and_that_more_than_a_text():
    shelf = shelf_of(
        course(1, "Safety", body="the valve"),
        course(2, "Safety", head="Valve sizing"),
        course(3, "Valves"),
        course(4, "The valve"),
    )
    assert found(shelf, "valve") == ([4, 3, 2, 1], [])


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("refrigaration", "refrigeration"),
        ("compresor", "compressor"),
        ("vlave", "valve"),
        ("kaltemitel", "kältemittel"),
        ("xalve", "valve"),
    ],
)
def test_a_slip_finds_what_was_meant_and_says_so(typed, meant):
    shelf = shelf_of(course(1, "Refrigeration compressor valve"), course(2, "Kältemittel", language="de"))
    hits, corrected = found(shelf, typed)
    assert hits
    assert [shelf.written(word) for word in corrected] == [meant]
    assert found(shelf, typed, exact=True) == ([], [])


@pytest.mark.parametrize("typed", ["cod", "400", "zebra", "valbes9"])
def test_short_words_numbers_and_what_nothing_is_close_to_are_left_alone(typed):
    assert found(shelf_of(course(1, "Cold valves 500")), typed) == ([], [])


def test_a_correction_never_uses_a_word_of_a_course_that_is_not_seen():
    shelf = shelf_of(course(1, "Zephyr", sees=["insiders"]), course(2, "Pumps"))
    assert found(shelf, "zephir", seen=shelf.seen_by(())) == ([], [])
    assert found(shelf, "zephir", seen=shelf.seen_by(["insiders"])) == ([1], ["zephyr"])


@pytest.mark.parametrize("typed", ["wärmepumpe", "Waermepumpe", "WARMEPUMPE", "pumpe", "wärme"])
def test_german_is_found_with_and_without_umlauts_and_within_compounds(typed):
    shelf = shelf_of(
        course(1, "Wärmepumpe im Bestand", language="de-AT"), course(2, "Trainingpumpe", language="en")
    )
    assert found(shelf, typed, exact=True)[0][:1] == [1]
    assert 2 not in found(shelf, typed, exact=True)[0]


@pytest.mark.parametrize("typed", ["kälte", "KALTE", "kaelte", "Kaelteanlage", "anlage"])
def test_however_umlauts_are_typed_the_same_is_found_and_marked_on_the_letters_that_stand_there(typed):
    title = "Die Ka\u0308lteanlage und die Kälteanlagen"
    shelf = shelf_of(course(1, title, language="de"), course(2, "Cold stores", body="Kälteanlage"))
    assert found(shelf, typed, exact=True)[0][:1] == [1]
    words = [one.word for one in search(shelf, terms_of(typed, most=8), shelf.all).words]
    parts = marked(title, needles_of(words, compounds=True))
    assert "".join(part.text for part in parts) == title
    marks = [part.text for part in parts if part.is_hit]
    assert marks[0] == "Ka\u0308lteanlage"
    assert all(mark in title for mark in marks)
    assert best_passage(" nichts \n die kalteanlage \n", words, within=True) == 1


@pytest.mark.parametrize("typed", ["neue", "Bauer", "Quelle"])
def test_a_u_and_an_e_that_are_no_umlaut_find_no_other_word(typed):
    shelf = shelf_of(course(1, "Neu im Bau: Qulle, Baur", language="de"))
    assert found(shelf, typed, exact=True)[0] == []


def test_the_passage_that_has_both_words_is_shown_however_their_umlauts_are_typed():
    passages = " die kalte \n ol und kalte \n olen "
    assert best_passage(passages, ["kaelte", "oel"], within=True) == 1
    assert best_passage(passages, ["oel"], within=True) == 1


def test_where_nothing_is_found_what_is_near_is_offered_with_how_much_it_finds():
    shelf = shelf_of(
        course(1, "Compressor oil"),
        course(2, "Compressor packs"),
        course(3, "Secret kompensator", sees=["x"]),
    )
    seen = shelf.seen_by(())
    assert found(shelf, "compressor zebra", exact=True, seen=seen) == ([], [])
    assert nearby(shelf, ("compressor", "zebra"), seen) == [(("compressor",), 2)]
    assert nearby(shelf, ("kombressar",), seen) == [(("compressor",), 2)], (
        "two letters wrong and one beside them"
    )
    assert nearby(shelf, ("oil", "packs"), seen) == [(("packs",), 1), (("oil",), 1)]
    assert nearby(shelf, ("kompensat",), seen) == [], "nobody learns of a course that is not theirs"
    assert nearby(shelf, ("zebra",), seen) == []


def test_english_words_are_not_found_within_others():
    assert found(shelf_of(course(1, "Training")), "rain", exact=True) == ([], [])


def test_a_long_course_is_no_riddle_to_who_types_one_letter():
    assert found(shelf_of(course(1, "Superheat"), course(2, "Valves")), "s") == ([1], [])


def test_hits_are_told_apart_and_nothing_of_the_text_is_lost():
    text = "Wärmepumpe <b> & Pumpe"
    parts = marked(text, needles_of(["pumpe"], compounds=True))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.is_hit] == ["Wärmepumpe", "Pumpe"]


def test_an_excerpt_shows_where_most_words_stand_and_ends_between_words():
    text = "Nothing here. " * 40 + "The relief valve opens at the set pressure of the valve. " + "More. " * 80
    parts = excerpt(text, needles_of(["pressure", "valve"], compounds=False))
    shown = "".join(part.text for part in parts)
    assert {part.text for part in parts if part.is_hit} == {"pressure", "valve"}
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 260
    assert all(word in text for word in shown.strip("… ").split())
    assert excerpt(text, needles_of(["absent"], compounds=False)) == ()


@given(st.text(max_size=60), st.text(min_size=1, max_size=8))
def test_marks_keep_every_letter_of_any_text(text, word):
    needles = needles_of(terms_of(word, most=8), compounds=True)
    assert "".join(part.text for part in marked(text, needles)) == text


@given(st.text(max_size=80))
def test_what_is_typed_is_found_as_it_is_indexed(text):
    for word in words_of(text):
        assert folded(word) == folded(folded(word))


HTML = markdown_to_html(
    "Before any heading.\n\n## The *relief* valve\n\nIt opens.\n\n- one\n- two\n\n### Set pressure\n\n"
    "Kept at **12** bar.\n\n| a | b |\n|---|---|\n| c | d |\n"
)


def test_a_text_comes_apart_into_blocks_under_their_headings():
    blocks = [(block.anchor, block.text) for block in blocks_of(HTML)]
    assert ("", "Before any heading.") in blocks
    under = {text: anchor for anchor, text in blocks}
    assert under["It opens."] == under["one"] == under["The relief valve"] != ""
    assert under["Kept at 12 bar."] not in {"", under["It opens."]}
    assert {"one", "two", "c", "d"} <= under.keys()


def test_passages_are_short_and_hold_every_word():
    html = markdown_to_html("\n\n".join(f"Sentence {n} says a little. It ends." for n in range(200)))
    passages = list(passages_of("Lesson", blocks_of(html)))
    assert max(len(passage.text) for passage in passages) < 600
    assert all(f" {n} " in "".join(passage.folded for passage in passages) for n in range(200))


def test_of_a_lesson_without_text_its_title_alone_is_kept():
    text = text_of("Sum", "", ["Goal"], [Lesson("Open", "page", "<p>word</p>"), Lesson("Locked", "page", "")])
    assert text.head == "goal locked open sum"
    assert text.body == "word"
    assert [passage.title for passage in text.passages] == ["Open"]


@pytest.mark.parametrize(
    "minutes, expected",
    [(1, "short"), (30, "short"), (31, "medium"), (60, "medium"), (120, "long"), (121, "longest")],
)
def test_a_duration_is_told_in_four_sizes(minutes, expected):
    assert duration_of(minutes) == expected


@pytest.mark.parametrize(
    "live, expected",
    [([], "self_paced"), ([False], "self_paced"), ([True], "live"), ([False, True], "blended")],
)
def test_a_format_follows_from_the_activities(live, expected):
    assert format_of(live) == expected


def test_a_lesson_is_found_by_words_in_its_title_and_text_together():
    needles = needles_of(["relief", "bar"], compounds=False)
    shown = look_into("Pressure", HTML, needles) or ()
    assert [passage.anchor != "" for passage in shown] == [True, True]
    (passage,) = look_into("Relief", "<p>At 12 bar</p>", needles) or ()
    assert passage.anchor == "main"
    assert look_into("Relief", "<p>No pressure</p>", needles) is None
    assert look_into("Relief bar", "", needles) == []


def test_a_passage_is_reached_by_its_first_words_with_signs_that_mean_something_there_escaped():
    html = "<p>See HC-400, the relief-valve, now at once or later</p>"
    (passage,) = look_into("T", html, needles_of(["hc"], compounds=False)) or ()
    assert passage.fragment == "HC%2D400%2C%20the%20relief%2Dvalve%2C%20now%20at%20once"


@given(
    st.text(st.sampled_from("aeouäöüßéAEÄ pumP-'_1\u0301"), max_size=60),
    st.lists(
        st.sampled_from(["pump", "aue", "ae", "a", "uepu", "ss", "1"]), min_size=1, max_size=3, unique=True
    ),
    st.booleans(),
)
def test_the_quick_way_to_find_hits_finds_what_a_look_at_every_word_finds(text, words, compounds):
    needles = needles_of(words, compounds=compounds)
    assert list(hits_in(text, needles)) == list(hits_by_word(text, needles))


@pytest.mark.parametrize(
    "words, within, expected",
    [
        (["valve"], False, 1),
        (["set", "valve"], False, 2),
        (["valv"], False, 1),
        (["valv", "set"], False, 2),
        (["pressure"], False, None),
        (["alve"], True, 1),
        (["alve"], False, None),
    ],
)
def test_the_passage_with_most_words_is_shown_the_first_of_equals(words, within, expected):
    passages = " nothing here \n the valve and a valve \n set the valve \n the valve "
    assert best_passage(passages, words, within=within) == expected
