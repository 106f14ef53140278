"""A course of five thousand lessons and a film of two hundred megabytes: slower perhaps, but whole."""

import http.client
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from lms.courses import facade as courses
from lms.courses.authoring import queries as authoring
from lms.courses.authoring import service as writing
from lms.courses.authoring.values import Direction
from lms.courses.values import ActivityKey, CourseId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, complete, enrol, publish, write_course
from tests.support.guests import House, house
from tests.support.hands import Hand, web_processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LESSONS, PER_SECTION = 5000, 100
PAGE_BYTES = 200_000
"""How large a page of that course may be, before it is packed for the way."""
MANY_BYTES = 800_000
"""The same of a page on which one of all lessons is chosen."""
FILM_BYTES = 200 << 20
PIECE = bytes(range(256)) * 256
MEMORY_BYTES = 48 << 20
"""By how much a web process may grow that takes a film and hands it out."""


def _packed() -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("course.md", "---\ntitle: All valves\nslug: all-valves\n---\n")
        for number in range(LESSONS):
            section = number // PER_SECTION + 1
            archive.writestr(
                f"{section:02}-part-{section}/{number % PER_SECTION + 1:03}-valve-{number}.md",
                f"---\ntitle: Valve {number}\n---\nWhat valve {number} does.\n",
            )
    return packed


def test_a_course_of_five_thousand_lessons_is_imported_changed_published_and_learned(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM), open_zip(_packed()) as tree:
        course_id = writing.import_course(tree, actor=SYSTEM, now=clock.now())
    with unit_of_work(), acting_as(SYSTEM):
        key = authoring.get_editor(course_id).items[7].key
        writing.move_activity(
            course_id=course_id, key=key, direction=Direction.DOWN, actor=SYSTEM, now=clock.now()
        )
    publish(course_id)
    activities = activities_of(course_id)
    assert len(activities) == LESSONS
    assert [one.title for one in activities[7:9]] == ["Valve 8", "Valve 7"]
    learner, trainer = visit(cast.amara), visit(cast.tomas)
    enrolment_id = enrol(cast.amara, course_id)
    complete(enrolment_id, activities[0])
    for who, path, says in (
        (learner, "/", "All valves"),
        (learner, "/learn/all-valves", "Valve 99<"),
        (learner, "/learn/all-valves?part=50", "Valve 4999"),
        (learner, f"/learn/all-valves/{activities[4000].id}", "What valve 4000 does."),
        (trainer, f"/author/courses/{course_id}", "Part 50"),
        (trainer, f"/author/courses/{course_id}/activities/{activities[4000].key}", "What valve 4000 does."),
    ):
        answer = who.get(path)
        assert answer.status_code == http.client.OK
        assert says in answer.text
        # What a lesson may wait for is chosen among all the others.
        assert len(answer.data) <= (MANY_BYTES if "/activities/" in path else PAGE_BYTES), path
    with unit_of_work(read_only=True):
        progress = courses.progress([cast.amara], [course_id])[cast.amara, course_id]
        assert (progress.done, progress.total) == (1, LESSONS)


def _first_key(course_id: CourseId) -> ActivityKey:
    with unit_of_work(read_only=True):
        return authoring.get_editor(course_id).items[0].key


def _peak(home: House) -> int:
    texts = [Path(f"/proc/{one.pid}/status").read_text(encoding="ascii") for one in web_processes(home)]
    return max(int(text.partition("VmHWM:")[2].split()[0]) for text in texts) << 10


def _upload(home: House, hand: Hand, path: str, head: bytes) -> dict[str, str]:
    """Send a film of that size, piece by piece; return what is answered."""
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="Start.mp4"\r\n\r\n' + head
    end = b"\r\n--b--\r\n"
    connection = _connection(home)
    connection.putrequest("POST", path)
    for name, value in {
        **hand.headers,
        "Content-Type": "multipart/form-data; boundary=b",
        "Accept": "application/json",
    }.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(start) + FILM_BYTES - len(head) + len(end)))
    connection.endheaders(start)
    left = FILM_BYTES - len(head)
    while left:
        piece = PIECE[: min(left, len(PIECE))]
        connection.send(piece)
        left -= len(piece)
    connection.send(end)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    assert answer.status == http.client.OK, told
    return dict(json.loads(told))


def test_a_film_of_two_hundred_megabytes_comes_in_and_goes_out_in_parts_without_filling_memory(tmp_path):
    head = b"\x00\x00\x00\x18ftypmp42"
    with house(tmp_path / "house") as home:
        course_id = write_course(publish=False)
        hand = Hand(home, home.cast.tomas)
        path = f"/author/courses/{course_id}/activities/{_first_key(course_id)}/pictures"
        small = _read(home, hand, "/learn")
        assert small[0] == http.client.OK  # each process has its code loaded before it is measured
        before = _peak(home)
        told = _upload(home, hand, path, head)
        assert told["address"] == "media/start.mp4"
        status, headers, content = _read(
            home, hand, told["url"], first=FILM_BYTES - 1000, last=FILM_BYTES - 1
        )
        assert status == http.client.PARTIAL_CONTENT
        assert headers["Content-Range"] == f"bytes {FILM_BYTES - 1000}-{FILM_BYTES - 1}/{FILM_BYTES}"
        whole = (PIECE * 2)[(FILM_BYTES - 1000 - len(head)) % len(PIECE) :][:1000]
        assert content == whole
        status, headers, content = _read(home, hand, told["url"], first=0)
        assert (status, len(content), content[: len(head)]) == (http.client.PARTIAL_CONTENT, FILM_BYTES, head)
        assert _peak(home) - before < MEMORY_BYTES


def _read(
    home: House, hand: Hand, path: str, *, first: int | None = None, last: int | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """Return the answer to a GET, of a part of the file where one is asked for."""
    wanted = {} if first is None else {"Range": f"bytes={first}-{'' if last is None else last}"}
    connection = _connection(home)
    connection.request("GET", path, headers={"Cookie": hand.headers["Cookie"], **wanted})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.headers.items()), content


def _connection(home: House) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", home.running.port, timeout=120)
