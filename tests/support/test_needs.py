"""A machine that lacks something is told what and how to get it; CI takes that for a failure."""

import pytest

from tests.support.needs import need_program


@pytest.mark.parametrize("ci, outcome", [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_what_is_missing_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no-such-program is missing; Debian: apt-get install such"):
        need_program("no-such-program", package="such")
    assert need_program("sh", package="dash").endswith("/sh")
