"""What is wrong with a template: text no translator sees, and what the page's security policy would block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ("jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols")
EXPRESSION = "\ue000"
"""Stands in the markup where an expression or a translated text was."""

SPOKEN_ATTRIBUTES = frozenset(
    {"alt", "title", "placeholder", "label", "aria-label", "aria-description", "aria-roledescription"}
)
TRANSLATING = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext"})
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
NAMES_OF_THE_PRODUCT = frozenset({"Guildhall"})
LETTERS = re.compile(r"[^\W\d_\ue000]")
SENTENCE = re.compile(r"[A-Z][a-z]+( [\w’'-]+)*[.:!?…]?")
ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
ATTRIBUTE_BLOCKS = ("_class", "_kind")
"""Blocks that a page fills inside an attribute of the shell end so."""
TEXT_OUTSIDE_TAGS = re.compile(r"[^<>]+(?![^<>]*>)")


def all_templates() -> list[Path]:
    """Return every page template of the product."""
    return sorted(ROOT.glob("lms/**/templates/**/*.html"))


def faults_of(source: str) -> list[str]:
    """Return what is wrong with a template, each as "line N: …"."""
    environment = Environment(extensions=EXTENSIONS, autoescape=True)
    reader = _Reader()
    reader.feed(_markup(environment, source))
    reader.close()
    faults = [*reader.faults, *_untranslated_constants(environment.parse(source))]
    return [f"line {line}: {fault}" for line, fault in sorted(set(faults))]


def _markup(environment: Environment, source: str) -> str:
    """Return the template's markup on its own lines, each expression one sign, what is no text of ours removed."""
    written: list[str] = []
    statement: list[str] = []
    muted = ""  # the statement that ends what is translated, or what stands inside an attribute elsewhere
    for _line, kind, value in environment.lex(source):
        if kind == "data":
            written.append(TEXT_OUTSIDE_TAGS.sub(_newlines, value) if muted else value)
            continue
        if kind == "block_begin":
            statement = []
        elif kind == "name":
            statement.append(value)
        elif kind == "block_end":
            if statement[:1] == ["trans"]:
                muted = "endtrans"
            elif statement[:1] == ["block"] and statement[1].endswith(ATTRIBUTE_BLOCKS):
                muted = "endblock"
            elif statement[:1] == [muted]:
                muted = ""
        elif kind == "variable_begin":
            # `<{{ tag }} class=…>`: an expression may choose the element.
            choosing = bool(written) and written[-1].endswith(("<", "</"))
            written.append("x" if choosing else EXPRESSION)
        written.append("\n" * value.count("\n"))
    return "".join(written)


def _newlines(text: re.Match[str]) -> str:
    return EXPRESSION + "\n" * text[0].count("\n")


def _untranslated_constants(template: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield sentences handed to a macro, or printed, without passing through a translating function."""
    allowed = {
        id(constant)
        for call in template.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING
        for argument in (*call.args, *call.kwargs)
        for constant in (argument, *argument.find_all(nodes.Const))
    }
    # What a value is compared with is not shown.
    allowed |= {
        id(constant) for test in template.find_all(nodes.Compare) for constant in test.find_all(nodes.Const)
    }
    for constant in template.find_all(nodes.Const):
        value = constant.value
        if id(constant) in allowed or not isinstance(value, str) or value in NAMES_OF_THE_PRODUCT:
            continue
        if SENTENCE.fullmatch(value):
            yield constant.lineno, f"text outside _(): {value!r}"


@dataclass
class _Reader(HTMLParser):
    faults: list[tuple[int, str]] = field(default_factory=list)
    _open: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            self._check_attribute(name, value)
        if tag == "style":
            self._note("<style>: rules belong in static/css")
        if tag == "script" and not given.keys() & {"src", "nonce"}:
            self._note("inline <script> without a nonce")
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self._check_text(given.get("value", ""))
        if tag == "meta" and given.get("name") == "description":
            self._check_text(given.get("content", ""))
        if tag not in VOID:
            silent = tag in {"script", "style"} or given.get("translate") == "no"
            self._open.append((tag, silent or self._silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        # Branches may open a tag twice that closes once: close the innermost, and what it held.
        while any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        # A macro may write attributes alone, for a tag elsewhere.
        for name, value in ATTRIBUTE.findall(data):
            self._check_attribute(name, value)
        if not self._silent:
            self._check_text(ATTRIBUTE.sub("", data))

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _check_attribute(self, name: str, value: str) -> None:
        if name == "style":
            self._note("style= attribute")
        elif name.startswith("on"):
            self._note(f"{name}= attribute")
        elif name in {"href", "src", "action", "formaction"} and value.strip().lower().startswith(
            "javascript:"
        ):
            self._note(f"script in {name}=")
        elif name in SPOKEN_ATTRIBUTES:
            self._check_text(value)

    def _check_text(self, text: str) -> None:
        said = " ".join(text.replace(EXPRESSION, " ").split())
        if LETTERS.search(said) and said not in NAMES_OF_THE_PRODUCT:
            self._note(f"text outside _() and trans: {said[:60]!r}")

    def _note(self, fault: str) -> None:
        self.faults.append((self.getpos()[0], fault))
