"""kill -9 between a certificate's issue and its document: the one is never in doubt, the other is made once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from lms.app.portal import Portal
from lms.certificates import facade as certificates
from lms.certificates.cycles.queries import ledger
from lms.certificates.values import Certificate, DeedKey, HoursPractised, Rule
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define
from tests.support.dying import Death, Mortal
from tests.support.portal import Cast, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SITE = HoursPractised(DeedKey(UUID(int=41)), "Site work", 5)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder that all processes share."""
    return tmp_path_factory.mktemp("mortal")


@pytest.fixture
def mortal(app: Portal, folder: Path) -> Iterator[Mortal]:
    """Yield the portal in processes that can be killed."""
    found = Mortal(app, str(folder))
    yield found
    found.stop()


def _held(person_id: PersonId) -> list[Certificate]:
    with unit_of_work(read_only=True):
        return list(ledger.list_of_person(person_id))


def _papers(folder: Path) -> list[Path]:
    return sorted((folder / "files").rglob("derived/certificates/*.pdf"))


def test_web_and_worker_are_killed_before_the_document_is_set_and_it_is_made_at_first_need_and_once(
    app: Portal, cast: Cast, mortal: Mortal, folder: Path, visit: Callable[..., Visitor], pango: None
) -> None:
    practice_id = new_id()
    with unit_of_work(), acting_as(SYSTEM):
        wanted = define(cast, "HC-X", "Site engineer", Rule(SITE, 12, 60, 30))
        certificates.log_practice(
            practice_id=practice_id,
            person_id=cast.amara,
            certification_id=wanted,
            key=SITE.key,
            entry=certificates.PracticeEntry(
                minutes=300, done_on=clock.now().date(), words="Plant 7, seen by K. Berg."
            ),
            actor=Actor(person_id=cast.amara),
            now=clock.now(),
        )
    trainer = visit(cast.tomas)
    approve = f"/author/practice/{practice_id}/approve"
    assert mortal.send(trainer, approve, {}, death=Death.BEFORE) is None
    assert _held(cast.amara) == [], "what was not committed was not issued"
    assert mortal.send(trainer, approve, {}, death=Death.AFTER) is None
    (certificate,) = _held(cast.amara)
    assert visit().get(f"/verify/{certificate.code}.json").get_json()["state"] == "valid"
    assert _papers(folder) == []
    assert mortal.deliver(clock.now(), dies=True) is None
    assert _papers(folder) == [], "half a document is none"
    assert visit().get(f"/verify/{certificate.code}.json").get_json()["state"] == "valid"
    assert mortal.deliver(clock.now() + timedelta(hours=1)) == 1
    (paper,) = _papers(folder)
    content = paper.read_bytes()
    assert mortal.deliver(clock.now() + timedelta(hours=2)) == 0, "set once, however often it is delivered"
    assert [one.read_bytes() for one in _papers(folder)] == [content]
    assert _held(cast.amara) == [certificate]
