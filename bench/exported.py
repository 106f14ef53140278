"""A process that does nothing but hand out a table, and says in megabytes what it needed at most for it.

`python -m bench.exported FOLDER DATABASE_URL TOKEN ROWS`
"""

import io
import sys
from pathlib import Path
from typing import Any

from bench.data import settings_of
from bench.requests import cookie_of, get
from bench.world import NOW
from lms.app.factory import create_app
from lms.kernel import clock


def main(folder: str, url: str, token: str, rows: str) -> None:
    """Read so many rows of everybody's records as a browser would, keeping none."""
    clock.set_source(lambda: NOW)
    portal = create_app(settings_of(Path(folder), url))
    asked = {
        **get("/team/progress/records.csv", cookie_of(portal, token)),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    said: list[str] = []

    def start_response(status: str, _headers: Any, *_rest: Any) -> Any:
        said.append(status)

    left = int(rows)
    chunks: Any = portal(asked, start_response)
    for chunk in chunks:
        left -= chunk.count(b"\n")
        if left <= 0:
            break
    chunks.close()
    if left > 0 or not said[0].startswith("200"):
        raise AssertionError(f"{said}: {left} rows are missing")
    # Not ru_maxrss: that begins with the memory of whoever started the process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1e3)


if __name__ == "__main__":
    main(*sys.argv[1:])
