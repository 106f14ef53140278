"""Figures of what learners look at, on the data set of `bench.learnt`: the catalogue, home and a lesson."""

import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final
from urllib.parse import quote_plus

from sqlalchemy import Engine

from bench import meant
from bench.figures import Figure
from bench.learnt import Built
from bench.learnt.courses import COURSES
from bench.requests import Environ, answer, cookie_of, cpu_ms, get, most_queries
from lms.app.portal import Portal
from lms.courses.learning.queries.shelves import KEPT, NUMBER, kept_at
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work

SEARCH_CPU_MS, PAGE_CPU_MS, PAGE_QUERIES = 10, 4, 5
ASKED: Final = {
    "search": ("cold store", "Verdichter", "superheat valve", "pressure", "the controller alar", "defrost"),
    "typo": ("refrigaration", "compresor valve", "supreheat", "Verdichtr"),
    "facets": ("pressure&level=advanced&level=foundation", "cold&language=de", "&language=en&level=advanced"),
    "open": ("", "&sort=newest", "&sort=title"),
}


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of what learners look at; `suffix` names the database where it is not SQLite."""
    end = f"{COURSES}x{meant.PEOPLE}{suffix}"
    for name in ASKED:
        yield Figure(f"catalogue.{name}.cpu_ms.{end}", "ms", SEARCH_CPU_MS)
        yield Figure(f"catalogue.{name}.queries.{end}", "queries")
    for name in ("home", "lesson"):
        yield Figure(f"learnt.{name}.cpu_ms.{end}", "ms", PAGE_CPU_MS)
        yield Figure(f"learnt.{name}.queries.{end}", "queries", PAGE_QUERIES)
    yield Figure(f"catalogue.first_s.{end}", "s")
    yield Figure(f"catalogue.kept_mb.{end}", "MB")


def take(portal: Portal, engine: Engine, built: Built) -> dict[str, float]:
    """Return what learners' pages cost, each asked for by readers in turn; the size is %.

    No context of the portal may be open here: all requests within one are its first reader's.
    """
    cookies = [cookie_of(portal, token) for token, _lesson in built.learners]
    found = {f"catalogue.{name}.%": value for name, value in _first(portal).items()}
    found |= _pages(portal, engine, "home", [get("/", cookie) for cookie in cookies])
    lessons = [get(path, cookie) for (_token, path), cookie in zip(built.learners, cookies, strict=True)]
    found |= _pages(portal, engine, "lesson", lessons)
    for name, asked in ASKED.items():
        paths = [f"q={one if one.startswith('&') else _quoted(one)}" for one in asked]
        visits = [
            _visit(query, cookie) for query, cookie in zip(itertools.cycle(paths), cookies, strict=False)
        ]
        turns = itertools.cycle(visits)
        works: list[Callable[[], object]] = [lambda one=one: answer(portal, one) for one in visits]  # type: ignore[misc]
        for work in works[: len(paths)]:
            work()
        found[f"catalogue.{name}.queries.%"] = most_queries(engine, works)
        found[f"catalogue.{name}.cpu_ms.%"] = cpu_ms(lambda turns=turns: answer(portal, next(turns)))  # type: ignore[misc]
    return found


def _pages(portal: Portal, engine: Engine, name: str, visits: Sequence[Environ]) -> dict[str, float]:
    turns = itertools.cycle(visits)
    works = [partial(answer, portal, one) for one in visits]
    works[0]()  # what is loaded at first use is not what a page asks
    return {
        f"learnt.{name}.queries.%": most_queries(engine, works),
        f"learnt.{name}.cpu_ms.%": cpu_ms(lambda: answer(portal, next(turns))),
    }


def _quoted(asked: str) -> str:
    words, sign, rest = asked.partition("&")
    return quote_plus(words) + sign + rest


def _visit(query: str, cookie: str) -> Environ:
    return {**get("/learn", cookie), "QUERY_STRING": query}


def _first(portal: Portal) -> dict[str, float]:
    """Return how long a process reads the catalogue for the first time, and how much of its memory it takes."""
    portal.extensions.pop(KEPT, None)
    began = time.perf_counter()
    _read(portal)
    seconds = time.perf_counter() - began
    portal.extensions.pop(KEPT, None)
    tracemalloc.start()
    _read(portal)
    kept, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"first_s": seconds, "kept_mb": kept / 1e6}


def _read(portal: Portal) -> None:
    with portal.app_context(), unit_of_work(read_only=True):
        _ = kept_at(db.session.scalar(NUMBER) or 0).shelf.letters
