"""gunicorn's settings: a few processes of a few threads behind any proxy, on the portal's and the content's port."""

import gc
import os
from typing import Any

from lms.app import settings
from lms.app.processes import GATE, die_with_parent

# What is loaded stays: looking through it for garbage, again and again while it grows, would find none.
gc.disable()

_chosen = settings.read()

bind = [f"{_chosen.host}:{port}" for port in _chosen.ports]
workers = _chosen.workers
threads = _chosen.threads
worker_class = "gthread"
# Loaded once and shared by copy on write; each process opens connections of its own.
preload_app = True
timeout = 120
graceful_timeout = 15
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
forwarded_allow_ips = "*" if _chosen.trusted_proxies else "127.0.0.1"
accesslog = None
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Wait, loaded and not yet listening, until the supervisor has prepared the database and opens the gate."""
    gate = server.cfg.env.get(GATE)
    if gate is not None:
        os.read(int(gate), 1)


def pre_fork(_server: Any, _worker: Any) -> None:
    """Leave what is loaded out of every later collection, which would write to its pages and so unshare them."""
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """Let a web process end with its master, however that ends."""
    die_with_parent()
    gc.enable()
