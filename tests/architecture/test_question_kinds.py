"""A question type is one folder: nothing else names one, so that a new one touches nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.quizzes.kinds import KINDS

ROOT = Path(__file__).parents[2]
KINDS_FOLDER = ROOT / "lms/quizzes/kinds"
FOLDERS = sorted(path.parent.name for path in KINDS_FOLDER.glob("*/__init__.py"))
OUTSIDE = sorted(
    path
    for path in (ROOT / "lms").rglob("*.py")
    if KINDS_FOLDER not in path.parents and "quizzes" in path.read_text(encoding="utf-8")
)
PAGES = sorted(
    path
    for pattern in ("lms/quizzes/templates/**/*.html", "static/js/exam.js", "static/js/question.js")
    for path in ROOT.glob(pattern)
)
# A number pad on a phone is asked for by a word of HTML's own.
WORDS = re.compile(r"(?<!inputmode=)[\"'](" + "|".join(KINDS) + r")[\"'./]")


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a module imports, with what it takes from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def kind_imported(module: str) -> str:
    """Return which kind's folder a module lies in, empty for none."""
    rest = module.removeprefix("lms.quizzes.kinds.")
    folder = rest.partition(".")[0]
    return folder if rest != module and folder in FOLDERS else ""


def test_every_kind_is_a_folder_of_its_name_and_every_folder_a_kind() -> None:
    assert sorted(KINDS) == FOLDERS
    for name in KINDS:
        assert (KINDS_FOLDER / name / "templates" / name / "edit.html").is_file()
        assert (KINDS_FOLDER / name / "templates" / name / "ask.html").is_file()


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_outside_the_kinds_takes_anything_from_one_of_them(path: Path) -> None:
    assert not [module for module in imported(path) if kind_imported(module)]


@pytest.mark.parametrize("name", FOLDERS)
def test_no_kind_takes_anything_from_another(name: str) -> None:
    taken = {
        kind for path in (KINDS_FOLDER / name).rglob("*.py") for kind in map(kind_imported, imported(path))
    }
    assert taken <= {"", name}


@pytest.mark.parametrize(
    "path", [path for path in OUTSIDE if "lms/quizzes/" in path.as_posix()], ids=lambda path: path.name
)
def test_no_module_of_quizzes_writes_the_name_of_a_kind(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # What Moodle calls its own types is Moodle's affair: formats/moodle_xml says which of them are not taken over.
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert not strings & KINDS.keys()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_or_script_of_quizzes_writes_the_name_of_a_kind(path: Path) -> None:
    assert not WORDS.findall(path.read_text(encoding="utf-8"))
