"""Which column of a table of people means what, found by its heading in English or German."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from lms.identity.values.imports import ImportField

F = ImportField

SYNONYMS: Final[Mapping[ImportField, str]] = {
    F.EXTERNAL_ID: """external id | externe id | external number | externe nummer | personnel number | personnel no |
        personalnummer | personal nr | pers nr | mitarbeiternummer | mitarbeiter nr | mitarbeiter id | employee id |
        employee number | employee no | staff id | staff number | person id | user id | benutzer id | hr id | id |
        nummer | nr""",
    F.EMAIL: """e-mail | email | mail | e-mail address | email address | mail address | e-mail-adresse | mailadresse |
        work email | business email | primary email | e-post | login | user name | benutzername""",
    F.NAME: """name | full name | display name | vollständiger name | anzeigename | person | mitarbeiter | employee""",
    F.GIVEN_NAME: "given name | first name | forename | vorname | rufname",
    F.FAMILY_NAME: "family name | last name | surname | nachname | familienname | zuname",
    F.ORGANISATION: """organisation | organization | company | partner | employer | account | firma | unternehmen |
        betrieb | arbeitgeber | gesellschaft | branch | niederlassung | dealer | händler | domain | company name""",
    F.POSITION: """position | job | job title | title | role | function | stelle | funktion | tätigkeit | beruf |
        stellenbezeichnung | jobtitel | position code""",
    F.REGION: "region | area | territory | gebiet | vertriebsgebiet | region code",
    F.LANGUAGE: "language | locale | sprache | lang | preferred language | korrespondenzsprache",
    F.TIME_ZONE: "time zone | timezone | zeitzone | tz",
    F.STATE: "state | status | active | aktiv | zustand | employment status | beschäftigungsstatus",
    F.INVITE: "invite | invitation | einladen | einladung | send invitation | einladung senden",
}


def folded(text: str) -> str:
    """Return a heading or name as it is compared: letters and digits alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


_MEANT: Final = {
    folded(word): field for field, words in SYNONYMS.items() for word in words.split("|") if folded(word)
}


def field_of(heading: str) -> ImportField | None:
    """Return what a heading means, None if nobody could say."""
    return _MEANT.get(folded(heading))


def knows(heading: str) -> bool:
    """Return whether a heading means something."""
    return folded(heading) in _MEANT


def guess(headings: Sequence[str]) -> tuple[ImportField | None, ...]:
    """Return what each column means, each field once: the first column that is called so.

    A "Name" beside a "Vorname" is the family's, where no other column is.
    """
    found: list[ImportField | None] = []
    for heading in headings:
        field = field_of(heading)
        found.append(field if field not in found else None)
    if F.GIVEN_NAME in found and F.NAME in found and F.FAMILY_NAME not in found:
        found[found.index(F.NAME)] = F.FAMILY_NAME
    return tuple(found)


def fault_of_mapping(mapping: Sequence[ImportField | None]) -> ImportField | None:
    """Return the field that more than one column says, None if there is none."""
    said = [field for field in mapping if field is not None]
    return next((field for field in said if said.count(field) > 1), None)


def can_tell_people_apart(mapping: Sequence[ImportField | None]) -> bool:
    """Return whether rows say of whom they speak."""
    return F.EMAIL in mapping or F.EXTERNAL_ID in mapping
