"""The contracts in setup.cfg are kept, and our own contract catches what it is for."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

from tests.architecture.doors import DoorsContract

ROOT = Path(__file__).resolve().parents[2]


def test_floors_rooms_and_doors_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = lint_imports(no_cache=True)
    assert code == 0, capsys.readouterr().out


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the folder of an empty package `guild`, importable for this test."""
    root = tmp_path / "guild"
    root.mkdir()
    (root / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield root
    for name in [name for name in sys.modules if name.split(".")[0] == "guild"]:
        del sys.modules[name]
    importlib.invalidate_caches()


def write(house: Path, module: str, text: str = "") -> None:
    path = house.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(house).parents:
        (house / folder / "__init__.py").touch()
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "importer, imported, kept",
    [
        ("deals.service", "courses.facade", True),
        ("deals.service", "courses.values", True),
        ("deals.service", "deals.queries", True),
        ("app.wiring", "courses.handlers", True),
        ("deals.service", "courses.service", False),
        ("deals.service", "courses.learning.values", False),
        ("deals.views", "courses.models", False),
    ],
)
def test_features_meet_only_at_their_doors(house: Path, importer: str, imported: str, *, kept: bool) -> None:
    for room in ("courses.facade", "courses.values", "courses.service", "courses.models", "courses.handlers"):
        write(house, room)
    write(house, "deals.queries")
    write(house, "app.factory")
    write(house, imported)
    write(house, importer, f"import guild.{imported}\n")
    contract = DoorsContract(
        name="Doors",
        session_options={"root_packages": ["guild"]},
        contract_options={
            "features": ["guild.courses", "guild.deals"],
            "public_rooms": ["values", "events", "errors", "facade"],
            "exempt": ["guild.app"],
        },
    )
    check = contract.check(grimp.build_graph("guild", cache_dir=None), verbose=False)
    assert check.kept is kept
    if not kept:
        assert check.metadata["trespasses"] == [(f"guild.{importer}", f"guild.{imported}")]
