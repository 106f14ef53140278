"""The door of the record store: what the portal itself records, and who launches what may speak to it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from lms.lrs import kinds
from lms.lrs.queries.statements import page_statements
from lms.lrs.rules import own as own_rules
from lms.lrs.rules import showing, terms
from lms.lrs.service import own
from lms.lrs.values import Said, Stored, Wanted
from lms.web.pages import Page, PageRequest

Guard = kinds.Guard
Launches = kinds.Launches
install_launches = kinds.install

registration_term = terms.registration
digest_of_agent = own.digest_of_agent
hold_source = own.hold_source
copy_states = own.copy_states
put_state = own.put_state
record = own.record
tell = own.tell
statement_id_of = own_rules.id_of


def page_said(
    registration: UUID, languages: Sequence[str], wanted: PageRequest, names: Mapping[str, str]
) -> Page[Said]:
    """Return one page of what was said in a registration, the newest first, named in the first language there is.

    `names` are those of activities that go by another name than what is said of them, by id.
    """
    found = page_statements(Wanted(terms=[terms.registration(registration)]), wanted)

    def read(kept: Stored) -> Said:
        said = msgspec.json.decode(kept.raw)
        return Said(
            id=kept.id,
            stored_at=kept.stored_at,
            verb=showing.called(
                said["verb"].get("display"), said["verb"]["id"].rpartition("/")[2], languages
            ),
            object=names.get(said["object"].get("id", "")) or showing.named(said["object"], languages),
            extensions={
                name: value
                for part in (said.get("context", {}), said.get("result", {}))
                for name, value in part.get("extensions", {}).items()
            },
            result=said.get("result", {}),
        )

    return found.map(read)
