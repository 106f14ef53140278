"""The contracts in setup.cfg are kept, and our own contract catches what it is for."""

import copy
import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import Contract
from importlinter.application.use_cases import read_user_options
from importlinter.cli import lint_imports
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from tests.architecture.doors import DoorsContract, InnerDoorsContract
from tests.architecture.test_modules import ROOMS

ROOT = Path(__file__).resolve().parents[2]


def test_floors_rooms_and_doors_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = lint_imports(no_cache=True)
    assert code == 0, capsys.readouterr().out


KINDS: Mapping[str, type[Contract]] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "protected": ProtectedContract,
    "acyclic_siblings": AcyclicSiblingsContract,
    "doors": DoorsContract,
    "inner_doors": InnerDoorsContract,
}
OPTIONS = read_user_options(str(ROOT / "setup.cfg"))
CONTRACTS: Mapping[str, Mapping[str, Any]] = {options["id"]: options for options in OPTIONS.contracts_options}
PLANTED = [
    ("floors", "lms.kernel.money", "lms.web.words"),
    ("floors", "lms.identity.service", "lms.notifications.facade"),
    ("floors", "lms.courses.plugs", "lms.quizzes.values"),
    ("floors", "lms.audiences.plugs.facets", "lms.notifications.values"),
    ("floors", "lms.audiences.handlers", "lms.courses.events"),
    ("floors", "lms.quizzes.plugs", "lms.certificates.values"),
    ("floors", "lms.certificates.handlers", "lms.portal.standing.values"),
    ("floors", "lms.portal.deals.views", "lms.app.wiring"),
    ("portal_floors", "lms.portal.partners.plugs", "lms.portal.standing.values"),
    ("portal_floors", "lms.portal.standing.handlers", "lms.portal.deals.events"),
    ("portal_floors", "lms.portal.deals.views", "lms.portal.dashboard.values"),
    ("courses_floors", "lms.courses.authoring.service.drafts", "lms.courses.learning.queries.records"),
    ("courses_floors", "lms.courses.learning.service", "lms.courses.facade"),
    ("courses_floors", "lms.courses.learning.service", "lms.courses.sessions.queries.bookings"),
    ("courses_floors", "lms.courses.sessions.plugs", "lms.courses.assignments.queries.work"),
    ("quizzes_floors", "lms.quizzes.bank.service.quizzes", "lms.quizzes.attempts.queries"),
    ("quizzes_floors", "lms.quizzes.attempts.queries", "lms.quizzes.marking.queries"),
    ("quizzes_floors", "lms.quizzes.sittings.queries", "lms.quizzes.attempts.queries"),
    ("quizzes_floors", "lms.quizzes.surveys.queries", "lms.quizzes.statistics.queries"),
    ("quizzes_floors", "lms.quizzes.kinds.registry", "lms.quizzes.formats.gift"),
    ("quizzes_floors", "lms.quizzes.syntax.gift", "lms.quizzes.kinds.registry"),
    ("certificates_floors", "lms.certificates.cycles.service.issuing", "lms.certificates.documents.service"),
    ("certificates_floors", "lms.certificates.documents.service", "lms.certificates.verification.values"),
    ("certificates_floors", "lms.certificates.documents.service", "lms.certificates.badges.values"),
    *(
        ("rooms", f"{feature}.values", f"{feature}.{room}")
        for feature, room in [
            ("lms.identity", "service"),
            ("lms.audiences", "queries"),
            ("lms.lrs", "queries"),
            ("lms.notifications", "queries"),
            ("lms.courses.authoring", "rules"),
            ("lms.courses.learning", "models"),
            ("lms.courses.sessions", "service"),
            ("lms.courses.notes", "service"),
            ("lms.courses.reports", "queries"),
            ("lms.courses.assignments", "service"),
            ("lms.courses.curricula", "service"),
            ("lms.quizzes.bank", "forms"),
            ("lms.quizzes.attempts", "service"),
            ("lms.quizzes.marking", "service"),
            ("lms.quizzes.surveys", "queries"),
            ("lms.quizzes.sittings", "models"),
            ("lms.quizzes.statistics", "queries"),
            ("lms.quizzes.remarking", "service"),
            ("lms.packages", "facade"),
            ("lms.certificates.cycles", "forms"),
            ("lms.certificates.documents", "views"),
            ("lms.certificates.badges", "facade"),
            ("lms.certificates.verification", "queries"),
            ("lms.portal.partners", "views"),
            ("lms.portal.standing", "service"),
            ("lms.portal.deals", "jobs"),
            ("lms.portal.dashboard", "rules"),
        ]
    ),
    ("pure", "lms.portal.deals.rules.customers", "sqlalchemy"),
    ("pure", "lms.courses.learning.rules", "flask"),
    ("pure", "lms.quizzes.policy", "flask_login"),
    ("pure", "lms.identity.values", "sqlalchemy"),
    *(
        ("doors", importer, imported)
        for importer, imported in [
            ("lms.notifications.service", "lms.identity.queries"),
            ("lms.audiences.queries.matching", "lms.identity.models"),
            ("lms.courses.handlers", "lms.audiences.queries.audiences"),
            ("lms.courses.learning.service", "lms.identity.models"),
            ("lms.quizzes.plugs", "lms.courses.learning.values"),
            ("lms.packages.service", "lms.courses.authoring.queries"),
            ("lms.packages.service", "lms.lrs.queries.statements"),
            ("lms.certificates.handlers", "lms.notifications.service"),
            ("lms.portal.deals.service.decisions", "lms.certificates.cycles.queries.ledger"),
            ("lms.portal.dashboard.queries", "lms.quizzes.bank.models"),
            ("lms.portal.dashboard.views", "lms.packages.service"),
            ("lms.portal.standing.service", "lms.portal.partners.models"),
            ("lms.portal.deals.handlers", "lms.portal.standing.rules"),
            ("lms.portal.dashboard.queries", "lms.portal.deals.queries"),
            ("lms.web.context", "lms.portal.dashboard.queries"),
        ]
    ),
    *(
        ("inner_doors", importer, imported)
        for importer, imported in [
            ("lms.courses.learning.service", "lms.courses.authoring.service"),
            ("lms.courses.learning.service", "lms.courses.authoring.models"),
            ("lms.courses.learning.views", "lms.courses.authoring.forms"),
            ("lms.courses.authoring.views.courses", "lms.courses.learning.views"),
            ("lms.courses.sessions.service.attendance", "lms.courses.learning.service"),
            ("lms.courses.learning.views", "lms.courses.sessions.service.booking"),
            ("lms.courses.sessions.service.booking", "lms.courses.learning.models"),
            ("lms.courses.learning.views", "lms.courses.notes.service"),
            ("lms.courses.notes.service", "lms.courses.learning.service"),
            ("lms.courses.learning.views", "lms.courses.reports.service"),
            ("lms.courses.reports.service", "lms.courses.learning.service"),
            ("lms.courses.assignments.service.recording", "lms.courses.learning.service"),
            ("lms.courses.authoring.views.courses", "lms.courses.assignments.service.settings"),
            ("lms.courses.learning.views", "lms.courses.curricula.service.following"),
            ("lms.quizzes.attempts.service", "lms.quizzes.bank.models"),
            ("lms.quizzes.bank.service.quizzes", "lms.quizzes.attempts.service"),
            ("lms.quizzes.bank.queries", "lms.quizzes.marking.service"),
            ("lms.quizzes.marking.service", "lms.quizzes.attempts.service"),
            ("lms.quizzes.attempts.service", "lms.quizzes.surveys.service"),
            ("lms.quizzes.surveys.service", "lms.quizzes.attempts.service"),
            ("lms.quizzes.attempts.service", "lms.quizzes.sittings.service"),
            ("lms.quizzes.surveys.service", "lms.quizzes.statistics.service"),
            ("lms.quizzes.statistics.service", "lms.quizzes.attempts.service"),
            ("lms.quizzes.attempts.service", "lms.quizzes.remarking.service"),
            ("lms.quizzes.remarking.service", "lms.quizzes.attempts.service"),
            ("lms.certificates.cycles.views.mine", "lms.certificates.documents.service"),
            ("lms.certificates.documents.service", "lms.certificates.cycles.service.issuing"),
            ("lms.certificates.badges.service", "lms.certificates.documents.service"),
            ("lms.certificates.documents.service", "lms.certificates.badges.service"),
            ("lms.certificates.verification.views", "lms.certificates.documents.views"),
            ("lms.certificates.documents.views", "lms.certificates.verification.forms"),
        ]
    ),
    ("certification_door", "lms.portal.deals.service.moves", "lms.certificates.facade"),
    ("certification_door", "lms.portal.dashboard.queries", "lms.certificates.facade"),
    ("acyclic", "lms.kernel.db", "lms.kernel.outbox"),
    ("acyclic", "lms.portal.standing.values", "lms.portal.standing.service"),
]


def names(option: str | list[str]) -> list[str]:
    """Return what an option names; one on a single line comes as text."""
    return [option] if isinstance(option, str) else option


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Return who imports whom in this house."""
    return grimp.build_graph("lms", include_external_packages=True, cache_dir=None)


def is_kept(contract_id: str, imports: grimp.ImportGraph) -> bool:
    """Check one contract of setup.cfg, on a copy: contracts may change what they look at."""
    options = CONTRACTS[contract_id]
    contract = KINDS[options["type"]](
        name=options["name"],
        session_options=OPTIONS.session_options,
        contract_options=dict(options),
    )
    return contract.check(copy.deepcopy(imports), verbose=False).kept


@pytest.mark.parametrize("contract_id, importer, imported", PLANTED)
def test_a_contract_breaks_when_its_wall_is_passed(
    imports: grimp.ImportGraph, contract_id: str, importer: str, imported: str
) -> None:
    planted = copy.deepcopy(imports)
    assert {importer, imported} <= planted.modules, "a plant must stand where something is"
    assert not planted.direct_import_exists(importer=importer, imported=imported)
    planted.add_import(importer=importer, imported=imported)
    assert is_kept(contract_id, imports)
    assert not is_kept(contract_id, planted)


@pytest.mark.parametrize(
    "contract_id, module",
    [
        ("floors", "lms.utilities"),
        ("portal_floors", "lms.portal.rebates"),
        ("courses_floors", "lms.courses.helpers"),
        ("quizzes_floors", "lms.quizzes.grading"),
        ("certificates_floors", "lms.certificates.printing"),
        ("rooms", "lms.identity.managers"),
        ("rooms", "lms.portal.deals.misc"),
    ],
)
def test_a_contract_breaks_when_a_folder_that_nobody_named_appears(
    imports: grimp.ImportGraph, contract_id: str, module: str
) -> None:
    planted = copy.deepcopy(imports)
    planted.add_module(module)
    assert not is_kept(contract_id, planted)


def test_every_contract_has_been_seen_to_fail() -> None:
    assert {contract_id for contract_id, _, _ in PLANTED} == set(CONTRACTS)
    walled = {
        feature for contract_id in ("doors", "inner_doors") for feature in CONTRACTS[contract_id]["features"]
    }
    passed = [imported for contract_id, _, imported in PLANTED if contract_id in {"doors", "inner_doors"}]
    assert {
        feature for feature in walled if not any(one.startswith(f"{feature}.") for one in passed)
    } == set()
    assert {plant[1].rpartition(".")[0] for plant in PLANTED if plant[0] == "rooms"} == set(
        CONTRACTS["rooms"]["containers"]
    )


def test_contracts_name_exactly_what_is_there(imports: grimp.ImportGraph) -> None:
    keys = ("containers", "features", "protected_modules", "allowed_importers", "ancestors", "exempt")
    named = {name for options in CONTRACTS.values() for key in keys for name in names(options.get(key, []))}
    assert {name for name in named if "*" in name} == set()
    assert named - imports.modules == set(), "what a contract names is gone, so it holds nothing there"
    layers = {
        (container, layer)
        for options in CONTRACTS.values()
        for container in names(options.get("containers", []))
        for line in options["layers"]
        for layer in line.split(" | ")
    }
    assert {
        f"{within}.{layer}" for within, layer in layers if not layer.startswith("(")
    } - imports.modules == set()
    if_any = {
        f"{within}.{layer.strip('()')}"
        for within, layer in layers
        if layer.startswith("(") and layer.strip("()") not in ROOMS
    }
    assert if_any & imports.modules == set(), "what stands is named without parentheses"


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


@pytest.mark.parametrize(
    "importer, imported, kept",
    [
        ("learning.service", "authoring.queries", True),
        ("learning.views", "authoring.rules", True),
        ("learning.queries", "authoring.models", True),
        ("learning.queries.pages", "authoring.models.tables", True),
        ("learning.service", "learning.models", True),
        ("facade", "authoring.service", True),
        ("learning.service", "authoring.models", False),
        ("learning.service", "authoring.service", False),
        ("learning.queries", "authoring.service", False),
        ("learning.views", "authoring.forms", False),
        ("learning.views", "authoring.views", False),
    ],
)
def test_parts_of_a_feature_read_each_other_and_leave_writing_to_its_owner(
    house: Path, importer: str, imported: str, *, kept: bool
) -> None:
    write(house, f"courses.{imported}")
    write(house, f"courses.{importer}", f"import guild.courses.{imported}\n")
    contract = InnerDoorsContract(
        name="Inner doors",
        session_options={"root_packages": ["guild"]},
        contract_options={
            "features": ["guild.courses.authoring", "guild.courses.learning"],
            "public_rooms": ["values", "events", "errors", "facade", "rules", "queries"],
            "rooms_of_queries": ["models"],
        },
    )
    check = contract.check(grimp.build_graph("guild", cache_dir=None), verbose=False)
    assert check.kept is kept
