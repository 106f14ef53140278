"""Words in the reader's language, looked up in catalogues that are read once per process.

Flask-Babel looks its catalogue up anew for each word, and Jinja calls three functions to say one; a page has a
hundred. What is said stays theirs: the catalogues, the reader's locale, and how a sentence's places are filled.
"""

from collections.abc import Callable
from typing import Any

from babel.core import Locale
from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

Selector = Callable[[], str]


class Words(Domain):
    """The words of one application, as Python says them and, by `say` and `say_number`, templates."""

    def __init__(self) -> None:
        """Begin with no catalogue read."""
        super().__init__()  # type: ignore[no-untyped-call]  # Flask-Babel leaves it untyped
        self._catalogues: dict[Locale, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the reader's language."""
        locale = get_locale()
        found = self._catalogues.get(locale) if locale is not None else None
        if found is None:
            found = super().get_translations()  # type: ignore[no-untyped-call]  # the same
            if locale is not None:
                self._catalogues[locale] = found
        return found

    @pass_eval_context
    def say(self, context: EvalContext, message: str, /, **values: Any) -> str:
        """Return a sentence of a template; as Jinja has it, a format string even without values."""
        return _filled(self.get_translations().ugettext(message), context, values)

    @pass_eval_context
    def say_number(
        self, context: EvalContext, singular: str, plural: str, number: int, /, **values: Any
    ) -> str:
        """Return a sentence of a template that depends on a number, which it calls `num`."""
        values.setdefault("num", number)
        return _filled(self.get_translations().ungettext(singular, plural, number), context, values)


def _filled(said: str, context: EvalContext, values: dict[str, Any]) -> str:
    text = Markup(said) if context.autoescape else said  # noqa: S704  our own catalogues, as Jinja takes them
    return text % values if values or "%" in said else text


def install(app: Flask, *, locale_selector: Selector, timezone_selector: Selector) -> None:
    """Give the application its languages."""
    babel = Babel(  # type: ignore[no-untyped-call]  # Flask-Babel leaves it untyped
        app, locale_selector=locale_selector, timezone_selector=timezone_selector
    )
    babel.domain_instance = words = Words()
    app.jinja_env.globals.update({"_": words.say, "gettext": words.say, "ngettext": words.say_number})
