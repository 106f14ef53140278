"""Pages that show what is in the record store: a list with filters, one statement, and all of them as JSON lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.uow import unit_of_work
from lms.lrs.formats.words import UUID_WORD, is_iri
from lms.lrs.policy import VIEW_STATEMENTS
from lms.lrs.queries import names
from lms.lrs.queries.statements import MOST, find_statement, list_statements, page_statements
from lms.lrs.rules import showing, terms
from lms.lrs.rules.people import identifiers_of
from lms.lrs.values import NamedKind, Stored, Term, Version, Wanted
from lms.lrs.views.routes import pages
from lms.lrs.views.statements import home_of_authorities
from lms.web.access import requires
from lms.web.exports import lines_download
from lms.web.numbers import calendar_day
from lms.web.pages import Page, PageRequest, page_request

PEOPLE_MOST: Final = 8
SHOWN_MOST: Final = 100_000
"""Characters of a statement that its page shows."""


@pages.get("/admin/statements")
@requires(VIEW_STATEMENTS)
def list_all() -> ResponseReturnValue:
    """List what was stored, latest first."""
    people = _people_meant()
    nothing: Page[Stored] = Page([], None, None)
    page = page_statements(_wanted(people), page_request()) if _is_clear(people) else nothing
    return _listing(page, people)


def _listing(page: Page[Stored], people: Sequence[Person] | None, *, refused: bool = False) -> str:
    given: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in {"after", "before"}
    }
    return render_template(
        "lrs/statements.html",
        page=_lines(page),
        given=given,
        people=people,
        suggested={kind.value: names.list_suggested(kind, _asked(kind)) for kind in NamedKind},
        export=url_for(".export_statements", **given) if _is_clear(people) else None,
        refused=refused,
    )


def _is_clear(people: Sequence[Person] | None) -> bool:
    """Return whether it is clear who is meant: somebody outside, one person, or everybody."""
    return people is None or len(people) == 1


@pages.get("/admin/statements/<uuid:statement_id>")
@requires(VIEW_STATEMENTS)
def show_statement(statement_id: UUID) -> ResponseReturnValue:
    """Show one statement whole, also one that was voided."""
    kept, voided = _kept(statement_id)
    # A browser takes half a minute to show ten megabytes.
    exact = _exact(kept)
    written = msgspec.json.format(exact, indent=2).decode()
    one = _line(kept, _names([kept]))
    return render_template(
        "lrs/statement.html",
        one=one,
        written=written[:SHOWN_MOST],
        is_cut=len(written) > SHOWN_MOST,
        size_bytes=len(exact),
        voided=voided,
    )


@pages.get("/admin/statements/<uuid:statement_id>.json")
@requires(VIEW_STATEMENTS)
def download_statement(statement_id: UUID) -> ResponseReturnValue:
    """Hand out one statement whole, however long it is."""
    response = Response(_exact(_kept(statement_id)[0]), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{statement_id}.json")
    return response


def _kept(statement_id: UUID) -> tuple[Stored, bool]:
    """Return a statement, and whether it was voided; NotFound if there is none."""
    found = find_statement(statement_id, voided=False, mine=None)
    kept = found or find_statement(statement_id, voided=True, mine=None)
    if kept is None:
        raise NotFound
    return kept, found is None


@pages.get("/admin/statements.jsonl")
@requires(VIEW_STATEMENTS)
def export_statements() -> ResponseReturnValue:
    """Hand out what the filters name as JSON lines, oldest first."""
    people, home_page = _people_meant(), home_of_authorities()
    if not _is_clear(people):
        return _listing(Page([], None, None), people, refused=True), HTTPStatus.UNPROCESSABLE_ENTITY
    wanted = _wanted(people)
    return lines_download("statements.jsonl", _batches(wanted, home_page))


def _batches(wanted: Wanted, home_page: str) -> Iterator[Sequence[bytes]]:
    at: int | None = None
    while True:
        with unit_of_work(read_only=True):
            found = list_statements(replace(wanted, ascending=True, limit=MOST, cursor=at))
        yield [showing.exact(one, home_page=home_page, spoken=Version.ONE) for one in found.statements]
        if found.more is None:
            return
        at = found.more


def _exact(kept: Stored) -> bytes:
    return showing.exact(kept, home_page=home_of_authorities(), spoken=kept.version)


def _people_meant() -> Sequence[Person] | None:
    """Return who of this portal may be meant, a few at most; None where an address or account of others is asked for.

    Whose address it is has statements under their account here as well.
    """
    written = _asked("actor").removeprefix("mailto:")
    if not written or "://" in written:
        return None
    scope, at = current().scope_of(VIEW_STATEMENTS), PageRequest(size=PEOPLE_MOST)
    found = identity.page_people(scope, written, at).items
    if "@" in written:
        return [one for one in found if one.email == written.lower()] or None
    return found


def _wanted(people: Sequence[Person] | None) -> Wanted:
    actor, activity = _asked("actor"), _asked("activity")
    verb = _asked("verb")
    found: list[Term] = []
    if people:
        (person,) = people
        known = identifiers_of(person.email, person.id, home_page=home_of_authorities())
        words = map(terms.word_of, known)
        found.append(tuple(one for word in words for one in terms.anywhere(terms.RELATED_AGENT, word)))
    elif actor:
        found.append(terms.anywhere(terms.RELATED_AGENT, terms.word_of(_identifier(actor))))
    if activity:
        meant = _meant(NamedKind.ACTIVITY, activity)
        found.append(tuple(one for iri in meant for one in terms.anywhere(terms.RELATED_ACTIVITY, iri)))
    if verb:
        found.append(tuple(terms.digest(terms.VERB, iri) for iri in _meant(NamedKind.VERB, verb)))
    return Wanted(terms=found, since=_day("since"), until=_day("until", days=1))


def _meant(kind: NamedKind, written: str) -> Sequence[str]:
    """Return the ids of what somebody means who types an address, or a name as it is shown or how it begins."""
    return [written] if is_iri(written) else names.list_meant(kind, written) or [written]


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()


def _identifier(written: str) -> Mapping[str, Any]:
    """Return whom somebody means who types an address, or an account as home page and name."""
    home_page, space, name = written.partition(" ")
    if space:
        return {"account": {"homePage": home_page, "name": name.strip()}}
    return {"mbox": written if written.startswith("mailto:") else f"mailto:{written}"}


def _day(name: str, *, days: int = 0) -> datetime | None:
    written = request.args.get(name, "")
    if not written:
        return None
    day = calendar_day(written)
    if day is None:
        raise Invalid(_("This is no day."), fields={name: _("Write the day as in 2026-11-23.")})
    begins = datetime.combine(day + timedelta(days=days), time(), tzinfo=ZoneInfo(str(get_timezone())))
    return begins.astimezone(UTC) - timedelta(microseconds=1)


def _lines(page: Page[Stored]) -> Page[Mapping[str, Any]]:
    called = _names(page.items)
    return page.map(lambda kept: _line(kept, called))


def _names(shown: Sequence[Stored]) -> Mapping[str, str]:
    """Return the names of this portal's own people among the actors, by the name of their account: one query."""
    actors = [msgspec.json.decode(kept.raw)["actor"].get("account", {}) for kept in shown]
    ours = {one.get("name", "") for one in actors if one.get("homePage") == home_of_authorities()}
    people = identity.list_people({PersonId(UUID(one)) for one in ours if UUID_WORD.fullmatch(one)})
    return {str(person.id): person.name for person in people.values()}


def _line(kept: Stored, called: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what a list shows of a statement; every word of it may be anybody's."""
    read = msgspec.json.decode(kept.raw)
    languages = [str(get_locale() or "en"), "en"]
    return {
        "id": kept.id,
        "stored_at": kept.stored_at,
        "actor": called.get(showing.who(read["actor"]), showing.who(read["actor"])),
        "verb": showing.called(read["verb"].get("display"), read["verb"]["id"], languages),
        "verb_id": read["verb"]["id"],
        "object": showing.named(read["object"], languages),
        "source": kept.authority_name,
    }
