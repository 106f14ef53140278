"""gunicorn, set up by us: a few processes of a few threads, on the port of the portal and that of the content."""

import gc
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from lms.app.processes import die_with_parent
from lms.app.settings import Settings

Application = Callable[..., Any]

GARBAGE = (20_000, 20, 50)
"""After how many new objects the youngest are looked through, and how often the older ones."""
PATIENCE_SECONDS = 0.0005
"""How long a process waits with a new connection for each that it has, for others to take it."""
MOST_PATIENCE = 4


class _SpreadingWorker(ThreadWorker):
    """gunicorn's threads; a process that has connections lets one that has none take the next.

    All are woken by a new connection, and who comes first would take each of them while another process stands idle.
    """

    def accept(self, listener: Any) -> None:
        """Take a connection, if nobody less busy has taken it meanwhile."""
        if self.nr_conns:
            time.sleep(min(self.nr_conns, MOST_PATIENCE) * PATIENCE_SECONDS)
        super().accept(listener)


class _Server(BaseApplication):
    """gunicorn around an application that is loaded already, shared by its processes by copy on write."""

    def __init__(self, chosen: Settings, application: Application) -> None:
        self.chosen, self.application = chosen, application
        super().__init__()

    def load_config(self) -> None:
        """Take every setting from ours and none from the command line or the environment."""
        for name, value in _settings(self.chosen).items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Return what it serves."""
        return self.application


def run(chosen: Settings, application: Application) -> None:
    """Serve `application` until a signal says stop."""
    _Server(chosen, application).run()


def _settings(chosen: Settings) -> dict[str, object]:
    return {
        "bind": [f"{chosen.host}:{port}" for port in chosen.ports],
        "workers": chosen.workers,
        "threads": chosen.threads,
        "worker_class": _SpreadingWorker,
        "preload_app": True,
        "timeout": 120,
        "graceful_timeout": 15,
        "keepalive": 5,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "control_socket_disable": True,
        "forwarded_allow_ips": "*" if chosen.trusted_proxies else "127.0.0.1",
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "lms web",
        "pre_fork": _before_fork,
        "post_fork": _after_fork,
    }


def _before_fork(_server: object, _worker: object) -> None:
    """Leave what is loaded out of every later collection, which would write to its pages and so unshare them."""
    gc.freeze()


def _after_fork(_server: object, _worker: object) -> None:
    """Let a web process end with its master, however that ends, and look for garbage less often.

    A request makes thousands of objects and no rings of them: looking after each 700 took a tenth of the time in which
    statements are checked.
    """
    die_with_parent()
    gc.set_threshold(*GARBAGE)
