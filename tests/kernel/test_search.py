"""Search: finds what a reader may see, in any script, on both databases, and nothing else."""

import pytest

from lms.kernel import search
from lms.kernel.db import new_id
from lms.kernel.search import Entry
from lms.kernel.uow import unit_of_work


@pytest.fixture
def library(app):
    ids = {name: new_id() for name in ("cold", "kaelte", "secret", "arabic")}
    with unit_of_work():
        for name, title, body, readers in (
            ("cold", "Refrigeration Control Essentials", "Sizing a cold-store loop", {"everyone"}),
            ("kaelte", "Kälteanlagen in der Praxis", "Inbetriebnahme Schritt für Schritt", {"everyone"}),
            ("secret", "Portside Cold Storage", "A deal of Brixham", {"organisation:brixham"}),
            ("arabic", "أساسيات التبريد", "التحكم في غرف التبريد", {"everyone"}),
        ):
            search.put(Entry("paper", ids[name], title, "detail", body, f"/{name}", frozenset(readers)))
    return ids


def _find(words, readers=("everyone",), **options):
    with unit_of_work(read_only=True):
        return [hit.url for hit in search.find(words, readers=readers, **options)]


@pytest.mark.parametrize(
    "words, found",
    [
        ("refrig", ["/cold"]),
        ("CONTROL essen", ["/cold"]),
        ("kalteanlagen", ["/kaelte"]),
        ("Kälte", ["/kaelte"]),
        ("التبريد", ["/arabic"]),
        ("sizing refrigeration", ["/cold"]),
        ("refrigeration kälte", []),
        ("", []),
        ('" OR title:x* NEAR(', []),
        ("cold & !store | :*", ["/cold"]),
    ],
)
def test_words_find_what_begins_with_all_of_them(library, words, found):
    assert _find(words) == found


def test_a_reader_never_finds_what_is_not_theirs(library):
    assert _find("portside") == []
    assert _find("portside", ("organisation:northway",)) == []
    assert _find("portside", ("everyone", "organisation:brixham")) == ["/secret"]


def test_a_title_counts_more_than_a_text(library):
    assert _find("cold", ("everyone", "organisation:brixham"))[0] == "/secret"


def test_what_changes_is_found_by_its_new_words_and_what_is_removed_not_at_all(library):
    with unit_of_work():
        search.put(Entry("paper", library["cold"], "Heat pumps", "", "", "/cold", frozenset({"everyone"})))
        search.remove("paper", library["kaelte"])
    assert _find("refrigeration") == []
    assert _find("heat") == ["/cold"]
    assert _find("praxis") == []


def test_a_kind_narrows_what_is_found(library):
    assert _find("refrigeration", kinds=("deal",)) == []
