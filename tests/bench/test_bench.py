"""The figures of `make bench`: what is asked for is measured and told, and a missed goal is said and is no error."""

import json
import subprocess
import sys

import pytest

from bench import data, portal, whole
from bench.figures import Figure, Measured, is_wanted, rounded, table
from tests.support.processes import plain_environment
from tests.support.serving import ROOT

pytestmark = pytest.mark.slow  # it starts processes: no part of the quick loop


def test_a_pattern_is_a_part_of_a_name_or_with_stars_the_whole():
    assert is_wanted("gate.cpu_ms.100", None)
    assert is_wanted("gate.cpu_ms.100", "gate")
    assert is_wanted("gate.cpu_ms.100", "gate.*.100")
    assert not is_wanted("gate.cpu_ms.100000", "*.100")
    assert not is_wanted("home.cpu_ms.100", "gate")


def test_every_figure_that_the_issue_names_is_measured_at_both_sizes():
    goals = {figure.name: figure.goal for figure in (*portal.figures(""), *whole.FIGURES)}
    for size in (100, 100_000):
        assert [goals[f"{page}.cpu_ms.{size}"] for page in ("home", "course", "lesson")] == [4, 4, 4]
        assert [goals[f"{page}.queries.{size}"] for page in ("home", "course", "lesson")] == [5, 5, 5]
        assert goals[f"answer.cpu_ms.{size}"] == 4
        assert goals[f"gate.cpu_ms.{size}"] == goals[f"gate.many_certificates.cpu_ms.{size}"] == 2
        assert goals[f"pdf.cpu_ms.{size}"] == 60
        assert goals[f"people_import.rows_per_s.{size}"] == 2000
        assert goals[f"question_import.qti_s.{size}"] == goals[f"question_import.moodle_xml_s.{size}"] == 30
    assert (goals["first_view.course.kb"], goals["first_view.course.requests"]) == (90, 12)
    assert (goals["serve.pss_mb"], goals["serve.start_s"], goals["clone.first_page_s"]) == (450, 4, 90)


def test_a_missed_goal_is_told_and_a_figure_without_one_is_neither():
    met = Measured(Figure("a", "ms", 4), 4.0)
    missed = Measured(Figure("b", "ms", 4), 4.1)
    plain = Measured(Figure("c", "ms"), 9.0)
    assert [one.as_json()["met"] for one in (met, missed, plain)] == [True, False, None]
    slow = Measured(Figure("d", "rows/s", 2000, at_least=True), 1999.0)
    fast = Measured(Figure("d", "rows/s", 2000, at_least=True), 2001.0)
    assert [one.as_json()["met"] for one in (slow, fast)] == [False, True]
    assert "≥ 2000" in table([slow])
    lines = table([met, missed, plain]).splitlines()
    assert [line.rstrip().endswith("MISSED") for line in lines] == [False, False, True, False]


def test_figures_keep_three_digits():
    assert [rounded(value) for value in (0.98765, 3.14159, 123456.0)] == [0.988, 3.14, 123000.0]


def test_data_made_by_another_generator_is_never_measured_for_this_ones():
    listed = "import bench.data, sys; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('bench')))"
    loaded = subprocess.run(
        [sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert str(ROOT / "bench" / "crowd" / "selling.py") in loaded
    assert set(loaded) - {str(path) for path in data.sources()} == set()


def _bench(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env={**plain_environment(), "LMS_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_name_that_no_figure_has_is_an_error_that_lists_those_there_are(tmp_path):
    ran = _bench(tmp_path, "--only", "gates of heaven")
    assert ran.returncode == 2
    assert "gate.cpu_ms.100000" in ran.stdout
    assert not (tmp_path / "bench.json").exists()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_asked_for_is_measured_on_data_that_is_made_once(tmp_path):
    ran = _bench(tmp_path, "--only", "gate.*.100")
    assert ran.returncode == 0, ran.stderr
    told = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert {name.split(".")[0] for name in told} == {"gate"}
    assert {tuple(figure) for figure in told.values()} == {("value", "unit", "goal", "met")}
    assert told["gate.cpu_ms.100"]["value"] > 0
    assert told["gate.queries.100"]["value"] <= 8
    made = sorted(tmp_path.glob("bench/*/world.sqlite.json"))
    before = made[0].stat().st_mtime_ns
    assert _bench(tmp_path, "--only", "?ourse.queries.100").returncode == 0
    assert [one.stat().st_mtime_ns for one in tmp_path.glob("bench/*/world.sqlite.json")] == [before]
    told = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert list(told) == ["course.queries.100"]
    assert told["course.queries.100"]["met"] is True
