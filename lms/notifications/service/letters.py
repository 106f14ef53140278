"""Letters as they are written: one notice, or a digest of several, each with the ways out at its foot."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from lms.identity.values import Person, PersonId, PersonState
from lms.kernel.mail import CalendarFile
from lms.notifications.forms import GROUPS
from lms.notifications.queries import say
from lms.notifications.values import Delivery, NoticeGroup, NoticeKind
from lms.web.letters import send_letter

REACHED = frozenset({PersonState.ACTIVE, PersonState.INVITED})
LINES_AT_MOST = 100
SETTINGS = "/account/notifications"


@dataclass(frozen=True, slots=True)
class Line:
    """What one notice says, before it is put in words."""

    kind: NoticeKind
    values: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line of a digest in its reader's words, and where it leads."""

    text: str
    body: str
    link: str


def write_one(person: Person, line: Line, calendar: Sequence[CalendarFile] = ()) -> None:
    """Write the letter of one notice."""
    with force_locale(person.locale):
        told = _sentence(line)
    groups = () if line.kind.is_mandatory else (line.kind.group,)
    _send(person, "notifications/letter", told.text, groups, calendar, body=told.body, link=told.link)


def write_digest(person: Person, lines: Sequence[Line], delivery: Delivery) -> None:
    """Write what came together since the last digest, a letter for every hundred; one notice is a letter like any."""
    for some in _batches(lines):
        if len(some) == 1:
            write_one(person, some[0])
        else:
            _write_several(person, some, delivery)


def _batches(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    for start in range(0, len(lines), LINES_AT_MOST):
        yield lines[start : start + LINES_AT_MOST]


def _write_several(person: Person, lines: Sequence[Line], delivery: Delivery) -> None:
    present = [group for group in NoticeGroup if any(line.kind.group is group for line in lines)]
    with force_locale(person.locale):
        parts = [
            (str(GROUPS[group].title), [_sentence(line) for line in lines if line.kind.group is group])
            for group in present
        ]
        if delivery is Delivery.DAILY:
            subject = ngettext("%(num)s piece of news today", "%(num)s pieces of news today", len(lines))
        else:
            subject = ngettext(
                "%(num)s piece of news this week", "%(num)s pieces of news this week", len(lines)
            )
    groups = [group for group in present if any(_may_stop(line, group) for line in lines)]
    link = f"{_portal()}/notifications"
    _send(person, "notifications/digest", subject, groups, (), parts=parts, link=link)


def _may_stop(line: Line, group: NoticeGroup) -> bool:
    return line.kind.group is group and not line.kind.is_mandatory


def _sentence(line: Line) -> Sentence:
    return Sentence(
        say(line.kind.subject, line.values), say(line.kind.body, line.values), f"{_portal()}{line.url}"
    )


def _send(
    person: Person,
    template: str,
    subject: str,
    groups: Collection[NoticeGroup],
    calendar: Sequence[CalendarFile],
    **values: object,
) -> None:
    stop_url = f"{_portal()}/notifications/unsubscribe/{token_of(person.id, groups)}" if groups else ""
    send_letter(
        template,
        to=person.email,
        language=person.locale,
        subject=subject,
        calendar=calendar,
        stop_url=stop_url,
        heading=subject,
        settings_url=f"{_portal()}{SETTINGS}",
        **values,
    )


def _portal() -> str:
    return str(current_app.config["LMS_PUBLIC_URL"])


def token_of(person_id: PersonId, groups: Collection[NoticeGroup]) -> str:
    """Return the secret by which whoever has a letter may stop more of its kind, for as long as the key holds."""
    return str(_signer().dumps([person_id.hex, *sorted(groups)]))


def read_token(token: str) -> tuple[PersonId, frozenset[NoticeGroup]] | None:
    """Return whose letters of which groups a token stops; None for one that is not ours."""
    try:
        person, *groups = _signer().loads(token)
    except BadSignature:
        return None
    known = set(NoticeGroup)
    return PersonId(UUID(person)), frozenset(NoticeGroup(one) for one in groups if one in known)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="notices-unsubscribe")
