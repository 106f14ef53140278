"""People whom a trainer looks for by name, to give them something."""

from collections.abc import Sequence

from lms.identity import facade as identity
from lms.identity.values import Person
from lms.kernel.actor import Scope
from lms.kernel.db import db

AT_ONCE = 20


def find_people(words: str, scope: Scope) -> Sequence[Person]:
    """Return people within reach whose names have these words, by name, at most `AT_ONCE`."""
    query = identity.columns_of_people()
    person = query.column_descriptions[0]["entity"]
    query = query.where(identity.person_in_scope(person.id, scope))
    for word in words.split():
        query = query.where(person.name.icontains(word, autoescape=True))
    rows = db.session.execute(query.order_by(person.name, person.id).limit(AT_ONCE))
    return [identity.person_of(row) for row in rows]
