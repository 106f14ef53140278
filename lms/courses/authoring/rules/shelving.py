"""How a published course stands in the catalogue: its words, its passages, and what kind of course it is."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lms.courses.values.catalogue import CourseFormat, Duration
from lms.kernel.folding import folded, words_of
from lms.kernel.richtext.passages import Block, blocks_of

PASSAGE_CHARACTERS: Final = 480
"""About how long a passage is: a paragraph or some."""
TEXT_CHARACTERS: Final = 400_000
"""How much of a course's text is found, at most: a book."""

_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of a lesson, as they are shown where they are found; `folded` is what is searched."""

    title: str
    text: str
    folded: str


def passages_of(title: str, blocks: Iterable[Block]) -> Iterator[Passage]:
    """Yield a lesson's text in passages of about `PASSAGE_CHARACTERS`, cut between blocks or sentences."""
    held: list[str] = []
    length = 0
    for sentence in (one for block in blocks for one in _sentences(block)):
        if held and length + len(sentence) > PASSAGE_CHARACTERS:
            yield _passage(title, held)
            held, length = [], 0
        held.append(sentence)
        length += len(sentence) + 1
    if held:
        yield _passage(title, held)


def _sentences(block: Block) -> Iterator[str]:
    """Yield a block's sentences, the last with a dot in the middle: what a passage joins stays told apart."""
    *most, last = _SENTENCE.split(block.text)
    yield from most
    yield last if last[-1:] in ".!?…" else f"{last} ·"


def _passage(title: str, sentences: Sequence[str]) -> Passage:
    text = " ".join(sentences).removesuffix(" ·")
    return Passage(title, text, " " + " ".join(folded(word) for word in words_of(text)) + " ")


@dataclass(frozen=True, slots=True)
class Lesson:
    """An activity of a published version as the catalogue reads it; `html` is empty where its text is not for all."""

    title: str
    kind: str
    html: str


@dataclass(frozen=True, slots=True)
class ShelvedText:
    """What is found of a course beside its title: words of its headlines and of its text, each once, and passages."""

    head: str
    body: str
    passages: tuple[Passage, ...]


def text_of(
    summary: str, intro_html: str, objectives: Sequence[str], lessons: Sequence[Lesson]
) -> ShelvedText:
    """Return what the catalogue finds of a version."""
    passages: list[Passage] = []
    left = TEXT_CHARACTERS
    for title, text in (("", intro_html), *((one.title, one.html) for one in lessons)):
        for passage in passages_of(title, blocks_of(text)):
            left -= len(passage.text)
            if left < 0:
                break
            passages.append(passage)
    head = [summary, *objectives, *(one.title for one in lessons)]
    return ShelvedText(
        head=_distinct(head), body=_distinct(one.text for one in passages), passages=tuple(passages)
    )


def _distinct(texts: Iterable[str]) -> str:
    return " ".join(sorted({word for text in texts for word in words_of(text)}))


def duration_of(minutes: int) -> Duration:
    """Return how long a course of so many minutes takes, roughly."""
    if minutes <= 30:  # noqa: PLR2004  what its name says
        return Duration.SHORT
    if minutes <= 60:  # noqa: PLR2004
        return Duration.MEDIUM
    return Duration.LONG if minutes <= 120 else Duration.LONGEST  # noqa: PLR2004


def format_of(are_live: Collection[bool]) -> CourseFormat:
    """Return a course's format; `are_live` says of each of its activities whether people meet for it."""
    if not any(are_live):
        return CourseFormat.SELF_PACED
    return CourseFormat.LIVE if all(are_live) else CourseFormat.BLENDED
