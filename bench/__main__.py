"""Measure and tell: python -m bench [--only PATTERN]. Missed goals are told and are no error."""

import argparse
import json
import os
import sys
from pathlib import Path

from bench import (
    bundles,
    certifying,
    enrolling,
    exam_sittings,
    exam_starts,
    exam_statistics,
    many,
    meant,
    playing,
    portal,
    team_matrix,
    whole,
    working,
)
from bench.figures import Measured, is_wanted, rounded, table
from bench.statements import measuring as statements


def main() -> int:
    """Measure what is asked for, print it as a table and write it to bench.json in the data folder."""
    reading = argparse.ArgumentParser(prog="bench", description="Measure the figures that the issues name.")
    reading.add_argument(
        "--only", metavar="PATTERN", help="a part of a figure's name, or the whole with * and ?"
    )
    pattern: str | None = reading.parse_args().only
    data_dir = Path(os.environ.get("LMS_DATA_DIR") or "var").resolve()
    database_url = os.environ.get("LMS_DATABASE_URL") or None
    suffix = ".postgresql" if (database_url or "").startswith("postgres") else ""
    known = [
        *portal.figures(suffix),
        *meant.figures(suffix),
        *enrolling.figures(suffix),
        *exam_sittings.figures(suffix),
        *exam_starts.figures(suffix),
        *many.figures(suffix),
        *working.figures(suffix),
        *statements.figures(suffix),
        *playing.figures(suffix),
        *exam_statistics.figures(suffix),
        *certifying.figures(suffix),
        *bundles.figures(suffix),
        *team_matrix.figures(suffix),
        *whole.FIGURES,
    ]
    if not any(is_wanted(figure.name, pattern) for figure in known):
        print(f"no figure is called {pattern!r}; there are:\n" + "\n".join(f"  {one.name}" for one in known))
        return 2
    values = (
        portal.measure(pattern, data_dir, database_url, suffix)
        | meant.measure(pattern, database_url, suffix)
        | enrolling.measure(pattern, database_url, suffix)
        | exam_sittings.measure(pattern, database_url, suffix)
        | exam_starts.measure(pattern, database_url, suffix)
        | many.measure(pattern, data_dir, database_url, suffix)
        | working.measure(pattern, database_url, suffix)
        | statements.measure(pattern, database_url, suffix)
        | playing.measure(pattern, database_url, suffix)
        | exam_statistics.measure(pattern, database_url, suffix)
        | certifying.measure(pattern, database_url, suffix)
        | bundles.measure(pattern, database_url, suffix)
        | team_matrix.measure(pattern, database_url, suffix)
        | whole.measure(pattern)
    )
    measured = [
        Measured(figure, rounded(values[figure.name]))
        for figure in known
        if figure.name in values and is_wanted(figure.name, pattern)
    ]
    _tell(measured, data_dir / "bench.json")
    return 0


def _tell(measured: list[Measured], path: Path) -> None:
    print(table(measured))
    missed = [one.figure.name for one in measured if one.met is False]
    if missed:
        print(f"\nmissed: {', '.join(missed)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {one.figure.name: one.as_json() for one in measured}
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    sys.exit(main())
