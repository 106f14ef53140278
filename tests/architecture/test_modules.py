"""Every module says what it knows, stays readable, and leaves nothing for later."""

import ast
import re
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path for path in [*ROOT.glob("lms/**/*.py"), *ROOT.glob("bench/**/*.py")] if path.stat().st_size
)
WRITTEN = [
    *ROOT.glob("lms/**/*.py"),
    *ROOT.glob("lms/**/*.html"),
    *ROOT.glob("static/css/**/*.css"),
    *ROOT.glob("static/js/**/*.js"),
    *ROOT.glob("static/*.mjs"),
    *ROOT.glob("tests/**/*.py"),
    *ROOT.glob("bench/**/*.py"),
    *ROOT.glob("scripts/*"),
]
LINES_AT_MOST = 500
POSTPONED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
ROOMS = {
    *("views", "cli", "handlers", "jobs", "plugs", "facade", "service", "queries", "forms"),
    *("models", "rules", "policy", "formats", "kinds", "syntax", "players", "events", "errors", "values"),
}
NO_FEATURES = {"app", "api", "web", "kernel", "portal", "static", "migrations", "translations"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_opens_by_saying_what_it_knows(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said, "it has no docstring"
    assert said.splitlines()[0].rstrip().endswith("."), "its first line is no sentence"


def test_no_file_has_grown_past_reading() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in WRITTEN}
    assert {name: length for name, length in lengths.items() if length > LINES_AT_MOST} == {}


def test_nothing_is_left_for_later() -> None:
    here = Path(__file__)
    found = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in WRITTEN
        if path != here
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if POSTPONED.search(line)
    ]
    assert found == []


def test_every_feature_stands_under_the_contracts() -> None:
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    contract = "importlinter:contract:"
    containers = {
        name.removeprefix("lms.")
        for section in config.sections()
        if section.startswith(contract) and section != f"{contract}floors"
        for name in config.get(section, "containers", fallback="").split()
    }
    doors = {name.removeprefix("lms.") for name in config[f"{contract}doors"]["features"].split()}
    features = {path.parent.name for path in ROOT.glob("lms/*/__init__.py")} - NO_FEATURES
    divided = {
        f"{path.parents[1].name}.{path.parent.name}"
        for path in ROOT.glob("lms/*/*/__init__.py")
        if path.parents[1].name in features and path.parent.name not in ROOMS
    }
    in_portal = {f"portal.{path.parent.name}" for path in ROOT.glob("lms/portal/*/__init__.py")}
    inner_doors = {name.removeprefix("lms.") for name in config[f"{contract}inner_doors"]["features"].split()}
    assert divided == inner_doors, "the inner doors do not name these parts of features, or others"
    assert (divided | in_portal) - containers == set(), "the rooms contract does not name these"
    assert features - containers == set(), "rooms or floors of their own are missing in setup.cfg"
    assert features | in_portal == doors, "doors are missing in setup.cfg, or stand where nothing is"
