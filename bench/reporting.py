"""Figures of reports, on the data set of `bench.learnt`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from sqlalchemy import Engine

from bench import meant
from bench.figures import Figure
from bench.learnt import Built, Opened
from bench.learnt.courses import COURSES
from bench.requests import Environ, answer, cookie_of, cpu_ms, get, most_queries
from lms.app.portal import Portal

TEAM_CPU_MS, EVERYONE_CPU_MS, COURSE_CPU_MS, EXPORT_MB = 20, 60, 50, 250
EXPORTED = 1_000_000


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of reports; `suffix` names the database where it is not SQLite."""
    end = f"{meant.PEOPLE}x{COURSES}{suffix}"
    yield Figure(f"reports.team.cpu_ms.{end}", "ms", TEAM_CPU_MS)
    yield Figure(f"reports.team.queries.{end}", "queries")
    for who in ("everybodys", "ordinary", "region", "partner"):
        yield Figure(f"reports.course.cpu_ms.{who}.{end}", "ms", COURSE_CPU_MS)
    yield Figure(f"reports.course.queries.{end}", "queries")
    yield Figure(f"reports.courses.cpu_ms.{end}", "ms")
    yield Figure(f"reports.learners.cpu_ms.{end}", "ms")
    yield Figure(f"reports.feedback.cpu_ms.{end}", "ms")
    yield Figure(f"reports.everyone.cpu_ms.{end}", "ms", EVERYONE_CPU_MS)
    yield Figure(f"reports.count_anew_s.{end}", "s")
    yield Figure(f"reports.export_{EXPORTED}.peak_mb{suffix}", "MB", EXPORT_MB)
    yield Figure(f"reports.export_{EXPORTED}.s{suffix}", "s")


def take(portal: Portal, engine: Engine, built: Built) -> dict[str, float]:
    """Return what pages cost, the size written as %."""

    def asked(who: str, path: str) -> Environ:
        return get(path, cookie_of(portal, built.tokens[who]))

    everybodys, ordinary = (f"/reports/courses/{one}" for one in (built.everybodys, built.ordinary))
    pages = {
        "team": asked("partner", "/team/progress"),
        "course.everybodys": asked("trainer", everybodys),
        "course.ordinary": asked("trainer", ordinary),
        "course.region": asked("region", everybodys),
        "course.partner": asked("partner", everybodys),
        "courses": asked("trainer", "/reports/courses"),
        "learners": asked("trainer", f"{everybodys}/people"),
        "feedback": asked("trainer", f"{everybodys}/feedback?rating=1&comments=yes"),
        "everyone": asked("trainer", "/team/progress"),
    }
    found = {"reports.count_anew_s.%": built.count_s}
    for name, one in pages.items():
        work = partial(answer, portal, one)
        head, _dot, who = name.partition(".")
        found[f"reports.{head}.cpu_ms.{who + '.' if who else ''}%"] = cpu_ms(work)
        if name in {"team", "course.everybodys"}:
            found[f"reports.{head}.queries.%"] = most_queries(engine, [work])
    return found


def export(data: Opened) -> dict[str, float]:
    """Return what a process of its own needs at most, and how long, to hand out a million rows."""
    began = time.perf_counter()
    said = subprocess.run(
        [
            *(sys.executable, "-m", "bench.exported"),
            *(str(data.folder), data.url, data.built.tokens["trainer"], str(EXPORTED)),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    ).stdout
    spent = time.perf_counter() - began
    return {f"export_{EXPORTED}.peak_mb": float(said), f"export_{EXPORTED}.s": spent}
