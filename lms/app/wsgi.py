"""The WSGI entry: one server, two applications, told apart by the address a request came to."""

from collections.abc import Callable, Iterable
from typing import Any

from lms.app import settings
from lms.app.content import create_content_app, is_content_address
from lms.app.factory import create_app

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def dispatcher(chosen: settings.Settings, portal: Wsgi, content: Wsgi) -> Wsgi:
    """Return the application that gives each request to the portal or to the content origin, never to both."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        chosen_app = content if is_content_address(environ, chosen) else portal
        return chosen_app(environ, start_response)

    return answer


_settings = settings.read()
portal = create_app(_settings)
application = dispatcher(_settings, portal, create_content_app(_settings))
