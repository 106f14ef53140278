"""Sentences for people, made where no request is: English as they stand, translated where they are shown."""

from collections.abc import Callable
from typing import Self


class Message(str):
    """A finished English sentence that remembers its template, so that a page can say it in another language.

    ``Message("%(name)s is missing.", name="a.png")`` is that sentence as ``str``; ``translated(gettext)``
    says it anew. The template is a literal, so that extraction (keyword ``Message``) finds it.
    """

    __slots__ = ("params", "template")

    template: str
    params: dict[str, object]

    def __new__(cls, template: str, **params: object) -> Self:
        """Fill the ``%(name)s`` places of the template."""
        message = super().__new__(cls, template % params)
        message.template = template
        message.params = params
        return message

    def translated(self, gettext: Callable[[str], str]) -> str:
        """Return the sentence in the language of the given gettext; nested messages come along."""
        params = {
            name: value.translated(gettext) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return gettext(self.template) % params
