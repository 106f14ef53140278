"""What an item shows, from QTI's own XHTML to the HTML of our texts, with the pictures of its package."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html import escape
from typing import Final, Protocol
from urllib.parse import quote, unquote, urlsplit

import nh3

from lms.kernel.errors import Invalid
from lms.kernel.films import begins_as_named, film_type
from lms.kernel.messages import Message
from lms.kernel.svg import clean_svg
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.qti.mathml import in_words, kept
from lms.quizzes.syntax.qti.processing import Machine
from lms.quizzes.syntax.qti.values import Value, values_in
from lms.quizzes.syntax.texts import ATTACHMENT

Place = Callable[[Element], str | None]
"""What stands for an element, as HTML; None where it is shown as it is."""

# fmt: off
KEPT: Final = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby",
    "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u",
    "ul", "var",
))
RENAMED: Final = {
    "h1": "h2", "tt": "code", "cite": "em", "acronym": "abbr", "address": "div", "article": "div", "aside": "div",
    "footer": "div", "header": "div", "nav": "div", "section": "div", "hgroup": "div", "main": "div", "big": "strong",
}
UNWRAPPED: Final = frozenset((
    "bdi", "bdo", "infoControl", "positionObjectStage", "rb", "itemBody", "prompt", "time", "wbr", "colgroup", "col",
    "feedbackInline", "feedbackBlock",
    "mediaInteraction", "simpleChoice", "gapText", "hottext", "inlineChoice", "simpleAssociableChoice", "modalFeedback",
))
LEFT_OUT: Final = frozenset({"stylesheet", "track", "source"})
FILMS: Final = ("video/", "audio/")
# fmt: on
VOID: Final = frozenset({"br", "hr"})
ATTRIBUTES: Final = {
    "a": ("href", "title"),
    "abbr": ("title",),
    "ol": ("start",),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
}
DRAWING: Final = ".svg"
PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", DRAWING)
PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


class Files(Protocol):
    """The files that an item came with."""

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None if there is none of that name."""


class NoFiles(Files):
    """None at all: the item came alone."""

    def read(self, name: str) -> bytes | None:
        """Return that there is none."""
        del name
        return None


class Content:
    """Turns elements of one item into HTML, and keeps the pictures that they show."""

    def __init__(self, files: Files, folder: str, machine: Machine, warnings: list[str]) -> None:
        self._files = files
        self._folder = folder
        self._machine = machine
        self._warnings = warnings
        self._names: dict[str, str] = {}
        self.kept: dict[str, bytes] = {}
        self.guidance: dict[int, str] = {}

    def html(self, element: Element, place: Place | None = None) -> str:
        """Return what is in an element as HTML, without the element itself."""
        return "".join(self._pieces(element.mixed, place)).strip()

    def words_of_formula(self, formula: Element) -> str:
        """Return a formula as words in one line."""
        return in_words(formula, self._variable)

    def picture(self, address: str, line: int) -> str | None:
        """Keep a picture of the package and return the name by which the question refers to it; None if it cannot."""
        path = self._path(address)
        if urlsplit(address).scheme or urlsplit(address).netloc:
            self.warn(
                Message("The picture %(name)s lies outside of the file: it is not shown.", name=address)
            )
            return None
        if path in self._names:
            return self._names[path]
        if not _is_shown(path):
            self.warn(
                Message(
                    "The picture %(name)s is of a kind that is not shown here.", name=posixpath.basename(path)
                )
            )
            return None
        content = self._files.read(path)
        if content is None:
            self.warn(
                Message(
                    "The picture %(name)s in line %(line)s is not in the file, or has more than 10 MB.",
                    name=posixpath.basename(path),
                    line=line,
                )
            )
            return None
        if path.lower().endswith(DRAWING):
            try:
                content = clean_svg(content)
            except Invalid as error:
                self.warn(
                    Message(
                        "The picture %(name)s is not shown: %(said)s",
                        name=posixpath.basename(path),
                        said=error.message,
                    )
                )
                return None
        self._names[path] = self._named(posixpath.basename(path), content)
        return self._names[path]

    def _path(self, address: str) -> str:
        """Return where in the package an address leads, whatever it climbs over."""
        return posixpath.normpath(posixpath.join("/", self._folder, unquote(urlsplit(address).path)))[1:]

    def warn(self, message: str) -> None:
        """Say something once."""
        if message not in self._warnings:
            self._warnings.append(message)

    def _named(self, name: str, content: bytes) -> str:
        stem, dot, ending = name.rpartition(".")
        free, count = name, 1
        while free in self.kept and self.kept[free] != content:
            count += 1
            free = f"{stem}-{count}{dot}{ending}"
        self.kept[free] = content
        return free

    def _pieces(self, pieces: Iterable[Element | str], place: Place | None) -> Iterable[str]:
        for piece in pieces:
            if isinstance(piece, str):
                # Line ends and indents mean nothing but a space between words.
                yield _spaced(escape(piece, quote=False))
                continue
            placed = place(piece) if place else None
            yield self._element(piece, place) if placed is None else placed

    def _element(self, element: Element, place: Place | None) -> str:
        name = element.name
        if name == "math":
            return kept(element, self._variable)
        inner = "".join(self._pieces(element.mixed, place))
        special = self._special(element, inner)
        if special is not None:
            return special
        if name == "mediaInteraction":
            self._limits(element)
        tag = RENAMED.get(name, name)
        if tag in VOID:
            return f"<{tag}>"
        if tag in KEPT:
            return f"<{tag}{_attributes(element, tag)}>{inner}</{tag}>"
        if name not in UNWRAPPED:
            self.warn(Message("<%(name)s> is not known here: the words in it are kept.", name=name))
        return inner

    def _special(self, element: Element, inner: str) -> str | None:
        """Return what stands for an element that HTML does not have; None for all others."""
        made = {
            "img": self._picture_alone,
            "object": self._object,
            "audio": self._film,
            "video": self._film,
            "printedVariable": self._printed,
            "templateInline": self._drawn,
            "templateBlock": self._drawn,
            "rubricBlock": self._rubric,
        }.get(element.name)
        if made is None:
            return "" if element.name in LEFT_OUT else None
        return made(element, inner)

    def _picture_alone(self, element: Element, inner: str) -> str:
        del inner
        return self._img(element.attribute("src"), element.attribute("alt"), element)

    def _object(self, element: Element, inner: str) -> str:
        media = element.attribute("type").lower()
        if media.startswith("image/"):
            if not _is_shown(element.attribute("data")) and "<img" in inner:
                # As QTI says: of objects within each other the first that can be shown is.
                return inner
            return self._img(element.attribute("data"), element.text.strip(), element) or inner
        if media.startswith(FILMS):
            return self._film(element, inner)
        if media in PAGES:
            return self._page(element) or inner
        if not inner:
            self.warn(Message("The object in line %(line)s is not taken over.", line=element.line))
        return inner

    def _film(self, element: Element, inner: str) -> str:
        """Return a film or sound, the first of its files that is here and that browsers show, with its captions."""
        sources = [element.attribute("src") or element.attribute("data")]
        sources += [one.attribute("src") for one in element.all("source")]
        names = (self._kept_film(one) for one in sources if one)
        name = next((one for one in names if one), None)
        if name is None:
            self.warn(
                Message(
                    "The film or sound in line %(line)s is not in the file, or of a kind that is not shown here.",
                    line=element.line,
                )
            )
            return inner
        tracks = ""
        for track in element.all("track"):
            captions = self._kept_film(track.attribute("src"))
            if captions is None:
                self.warn(
                    Message(
                        "The captions in line %(line)s are not in the file, or not in WebVTT.",
                        line=track.line,
                    )
                )
                continue
            said = "".join(
                f' {key}="{escape(value)}"' for key in ("srclang", "label") if (value := track.attribute(key))
            )
            tracks += f'<track kind="captions" src="{ATTACHMENT}{quote(captions, safe="")}"{said}>'
        tag = "audio" if (film_type(name) or "").startswith("audio/") else "video"
        label = element.attribute("aria-label") or element.attribute("title") or name.rpartition(".")[0]
        return f'<{tag} controls src="{ATTACHMENT}{quote(name, safe="")}" aria-label="{escape(label)}">{tracks}</{tag}>'

    def _kept_film(self, address: str) -> str | None:
        """Keep a film, a sound or captions of the package and return its name; None if there is none that is shown."""
        if urlsplit(address).scheme or urlsplit(address).netloc:
            return None
        path = self._path(address)
        if path in self._names:
            return self._names[path]
        content = self._files.read(path) if film_type(path) else None
        if content is None or not begins_as_named(path, content[:64]):
            return None
        self._names[path] = self._named(posixpath.basename(path), content)
        return self._names[path]

    def _limits(self, element: Element) -> None:
        """Say what an item asks of how often a film is played, which nobody counts here."""
        if any(element.attribute(name) not in {"", "0"} for name in ("minPlays", "maxPlays")):
            self.warn(
                Message(
                    "How often the film or sound in line %(line)s may be played is not kept.",
                    line=element.line,
                )
            )

    def _printed(self, element: Element, inner: str) -> str:
        del inner
        if self._is_named(element.attribute("identifier")):
            return f"{{{element.attribute('identifier')}}}"
        return escape(printed(self._machine.drawn.get(element.attribute("identifier")), element), quote=False)

    def _drawn(self, element: Element, inner: str) -> str:
        if translation := self._machine.translation:
            name = translation.part(element.attribute("templateIdentifier"), element.attribute("identifier"))
            sign = "^" if element.attribute("showHide") == "hide" else "#"
            return f"{{{sign}{name}}}{inner}{{/{name}}}"
        held = values_in(self._machine.drawn.get(element.attribute("templateIdentifier")))
        is_shown = (element.attribute("identifier") in held) is (element.attribute("showHide") != "hide")
        return inner if is_shown else ""

    def _rubric(self, element: Element, inner: str) -> str:
        if not {"candidate", "testConstructor"} & set(element.attribute("view").split()):
            # By its line: a text may be read more than once.
            self.guidance[element.line] = inner
            return ""
        return f"<div>{inner}</div>"

    def _img(self, address: str, alt: str, element: Element) -> str:
        name = self.picture(address, element.line)
        if name is None:
            return escape(alt, quote=False)
        size = "".join(
            f' {side}="{value}"'
            for side in ("width", "height")
            if (value := element.attribute(side)).isdecimal()
        )
        return f'<img src="{ATTACHMENT}{quote(name, safe="")}" alt="{escape(alt)}"{size}>'

    def _page(self, element: Element) -> str:
        """Return a page of the package that an item shows beside its question."""
        path = posixpath.normpath(
            posixpath.join(self._folder, unquote(urlsplit(element.attribute("data")).path))
        )
        content = self._files.read(path)
        if content is None:
            self.warn(
                Message(
                    "The page %(name)s is not in the file.", name=posixpath.basename(path) or element.line
                )
            )
            return ""
        page = content.decode("utf-8", "replace")
        return f"<div>{nh3.clean(page, tags=set(KEPT), clean_content_tags={'head', 'style', 'script', 'title'})}</div>"

    def _is_named(self, name: str) -> bool:
        """Return whether a text names a variable, whose value each attempt draws."""
        translation = self._machine.translation
        return translation is not None and name in translation.names

    def _variable(self, name: str) -> str:
        if self._is_named(name):
            return f"{{{name}}}"
        drawn = self._machine.drawn
        return printed(drawn[name], None) if name in drawn else name


def printed(value: Value, element: Element | None) -> str:
    """Return a value as an item prints it."""
    delimiter = (element.attribute("delimiter") if element else "") or "; "
    return delimiter.join(
        f"{one.normalize():f}"
        if isinstance(one, Decimal)
        else str(one).lower()
        if isinstance(one, bool)
        else str(one)
        for one in values_in(value)
    )


def _is_shown(name: str) -> bool:
    """Return whether a file is a picture that pages show, by how its name ends."""
    return name.lower().endswith(PICTURES)


def _spaced(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' * text[0].isspace()}{words}{' ' * text[-1].isspace()}"


def _attributes(element: Element, tag: str) -> str:
    names: Mapping[str, tuple[str, ...]] = ATTRIBUTES
    return "".join(
        f' {name}="{escape(value)}"' for name in names.get(tag, ()) if (value := element.attribute(name))
    )
