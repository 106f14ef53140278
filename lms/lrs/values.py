"""Ids, versions, scopes and frozen facts of the record store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NewType
from uuid import UUID

from msgspec import Struct

from lms.identity.values import PersonId

CredentialId = NewType("CredentialId", UUID)

NUMBER_MAX: Final = 2**62
"""No statement, and no bound that a reader names, has a larger number."""

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"


class Version(StrEnum):
    """The versions of xAPI that are spoken, each by its latest patch."""

    ONE = "1.0.3"
    TWO = "2.0.0"


class XapiScope(StrEnum):
    """What a credential may do (xAPI 1.0.3, Communication 4.2)."""

    WRITE = "statements/write"
    READ_MINE = "statements/read/mine"
    READ = "statements/read"
    STATE = "state"
    PROFILE = "profile"
    ALL = "all"


class DocumentKind(StrEnum):
    """The three resources that keep documents."""

    STATE = "state"
    ACTIVITY = "activity"
    AGENT = "agent"


class NamedKind(StrEnum):
    """What has names in statements that people look for."""

    VERB = "verb"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Credential:
    """A source's key and what it may do. `limit_bytes` bounds one request, `per_minute` how many there may be."""

    id: CredentialId
    key: str
    name: str
    scopes: frozenset[XapiScope]
    per_minute: int
    limit_bytes: int
    is_everywhere: bool = False
    """The portal's own, of one id in every database: nothing of one may be kept in mind for another."""

    def may(self, *wanted: XapiScope) -> bool:
        """Return whether any of these scopes is held."""
        return XapiScope.ALL in self.scopes or not self.scopes.isdisjoint(wanted)


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """One credential as administrators list it."""

    id: CredentialId
    key: str
    name: str
    scopes: Sequence[str]
    made_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential just made: the only time that its secret is known."""

    key: str
    secret: str


class KnownAgent(Struct, frozen=True):
    """Somebody whom a statement names: by which identifier, and what they were called."""

    digest: bytes
    identifier: Mapping[str, Any]
    name: str | None


class KnownActivity(Struct, frozen=True):
    """An activity that a statement describes."""

    digest: bytes
    definition: bytes
    """As JSON."""


class AttachmentFact(Struct, frozen=True):
    """What a statement says of one attachment."""

    sha2: str
    content_type: str
    usage_type: str
    is_elsewhere: bool
    """It has a `fileUrl`, so its bytes need not come with it."""


class Accepted(Struct, frozen=True):
    """A statement that keeps every rule, with what the store files it under.

    `raw` is the JSON as it came and `packed` as it is kept; `terms` are what it is found by, `lasting` those of them
    that stand for nobody; `content` is a digest of what may never change.
    """

    id: UUID
    raw: bytes
    packed: bytes
    terms: frozenset[bytes]
    lasting: frozenset[bytes]
    content: bytes
    timestamp: datetime | None
    target_id: UUID | None
    """The statement that it refers to as its object."""
    is_voiding: bool
    agents: Sequence[KnownAgent]
    activities: Sequence[KnownActivity]
    attachments: Sequence[AttachmentFact]


@dataclass(frozen=True, slots=True)
class Part:
    """One attachment's bytes as they came."""

    sha2: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A statement as it is kept, and what the store knows beside it."""

    seq: int
    id: UUID
    raw: bytes
    stored_at: datetime
    timestamp: datetime
    version: Version
    authority_key: str
    authority_name: str


Term = bytes | tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as somebody reads it: verb and object by their names, its result and extensions as written."""

    id: UUID
    stored_at: datetime
    verb: str
    object: str
    result: Mapping[str, Any]
    extensions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader of statements asks for; bounds are of what was stored when."""

    terms: Sequence[Term] = ()
    """All must be met; of a tuple, any."""
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    limit: int = 100
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of statements; `more` is the cursor of the next."""

    statements: Sequence[Stored]
    more: int | None


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """What names a document. `agent` is its identifier's digest; `id` is empty for "all of them"."""

    kind: DocumentKind
    activity: str = ""
    agent: bytes = b""
    registration: UUID | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is kept."""

    content: bytes
    content_type: str
    etag: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the request says of the document it expects, by its headers."""

    if_match: str | None = None
    if_none_match: str | None = None


class Verb(StrEnum):
    """What the portal itself says that people did.

    Sources: the ADL vocabulary (https://w3id.org/xapi/adl) and, for what is earned, the Tin Can registry.
    """

    COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
    PASSED = "http://adlnet.gov/expapi/verbs/passed"
    FAILED = "http://adlnet.gov/expapi/verbs/failed"
    ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
    ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
    EARNED = "http://id.tincanapi.com/verb/earned"


@dataclass(frozen=True, slots=True)
class Thing:
    """What a fact is about: its kind and id name it for ever, `type` is an activity type's IRI.

    `language` is the tag of `name`, "und" if nobody said. `definition` holds further fields of the activity's
    definition, such as those of an interaction.
    """

    kind: str
    id: UUID
    name: str
    type: str
    language: str = "und"
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the portal recorded. `within` are what the thing is part of, nearest first."""

    id: UUID
    at: datetime
    person_id: PersonId
    verb: Verb
    thing: Thing
    within: tuple[Thing, ...] = ()
    registration: UUID | None = None
    success: bool | None = None
    completion: bool | None = None
    scaled: Decimal | None = None
    raw: Decimal | None = None
    most: Decimal | None = None
    seconds: int | None = None
    response: str | None = None
    corrects: UUID | None = None
    """The statement that says what held before."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A fact that holds no more: its statement is voided by another of this id."""

    id: UUID
    at: datetime
    fact_id: UUID
