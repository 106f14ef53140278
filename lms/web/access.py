"""Who may reach a route: said on the view itself, checked in one place, refused when nothing is said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from lms.kernel.actor import NOBODY, Actor, Permission
from lms.kernel.errors import Forbidden, NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a view says of itself. `permission` None with `public` False means: anyone signed in."""

    public: bool = False
    permission: Permission | None = None
    cross_site: bool = False
    """Another site's page may read this with a plain GET (a badge document, a picture in a mail)."""
    writes_on_get: bool = False
    """A GET that must write (a sign-on callback, which has a state of its own)."""
    by_token: bool = False
    """A POST that a secret in its address allows, wherever it comes from: a mail program has no session, and none
    counts."""
    own_account: bool = False
    """Changes nothing but what is the person's own, so even an auditor may do it."""
    upload_bytes: int = 0
    """The largest file that its form may bring; 0 for a form without one."""
    cookieless: bool = False
    """For programs: cookies are neither read nor set, so no token is asked for; the view checks the key they bring."""
    body_bytes: int = 0
    """The largest body of a request that is no form; 0 for what a form may be."""
    prepare: Callable[..., Any] | None = None
    """Slow reading for a view that writes: done before its transaction opens, in which others wait for it.

    It has the address's arguments, in a read-only transaction of its own, and what it returns (values, no rows) is
    `g.prepared`.
    """


def requires(
    permission: Permission, *, upload_bytes: int = 0, prepare: Callable[..., Any] | None = None
) -> Callable[[View], View]:
    """Let in whoever holds `permission` somewhere; the view's queries narrow it to where.

    `upload_bytes` is the largest file that the form brings: more is refused before it is read. `prepare` reads
    what the view needs before anything is locked.
    """
    return _say(Access(permission=permission, upload_bytes=upload_bytes, prepare=prepare))


def public(view: View) -> View:
    """Let in everybody, signed in or not."""
    return _say(Access(public=True))(view)


def public_to_other_sites(view: View) -> View:
    """Let in everybody, also as a subresource of another site's page."""
    return _say(Access(public=True, cross_site=True))(view)


def public_upload(*, upload_bytes: int, prepare: Callable[..., Any]) -> Callable[[View], View]:
    """Let in everybody with a file, which is looked into before anything is locked; see `requires`."""
    return _say(Access(public=True, upload_bytes=upload_bytes, prepare=prepare))


def opened_by_token(view: View) -> View:
    """Let in whoever has the secret in the address, as nobody: what cookies say is not read."""
    return _say(Access(public=True, by_token=True))(view)


def for_programs(
    *, body_bytes: int = 0, prepare: Callable[..., Any] | None = None, anybody: bool = False
) -> Callable[[View], View]:
    """Let in programs on any site, with a key of their own: the view, or what it prepares, checks it.

    `anybody` says that no key is asked for.
    """
    return _say(
        Access(public=anybody, cross_site=True, cookieless=True, body_bytes=body_bytes, prepare=prepare)
    )


def signed_in(view: View) -> View:
    """Let in everyone with an account, to what is their own."""
    return _say(Access(own_account=True))(view)


def _say(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = access  # type: ignore[attr-defined]  # a function may carry attributes
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a view says of itself, or None if it is silent."""
    found: Access | None = getattr(view, "__access__", None)
    return found


def check(access: Access, actor: Actor) -> None:
    """Raise unless `actor` may reach a route that says `access`."""
    if access.public or access.cookieless:
        return
    if actor == NOBODY or actor.person_id is None:
        raise NotSignedIn
    if access.permission is not None and not actor.may(access.permission):
        raise Forbidden
