"""ADL's LMS test packages for SCORM 2004, 4th edition: each manifest read, each script played over our sequencing.

Needs a checkout of adlnet/SCORM-2004-4ed-Test-Suite in a folder of LMS_SUITES, whatever its name. Its four packages
that test the API in a browser (API, DDM, DMB, DMI) need its Java applet, and are only read.
"""

import os
from pathlib import Path

import pytest

from lms.packages.values.sequencing import Facts
from tests.interop import adl2004
from tests.interop.play2004 import play

pytestmark = pytest.mark.interop

IN_A_BROWSER = {"API", "DDM", "DMB", "DMI"}


@pytest.fixture(scope="module")
def suite() -> Path:
    """Return the suite's checkout."""
    named = os.environ.get("LMS_SUITES")  # noqa: TID251  said to `make interop`, no setting of the product
    for folder in sorted(Path(named).iterdir()) if named else ():
        if (folder / adl2004.WHERE).is_dir():
            return folder
    pytest.skip("LMS_SUITES holds no checkout of SCORM-2004-4ed-Test-Suite")


def test_every_manifest_of_the_suite_is_read_and_nothing_of_it_is_left_out(suite: Path) -> None:
    packages = sorted((suite / adl2004.WHERE).glob("LMSTestPackage_*"))
    told = {
        folder.name: adl2004.read_manifest(suite, folder.name.removeprefix("LMSTestPackage_"))
        for folder in packages
    }
    assert len(told) == 189
    assert {name: package.warnings for name, package in told.items() if package.warnings} == {}


def test_every_script_of_the_suite_is_played_as_it_is_written(suite: Path) -> None:
    # One after the other by one learner: some packages read what another of their family left in shared objectives.
    shared: dict[str, Facts] = {}
    names = [name for name in adl2004.names(suite) if name not in IN_A_BROWSER]
    troubles = {
        name: play(adl2004.read_manifest(suite, name), adl2004.read_script(suite, name), shared)
        for name in names
    }
    assert {name: trouble for name, trouble in troubles.items() if trouble} == {}
    assert len(names) == 184
