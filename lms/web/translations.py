"""Words in the reader's language, looked up in catalogues that are read once per process.

Flask-Babel looks its catalogue up anew for each word, and Jinja calls three functions to say one; a page has a
hundred. What is said stays theirs: the catalogues, the reader's locale, and how a sentence's places are filled.
"""

from collections.abc import Callable
from typing import Any

from babel.core import Locale
from babel.support import NullTranslations
from flask import Flask, g, has_app_context
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
        if not has_app_context():
            return NullTranslations()
        context = g._get_current_object()  # noqa: SLF001  the proxy's documented way to what it stands for
        # Where Flask-Babel notes the locale it chose; without the note we ask for it, which notes it.
        noted = getattr(getattr(context, "_flask_babel", None), "babel_locale", None)
        known: tuple[Locale | None, NullTranslations] | None = context.get("words")
        if known is None or noted is None or known[0] is not noted:
            locale = get_locale()
            known = context.words = (locale, self._catalogue(locale))
        return known[1]

    def _catalogue(self, locale: Locale | None) -> NullTranslations:
        if locale is None:
            return NullTranslations()
        if locale not in self._catalogues:
            self._catalogues[locale] = super().get_translations()  # type: ignore[no-untyped-call]  # as above
        return self._catalogues[locale]

    def gettext(self, string: str, **variables: Any) -> str:
        """Return a sentence for Python; a format string only with values."""
        said: str = self.get_translations().ugettext(string)
        return said % variables if variables else said

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
