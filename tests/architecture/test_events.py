"""Every fact that the product can record is wired to those who react, or left unwired on purpose."""

import importlib
import pkgutil
from collections.abc import Iterator

import lms
from lms.app import wires
from lms.kernel.events import Event, Wiring, reaction_id


def kinds_of_event() -> Iterator[type[Event]]:
    """Yield every event of the product, whether its feature is put together by the app yet or not."""
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name != "lms.__main__":
            importlib.import_module(module.name)
    waiting: list[type[Event]] = [Event]
    while waiting:
        below = [kind for kind in waiting.pop().__subclasses__() if kind.__module__.startswith("lms.")]
        waiting += below
        # A kind that others refine is never recorded itself.
        yield from (kind for kind in below if not kind.__subclasses__())


def test_every_event_is_wired_or_left_unwired_on_purpose_and_never_both() -> None:
    wired = {wire.event for wire in wires.WIRES}
    found = set(kinds_of_event())
    assert found - wired - wires.UNWIRED == set(), "name them in lms/app/wires.py"
    assert wired & wires.UNWIRED == set()
    assert (wired | wires.UNWIRED) - found == set()


def test_a_wire_that_nobody_holds_is_unwired() -> None:
    assert [wire.event.__name__ for wire in wires.WIRES if not wire.within and not wire.after] == []


def test_no_two_events_have_one_name() -> None:
    names = [kind.fact_name() for kind in kinds_of_event()]
    assert sorted(names) == sorted(set(names))


def test_every_event_names_the_field_that_it_is_about() -> None:
    for kind in kinds_of_event():
        assert kind.SUBJECT in kind.__dataclass_fields__, kind.__name__


def test_every_delivery_finds_its_handler_again() -> None:
    known = Wiring(wires.WIRES)
    for wire in wires.WIRES:
        for reaction in wire.after:
            assert known.reaction(wire.event.fact_name(), reaction_id(reaction)) == (wire.event, reaction)
