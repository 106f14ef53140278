"""What strangers' files do to their reader ends with the reader: hang, burst, death, and a nursery that is killed."""

import json
import os
import signal
import threading
import time

import pytest

from lms.kernel.confined import Confined, GaveUp, TooBusy

WORK = "tests.kernel.confined_work"


@pytest.fixture(scope="module")
def confined():
    made = Confined(WORK, at_once=2, seconds=1, memory_bytes=64 << 20, wait_seconds=0.2)
    yield made
    made.close()


def test_a_piece_comes_back_whole_however_long_it_is(confined):
    piece = b"echo " + bytes(range(256)) * 3000
    assert confined.run(piece) == piece[5:]
    assert confined.run(b"echo ") == b""


@pytest.mark.parametrize("what", [b"sleep", b"spin", b"burst", b"die", b"flood", b"nothing that is known"])
def test_what_hangs_bursts_dies_or_floods_is_given_up_and_the_next_piece_is_done(confined, what):
    began = time.monotonic()
    with pytest.raises(GaveUp):
        confined.run(what)
    assert time.monotonic() - began < 5
    assert confined.run(b"echo on") == b"on"


def test_a_child_has_none_of_our_settings_and_writes_no_file(confined, monkeypatch):
    monkeypatch.setenv("LMS_SECRET_KEY", "x")
    names, can_write = json.loads(confined.run(b"surroundings"))
    assert "LMS_SECRET_KEY" not in names
    assert not can_write


def test_so_many_at_once_and_who_comes_later_is_told(confined):
    confined.run(b"echo warm")
    ended = []

    def hang():
        try:
            confined.run(b"sleep")
        except GaveUp:
            ended.append(1)

    threads = [threading.Thread(target=hang) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    with pytest.raises(TooBusy):
        confined.run(b"echo x")
    for thread in threads:
        thread.join(20)
    assert len(ended) == 2
    assert confined.run(b"echo on") == b"on"


def test_a_nursery_that_is_killed_is_started_anew_and_nobody_notices(confined):
    os.kill(int(confined.run(b"nursery")), signal.SIGKILL)
    assert confined.run(b"echo on") == b"on"
