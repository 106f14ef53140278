"""The content origin's application: packages' own files, without session, cookie or any route of the portal."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response

from lms.app.settings import Settings


def create_content_app(_chosen: Settings) -> Flask:
    """Return the application that serves packages and nothing else."""
    app = Flask("lms.app.content", static_folder=None, template_folder=None)
    app.register_error_handler(404, lambda _error: Response("not found\n", 404, mimetype="text/plain"))
    return app


def is_content_address(environ: Mapping[str, Any], chosen: Settings) -> bool:
    """Return whether a request came to the content origin: by its host's name, or by its port on loopback."""
    asked = urlsplit(f"//{environ.get('HTTP_HOST', '')}")
    if chosen.content_url is None:
        return environ.get("SERVER_PORT") == str(chosen.content_port)
    content = urlsplit(chosen.content_url)
    if "{package}" in content.netloc:
        suffix = (content.hostname or "").partition("{package}")[2]
        return (asked.hostname or "").endswith(suffix) and not _is_portal(asked.hostname, chosen)
    return (asked.hostname, _port(asked)) == (content.hostname, _port(content))


def _is_portal(host: str | None, chosen: Settings) -> bool:
    return chosen.public_url is not None and host == urlsplit(chosen.public_url).hostname


def _port(parts: Any) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
