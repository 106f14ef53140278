"""The YAML between dashes that a Markdown file may open with: its entries as text, each with its line."""

import re
from dataclasses import dataclass, field
from typing import Final

import yaml

from lms.kernel.messages import Message

FENCE: Final = re.compile(r"---[ \t]*")
END: Final = re.compile(r"(?:---|\.\.\.)[ \t]*")
MAX_CHARACTERS: Final = 20_000

COURSE_KEYS: Final = (
    *("title", "slug", "brand", "language", "level", "positions", "summary", "minutes", "objectives"),
)
SECTION_KEYS: Final = ("title",)
LESSON_KEYS: Final = ("title", "minutes", "kind", "required", "complete", "after", "opens", "locks")
"""What each kind of file may say; docs/reference/markdown.md explains it."""


class BadFrontMatter(ValueError):
    """The front matter cannot be read; ``line`` counts from 1 in the file."""

    def __init__(self, message: Message, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands under a key: text, or a list of texts."""

    value: str | tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart; ``body_line`` is the line at which the body begins."""

    entries: dict[str, Entry] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1


def take_apart(text: str) -> Document:
    """Return front matter and body; without a first line of dashes all is body. Raises BadFrontMatter."""
    lines = text.split("\n")
    if not FENCE.fullmatch(lines[0]):
        return Document(body=text)
    end = next((at for at, line in enumerate(lines[1:], start=1) if END.fullmatch(line)), None)
    if end is None:
        raise BadFrontMatter(Message("The front matter begins with --- but does not end with ---."), 1)
    front = "\n".join(lines[1:end])
    if len(front) > MAX_CHARACTERS:
        raise BadFrontMatter(Message("The front matter is too long."), 1)
    return Document(_entries(front), "\n".join(lines[end + 1 :]), end + 2)


def _entries(front: str) -> dict[str, Entry]:
    try:
        # Nodes, not values: they know their lines, build no objects, and leave 1.10 and no as they were written.
        root = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = error.problem or error.context or ""
        raise BadFrontMatter(
            Message("The YAML is broken: %(why)s.", why=why), (mark.line if mark else 0) + 2
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadFrontMatter(Message("The YAML cannot be read."), 2) from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise BadFrontMatter(
            Message("The front matter is not a list of keys with values."), root.start_mark.line + 2
        )
    entries: dict[str, Entry] = {}
    for key, value in root.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            raise BadFrontMatter(Message("A key is not a word."), line)
        name = _text(key)
        if name in entries:
            raise BadFrontMatter(Message("%(key)s stands there twice.", key=name), line)
        entries[name] = Entry(_value(value), line)
    return entries


def _value(node: yaml.Node) -> str | tuple[str, ...]:
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag == "tag:yaml.org,2002:null" else _text(node)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return tuple(text for item in node.value if (text := _text(item)))
    raise BadFrontMatter(Message("A value is neither text nor a list of texts."), node.start_mark.line + 2)


def _text(node: yaml.ScalarNode) -> str:
    if "\0" in node.value:
        raise BadFrontMatter(
            Message("There is a zero byte in it, which is no character of a text."), node.start_mark.line + 2
        )
    return str(node.value).strip()
