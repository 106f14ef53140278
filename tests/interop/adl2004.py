"""ADL's LMS test packages for SCORM 2004, 4th edition, as scripts: what is expected, and what is done then.

The suite's own words (its Commands.properties) are resolved here; nothing of it is copied into this repository.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lms.kernel.archives import open_zip
from lms.packages.formats.scorm2004 import Scorm2004
from lms.packages.values.scorm2004 import SequencedManifest

WHERE: Final = Path("software_development/TestSuite/LMSRTE/Courses")
WORDS: Final = Path(
    "software_development/resources/org/adl/testsuite/rte/lms/util/resources/Commands.properties"
)
HREF: Final = re.compile(r'href\s*=\s*"([^"?#]+)')
BASE: Final = re.compile(r'xml:base\s*=\s*"([^"]+)"')


@dataclass
class Command:
    """One call of a content's API, and what it must answer: value and error."""

    call: str
    element: str
    value: str
    error: str
    sent: str = ""


@dataclass
class Visit:
    """An activity that must be delivered, what its content does, and what the learner does then."""

    activity: str
    commands: list[Command] = field(default_factory=list)
    then: str = ""
    asked: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


@dataclass
class Script:
    """One test package."""

    name: str
    start: str
    visits: list[Visit]


def read_words(suite: Path) -> dict[str, str]:
    """Return what the suite's short words stand for."""
    found = {}
    for line in (suite / WORDS).read_text("latin-1").splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found[key.strip()] = value
    return found


def names(suite: Path) -> list[str]:
    """Return the names of the scripts, in order."""
    return sorted(path.stem for path in (suite / WHERE / "TestCases").glob("*.properties"))


def read_script(suite: Path, name: str) -> Script:
    """Return one script."""
    words = read_words(suite)
    text = (suite / WHERE / "TestCases" / f"{name}.properties").read_text("latin-1").replace("\\\n", "")
    visits: list[Visit] = []
    start = last = ""
    for line in text.splitlines():
        key, _sign, value = line.partition("=")
        if key == "start":
            start = "" if value.strip() == "." else value.strip()
        if not key.startswith("Act") or "." not in key:
            continue
        visit, _dot, what = key.partition(".")
        if visit != last:
            visits.append(Visit(visit[3 : visit.rindex("V")]))
            last = visit
        here = visits[-1]
        if what.startswith("commands"):
            here.commands.append(_command(value, words))
        elif what == "CUI":
            here.then = value.strip()
        elif what == "UIQ":
            here.asked = value.split("~")
        elif what == "UIA":
            here.answers = value.split("~")
    return Script(name, start, visits)


def _command(text: str, words: Mapping[str, str]) -> Command:
    parts = text.strip().split("->")
    call = parts[0]
    if call == "SET":
        element, value = _written(parts[1], words)
        return Command("SET", element, parts[2] if len(parts) > 2 else "", parts[-1], value)
    element = (
        _name(parts[1], words) if len(parts) > 1 and call == "GET" else parts[1] if len(parts) > 1 else ""
    )
    expected = parts[2] if len(parts) > 2 else ""
    return Command(call, element, words.get(expected, expected), parts[-1])


def _name(key: str, words: Mapping[str, str]) -> str:
    if "~tar~" in key:
        head, _tar, target = key.partition("~tar~")
        return ".".join(words.get(one, one) for one in head.split("~")) + ".{target=" + target + "}"
    return ".".join(words.get(one, one) for one in key.split("~"))


def _written(key: str, words: Mapping[str, str]) -> tuple[str, str]:
    if key.startswith("a~n~r!tar~"):
        _head, target, kind = key.removeprefix("a~n~r!").split("~")
        return "adl.nav.request", "{target=" + target + "}" + words.get(kind, kind)
    head, _sign, value = key.partition("!")
    element = ".".join(words.get(one, one) for one in head.split("~"))
    return element, words.get(value, value)


def read_manifest(suite: Path, package: str) -> SequencedManifest:
    """Return a test package's manifest; the files it names lie elsewhere, so that empty ones stand for them."""
    content = (suite / WHERE / f"LMSTestPackage_{package}" / "imsmanifest.xml").read_bytes()
    text = content.decode("latin-1")
    bases = {"", *(one for one in BASE.findall(text))}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("imsmanifest.xml", content)
        for name in sorted({base + href for base in bases for href in HREF.findall(text)}):
            archive.writestr(name, b"x")
    target.seek(0)
    return Scorm2004().read(open_zip(target))
