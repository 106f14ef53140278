"""The door of the record store: what the portal itself records, and who launches what may speak to it."""

from lms.lrs import kinds
from lms.lrs.rules import own as own_rules
from lms.lrs.rules import terms
from lms.lrs.service import own

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
