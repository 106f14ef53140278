"""The portal's WSGI application class: guards, actor, one transaction, then the view."""

from collections.abc import MutableMapping
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, request
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wsgi import ClosingIterator

from lms.kernel import uow
from lms.kernel.actor import NOBODY, Actor, acting_as, become, current
from lms.web import access, bodies, characters, devices, security
from lms.web.access import Access
from lms.web.requests import Request


class _Templates(Environment):
    """Flask's environment, whose templates share one set of globals: none of ours is loaded with globals of its own.

    Jinja would lay a chain of mappings over it for each, and compare their names at every import of a macro.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals themselves unless a template brings more."""
        return super().make_globals(d) if d else self.globals


class Portal(Flask):
    """A Flask application in which every request is one guarded unit of work."""

    jinja_environment = _Templates
    request_class = Request

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """Answer one request as nobody, until a session says who asks."""
        with acting_as(NOBODY):
            answer = super().wsgi_app(environ, start_response)
        return ClosingIterator(answer, partial(bodies.linger, environ))

    def dispatch_request(self, *context: Any) -> ResponseReturnValue:
        """Guard the request, then run its view in one transaction that is committed here or nowhere."""
        become(Actor(address=request.remote_addr or "", request_id=_request_id(), device=devices.present()))
        said = self._access()
        bodies.limit(said)
        reads = request.method in security.SAFE_METHODS and not said.writes_on_get
        if not reads and bodies.takes_long(said):
            # Who may not send one is told before, in a transaction of its own.
            uow.run(lambda: self._check_access(said), read_only=True)
        security.check_request(said)
        characters.check(request, body=not reads and not said.cookieless)
        if said.prepare is not None:
            uow.run(lambda: self._prepare(said), read_only=True)

        def work() -> Response:
            # What a program sends is read by its view alone, which may want it byte for byte.
            for upload in request.files.values() if not reads and not said.cookieless else ():
                upload.stream.seek(0)
            self._check_access(said)
            return characters.settle(self.make_response(super(Portal, self).dispatch_request(*context)))

        return uow.run(
            work,
            read_only=reads,
            commits=lambda answer: answer.status_code < HTTPStatus.BAD_REQUEST or uow.is_kept(),
        )

    @staticmethod
    def _check_access(said: Access) -> None:
        if not (said.by_token or said.cookieless) and (not said.public or _has_session()):
            become(_actor())
        access.check(said, current())

    def _prepare(self, said: Access) -> None:
        self._check_access(said)
        if said.prepare is not None:
            g.prepared = said.prepare(**(request.view_args or {}))

    def _access(self) -> Access:
        failed = request.routing_exception
        if failed is not None:
            raise failed
        rule = request.url_rule
        said = access.access_of(self.view_functions[rule.endpoint]) if rule else None
        if said is None:
            raise RuntimeError(f"{request.endpoint} does not say who may reach it")
        return said


def _request_id() -> str:
    return uuid4().hex[:16]


def _has_session() -> bool:
    return bool(request.cookies)


def _actor() -> Actor:
    if current_user.is_authenticated:
        found: Actor = current_user.actor
        return found
    return current()
