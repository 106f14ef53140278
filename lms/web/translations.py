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

LEFT_TO_RIGHT, AS_WRITTEN, END = "\u2066", "\u2068", "\u2069"
"""Unicode's isolates: what stands inside runs its own way and does not mix with the line it stands in."""


class Apart(NullTranslations):
    """A catalogue of a language that runs from right to left: what it lacks stays English, and runs as English does.

    By characters and not by markup, for half of the words stand in attributes, titles and mail.
    """

    def __init__(self, known: NullTranslations) -> None:
        """Look words up in `known`."""
        super().__init__()
        self._known = known

    def ugettext(self, message: str) -> str:
        """Return a sentence; an English one apart from what surrounds it."""
        said = self._known.ugettext(message)
        return _apart(said) if said == message else said

    def ungettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return a sentence about a number, the same way."""
        said = self._known.ungettext(msgid1, msgid2, n)
        return _apart(said) if said in {msgid1, msgid2} else said


def _apart(said: str) -> str:
    return f"{LEFT_TO_RIGHT}{said}{END}" if said else said


def without_isolates(text: str) -> str:
    """Return a text as programs read it, without the characters that only order what is seen."""
    return text.translate(dict.fromkeys(map(ord, (LEFT_TO_RIGHT, AS_WRITTEN, END))))


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
            found: NullTranslations = super().get_translations()  # type: ignore[no-untyped-call]  # as above
            self._catalogues[locale] = Apart(found) if locale.text_direction == "rtl" else found
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
