"""The WSGI entry: one server, two applications, told apart by the address a request came to."""

from lms.app import settings
from lms.app.content import create_content_app, dispatcher
from lms.app.factory import create_app

_settings = settings.read()
application = dispatcher(_settings, create_app(_settings), create_content_app(_settings))
