"""Every Python that the product promises and this machine has: set up anew in a copy, the quick tests run on it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needs import give_up
from tests.support.processes import plain_environment
from tests.support.serving import serving

ROOT = Path(__file__).resolve().parents[2]
PROMISED = ("3.11", "3.12", "3.13")
QUICK = "not browser and not postgresql and not slow and not proof and not interop"
PYENV = Path.home() / ".pyenv" / "versions"

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]


def find_python(version: str) -> str | None:
    """Return a Python of this version: from the path, or one that pyenv keeps."""
    kept = sorted(PYENV.glob(f"{version}.*/bin/python{version}"))
    return str(kept[-1]) if kept else shutil.which(f"python{version}")


def run(*words: str, cwd: Path, environment: dict[str, str] | None = None) -> None:
    ran = subprocess.run(
        words,
        cwd=cwd,
        env={**plain_environment(), **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-8000:]


@pytest.mark.parametrize("version", PROMISED)
def test_the_quick_tests_pass_and_the_site_is_served_on_every_promised_python(tmp_path, version):
    python = find_python(version)
    if python is None:
        give_up(f"Python {version} is missing", f"pyenv install {version}")
    copy = tmp_path / "guildhall"
    run("git", "clone", "--quiet", str(ROOT), str(copy), cwd=tmp_path)
    run("scripts/setup", "test", cwd=copy, environment={"PYTHON": python})
    own = copy / ".venv" / "bin" / "python"
    assert own != Path(sys.executable)
    run(str(own), "-c", f"import sys; assert sys.version.startswith('{version}.')", cwd=copy)
    run(str(own), "-m", "pytest", "-q", "-n", "2", "-m", QUICK, cwd=copy)
    with serving(tmp_path / "data", command=[own.with_name("lms")], cwd=tmp_path) as guildhall:
        assert guildhall.get("/sign-in")[0] == 200
        assert guildhall.stop() == 0, guildhall.said()
