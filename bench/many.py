"""Figures that want the 3 million completions: one data set, opened once, for those of them that are asked for."""

from collections.abc import Iterator
from pathlib import Path

from bench import catalogue, learnt, meant, reporting
from bench.figures import Figure, is_wanted
from bench.learnt.courses import COURSES
from lms.kernel.db import db


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of the data set; `suffix` names the database where it is not SQLite."""
    yield from catalogue.figures(suffix)
    yield from reporting.figures(suffix)


def measure(pattern: str | None, data_dir: Path, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""

    def wanted(some: Iterator[Figure]) -> list[str]:
        return [one.name for one in some if is_wanted(one.name, pattern)]

    learners, reports = wanted(catalogue.figures(suffix)), wanted(reporting.figures(suffix))
    found: dict[str, float] = {}
    if not (learners or reports):
        return found
    with learnt.opened(data_dir, database_url) as data:
        with data.portal.app_context():
            engine = db.engine
        if learners:
            found |= _named(catalogue.take(data.portal, engine, data.built), f"{COURSES}x{meant.PEOPLE}")
        if reports:
            found |= _named(reporting.take(data.portal, engine, data.built), f"{meant.PEOPLE}x{COURSES}")
        if any(".export_" in name for name in reports):
            found |= {f"reports.{name}": value for name, value in reporting.export(data).items()}
    return {f"{name}{suffix}": value for name, value in found.items()}


def _named(found: dict[str, float], size: str) -> dict[str, float]:
    return {name.replace("%", size): value for name, value in found.items()}
