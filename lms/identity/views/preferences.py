"""Theme and language: cookies that any page reads, for people who are signed in and for others."""

from datetime import timedelta

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.identity import service
from lms.identity.values import PersonId
from lms.identity.views.routes import blueprint
from lms.identity.views.sign_in import inside
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.web.access import public
from lms.web.context import LOCALES, THEMES

KEPT_FOR = timedelta(days=365)


@blueprint.post("/preferences/theme")
@public
def choose_theme() -> ResponseReturnValue:
    """Keep the theme: auto, light or dark."""
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        raise Invalid(_("There is no such theme."), fields={"theme": _("Choose auto, light or dark.")})
    return _back_with("theme", theme)


@blueprint.post("/preferences/language")
@public
def choose_language() -> ResponseReturnValue:
    """Keep the language in this browser and, for who is signed in, in their account."""
    locale = request.form.get("locale", "")
    if locale not in dict(LOCALES):
        raise Invalid(
            _("There is no such language."), fields={"locale": _("Choose one of the languages offered.")}
        )
    person_id = current().person_id
    if person_id is not None:
        service.change_account(person_id=PersonId(person_id), locale=locale)
    return _back_with("locale", locale)


def keep_in_cookie(response: Response, name: str, value: str) -> Response:
    """Keep a preference in this browser. It is no secret, and nothing but the look of pages hangs on it."""
    response.set_cookie(
        name,
        value,
        max_age=KEPT_FOR,
        path="/",
        samesite="Lax",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response


def _back_with(name: str, value: str) -> Response:
    return keep_in_cookie(redirect(inside(request.form.get("next", "")), 303), name, value)
