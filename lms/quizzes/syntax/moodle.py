"""What Moodle's file formats share: category paths, its own text format, names made of texts."""

import re
from typing import Final

from lms.kernel.lines import cleaned
from lms.quizzes.values import NO_TEXT, Text, TextFormat

CATEGORY_CUT: Final = re.compile(r"(?<!/)/(?!/)")
NAME_CHARACTERS: Final = 80
TAGS: Final = (
    "a|abbr|b|big|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|img|kbd|li|ol|p|pre|s|small|span|strike|strong"
    "|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
LOOKS_LIKE_HTML: Final = re.compile(rf"</?(?:{TAGS})(?:\s[^<>]*)?/?>|&(?:[a-zA-Z]+|#\d+);", re.IGNORECASE)


def category_path(category: tuple[str, ...]) -> str:
    """Return a category as Moodle writes it: a slash within a name is doubled."""
    names = []
    for name in category:
        doubled = " ".join(name.split()).replace("/", "//")
        names.append(f"{' ' * doubled.startswith('/')}{doubled}{' ' * doubled.endswith('/')}")
    return "/".join(("$course$", "top", *names))


def category_of(path: str) -> tuple[str, ...]:
    """Return the names on a path as Moodle writes it, without the context and the top they hang from."""
    names = [name.strip().replace("//", "/") for name in CATEGORY_CUT.split(path.strip())]
    if names and re.fullmatch(r"\$\w+\$", names[0]):
        names = names[2:] if names[1:2] == ["top"] else names[1:]
    return tuple(name for name in names if name)


def auto_text(source: str) -> Text:
    """Return text of Moodle's own format (some HTML, line ends break the line) as HTML or as plain text."""
    if not source:
        return NO_TEXT
    if LOOKS_LIKE_HTML.search(source):
        return Text(source.replace("\n", "<br>\n"), TextFormat.HTML)
    return Text(source, TextFormat.PLAIN)


def shortened(text: str) -> str:
    """Return the first words of a text, without its tags: what a question without a title is called."""
    words = cleaned(re.sub(r"<[^<>]*>", " ", text))
    return words if len(words) <= NAME_CHARACTERS else f"{words[: NAME_CHARACTERS - 1]}…"
