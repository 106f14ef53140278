"""A web process that is killed (kill -9) at the very commit of a request, right before it or right after it.

It is the portal as it runs, in a process of its own that has one thread: that one forks for each request it is sent,
and the child answers it or dies over it. What the child had in hand is gone with it, as with any killed process.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lms.app import settings
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.kernel import clock, events, outbox, pdf
from lms.kernel.db import db
from tests.support.portal import ORIGIN, Visitor
from tests.support.processes import die_with_parent, plain_environment


class Death(StrEnum):
    """When a process dies over a request."""

    BEFORE = "before"
    """With everything written, and nothing committed."""
    AFTER = "after"
    """Once it is committed, before anybody is answered."""
    NEVER = "never"


class Mortal:
    """The portal on the database of a test, in processes that die when they are told to."""

    def __init__(self, portal: Portal, folder: str) -> None:
        """Start it."""
        with portal.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        given = {
            "LMS_DATA_DIR": folder,
            "LMS_DATABASE_URL": url,
            "LMS_REDIS_URL": "redis://127.0.0.1:1/0",
            "LMS_SECRET_KEY": portal.config["SECRET_KEY"],
            "LMS_LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.dying", json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=plain_environment(),
            text=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509  it asks the kernel, and nothing else
        )

    def send(
        self, visitor: Visitor, path: str, fields: Mapping[str, Any], *, death: Death = Death.NEVER
    ) -> int | None:
        """Post a form as a visitor; return the status of the answer, None when the process died over it."""
        token = visitor.token()
        cookie = visitor.client.get_cookie("guildhall", domain="localhost")
        assert cookie is not None
        order = {
            "path": path,
            "fields": [(name, str(one)) for name, given in fields.items() for one in _several(given)],
            "token": token,
            "cookie": cookie.value,
            "death": death,
        }
        return self._order(order, path, is_killed=death is not Death.NEVER)

    def deliver(self, now: datetime, *, dies: bool = False) -> int | None:
        """Deliver what is due at `now`, as a worker does; return how many documents were set.

        None when the process died as it set the first.
        """
        return self._order({"now": now.isoformat(), "dies": dies}, "a worker", is_killed=dies)

    def _order(self, order: Mapping[str, Any], what: str, *, is_killed: bool) -> int | None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        assert told, "the process that forks has ended"
        answer = json.loads(told)
        assert answer["killed"] == is_killed, f"{what}: {answer}"
        status: int | None = answer["status"]
        return status

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


def _several(given: object) -> list[object]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _serve(app: Portal, order: Mapping[str, Any]) -> int:
    death = Death(order["death"])
    if death is not Death.NEVER:

        @event.listens_for(Session, "before_commit" if death is Death.BEFORE else "after_commit")
        def die(session: Session) -> None:
            if death is Death.BEFORE:
                session.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    client = app.test_client()
    client.set_cookie("guildhall", order["cookie"], domain="localhost")
    return client.post(
        order["path"],
        data=MultiDict(map(tuple, order["fields"])),
        headers={"Origin": ORIGIN, "X-CSRFToken": order["token"]},
        base_url=ORIGIN,
    ).status_code


def _deliver(app: Portal, order: Mapping[str, Any]) -> int:
    """Deliver what is due, and count the documents that are set, or die over the first."""
    set_so_far, render = [], pdf.render

    def watched(html: str, **more: Any) -> bytes:
        if order["dies"]:
            os.kill(os.getpid(), signal.SIGKILL)
        set_so_far.append(html)
        return render(html, **more)

    pdf.render = watched
    with app.app_context(), clock.frozen_at(datetime.fromisoformat(order["now"])):
        while outbox.deliver_due(events.apply):
            pass
    return len(set_so_far)


def main() -> None:
    """Answer each order that comes, every one in a process of its own."""
    app = create_app(settings.read(json.loads(sys.argv[1])))
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                order = json.loads(line)
                done = _serve if "path" in order else _deliver
                os.write(writing, str(done(app, order)).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as said:
            told = said.read()
        _child, ended = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGKILL
        sys.stdout.write(f"{json.dumps({'killed': killed, 'status': int(told) if told else None})}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
