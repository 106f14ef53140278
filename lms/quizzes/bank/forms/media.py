"""The pictures, films and sounds that the texts of a question may show: rows of its form, and how a text names one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Final
from urllib.parse import quote

from lms.kernel.films import CAPTIONS, film_type
from lms.quizzes.kinds.drafts import Fields, rows_of
from lms.quizzes.syntax.texts import ATTACHMENT

GROUP: Final = "media"
SHOWN: Final = "media-shown"
MOST_FILES: Final = 20
_LANGUAGE: Final = re.compile(r"\.([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*)\.vtt$")


class MediaKind(StrEnum):
    """What a file of a question is to who reads it."""

    PICTURE = "picture"
    FILM = "film"
    SOUND = "sound"
    CAPTIONS = "captions"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a question's texts may show: its row, where it is served, how texts name it, whether one does."""

    row: int
    name: str
    url: str
    kind: MediaKind
    markdown: str
    html: str
    is_used: bool


def media_fields(pictures: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that hold these files, by name: where each is served."""
    rows = enumerate(pictures.items())
    return {SHOWN: "yes"} | {
        f"{GROUP}-{row}-{part}": value
        for row, (name, url) in rows
        for part, value in (("name", name), ("url", url))
    }


def media_in(fields: Fields) -> dict[str, str]:
    """Return the files that a form names, by name: where each is said to be served."""
    named = {
        fields.get(f"{GROUP}-{row}-name", ""): fields.get(f"{GROUP}-{row}-url", "")
        for row in rows_of(fields, GROUP)
    }
    return {name: url for name, url in named.items() if name and url}


def free_name(name: str, url: str, known: Mapping[str, str]) -> str:
    """Return the name under which a file comes to those of a question: another one of its name is not replaced."""
    stem, dot, ending = name.rpartition(".")
    free, count = name, 1
    while known.get(free, url) != url:
        count += 1
        free = f"{stem}-{count}{dot}{ending}"
    return free


def listed(fields: Fields) -> Sequence[Media]:
    """Return the files of a form in their order."""
    names = list(media_in(fields))
    found = []
    for row in rows_of(fields, GROUP):
        name, url = fields.get(f"{GROUP}-{row}-name", ""), fields.get(f"{GROUP}-{row}-url", "")
        if not (name and url):
            continue
        kind = kind_of_file(name)
        markdown, html = _written(name, kind, names)
        is_used = kind is not MediaKind.CAPTIONS and _is_named(name, fields)
        found.append(Media(row, name, url, kind, markdown, html, is_used))
    return found


def kind_of_file(name: str) -> MediaKind:
    """Return what a file is, by its name."""
    media_type = film_type(name)
    if media_type is None:
        return MediaKind.PICTURE
    if media_type == CAPTIONS:
        return MediaKind.CAPTIONS
    return MediaKind.SOUND if media_type.startswith("audio/") else MediaKind.FILM


def _written(name: str, kind: MediaKind, names: Iterable[str]) -> tuple[str, str]:
    """Return how a text in Markdown and one in HTML show a file; captions come with the film of their name."""
    address = f"{ATTACHMENT}{quote(name, safe='')}"
    if kind is MediaKind.CAPTIONS:
        return "", ""
    if kind is MediaKind.PICTURE:
        return f"![]({address})", f'<img src="{address}" alt="">'
    stem = name.rpartition(".")[0]
    captions = [
        (f"{ATTACHMENT}{quote(one, safe='')}", found[1])
        for one in names
        if one.startswith(f"{stem}.") and (found := _LANGUAGE.search(one))
    ]
    links = "".join(f"[{language}]({where})\n" for where, language in captions)
    tracks = "".join(
        f'<track kind="captions" src="{where}" srclang="{language}" label="{language}">'
        for where, language in captions
    )
    tag = "audio" if kind is MediaKind.SOUND else "video"
    return (
        f"::: video {address} {stem}\n{links}:::",
        f'<{tag} controls src="{address}" aria-label="{escape(stem)}">{tracks}</{tag}>',
    )


def _is_named(name: str, fields: Fields) -> bool:
    address = f"{ATTACHMENT}{quote(name, safe='')}"
    return any(address in value for value in fields.values())
