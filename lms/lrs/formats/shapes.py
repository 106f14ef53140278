"""The shapes of xAPI's JSON objects, as msgspec decodes them: types, required fields, nothing unknown, no null."""

from typing import Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

LanguageMap = dict[str, str]
Extensions = dict[str, Raw]


class Shape(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An object of xAPI: a field without a value is unset, never null."""


class Account(Shape, frozen=True):
    """An account of somebody in a system."""

    home_page: str
    name: str


class Actor(Struct, frozen=True, forbid_unknown_fields=True, rename={"object_type": "objectType"}):
    """An Agent or a Group; which rules hold for it follows from its type."""

    object_type: Literal["Agent", "Group"] = "Agent"
    name: str | UnsetType = UNSET
    mbox: str | UnsetType = UNSET
    mbox_sha1sum: str | UnsetType = UNSET
    openid: str | UnsetType = UNSET
    account: Account | UnsetType = UNSET
    member: "list[Actor] | UnsetType" = UNSET


class Verb(Shape, frozen=True):
    """What was done."""

    id: str
    display: LanguageMap | UnsetType = UNSET


class Component(Shape, frozen=True):
    """One choice, step or end of a match."""

    id: str
    description: LanguageMap | UnsetType = UNSET


InteractionType = Literal[
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
]


class Definition(Shape, frozen=True):
    """What an activity is."""

    name: LanguageMap | UnsetType = UNSET
    description: LanguageMap | UnsetType = UNSET
    type: str | UnsetType = UNSET
    more_info: str | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET
    interaction_type: InteractionType | UnsetType = UNSET
    correct_responses_pattern: list[str] | UnsetType = UNSET
    choices: list[Component] | UnsetType = UNSET
    scale: list[Component] | UnsetType = UNSET
    source: list[Component] | UnsetType = UNSET
    target: list[Component] | UnsetType = UNSET
    steps: list[Component] | UnsetType = UNSET


class Activity(Shape, frozen=True):
    """What it was done with."""

    id: str
    object_type: Literal["Activity"] = "Activity"
    definition: Definition | UnsetType = UNSET


class StatementRef(Shape, frozen=True):
    """Another statement."""

    object_type: Literal["StatementRef"]
    id: str


class Score(Shape, frozen=True):
    """How well it went."""

    scaled: float | UnsetType = UNSET
    raw: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET


class Result(Shape, frozen=True):
    """What came of it."""

    score: Score | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


OneOrMore = Activity | list[Activity]


class ContextActivities(Shape, frozen=True):
    """What it was part of."""

    parent: OneOrMore | UnsetType = UNSET
    grouping: OneOrMore | UnsetType = UNSET
    category: OneOrMore | UnsetType = UNSET
    other: OneOrMore | UnsetType = UNSET


class ContextAgent(Shape, frozen=True):
    """Somebody who had a part in it (2.0)."""

    object_type: Literal["contextAgent"]
    agent: Actor
    relevant_types: list[str] | UnsetType = UNSET


class ContextGroup(Shape, frozen=True):
    """A group that had a part in it (2.0)."""

    object_type: Literal["contextGroup"]
    group: Actor
    relevant_types: list[str] | UnsetType = UNSET


class Context(Shape, frozen=True):
    """Where and among whom it was done."""

    registration: str | UnsetType = UNSET
    instructor: Actor | UnsetType = UNSET
    team: Actor | UnsetType = UNSET
    context_activities: ContextActivities | UnsetType = UNSET
    context_agents: list[ContextAgent] | UnsetType = UNSET
    context_groups: list[ContextGroup] | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    statement: StatementRef | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Attachment(Shape, frozen=True):
    """A file that belongs to a statement."""

    usage_type: str
    display: LanguageMap
    content_type: str
    length: int
    sha2: str
    description: LanguageMap | UnsetType = UNSET
    file_url: str | UnsetType = UNSET


class SubStatement(Shape, frozen=True):
    """A statement within one: what is planned, not what was done."""

    object_type: Literal["SubStatement"]
    actor: Actor
    verb: Verb
    object: Raw
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class Statement(Shape, frozen=True):
    """A statement."""

    actor: Actor
    verb: Verb
    object: Raw
    id: str | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET
    authority: Actor | UnsetType = UNSET
    version: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class Usual(Shape, frozen=True):
    """What most statements are: each part as it was written, to be looked up among those that came before."""

    actor: Raw
    verb: Raw
    object: Raw
    id: str | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    context: Raw | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    version: str | UnsetType = UNSET


class UsualContext(Shape, frozen=True):
    """What most contexts are."""

    registration: str | UnsetType = UNSET
    context_activities: Raw | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    extensions: Raw | UnsetType = UNSET


class Kind(Struct, frozen=True, rename="camel"):
    """What an object says it is."""

    object_type: str = "Activity"


Target = Activity | Actor | StatementRef | SubStatement

STATEMENT = msgspec.json.Decoder(Statement)
ACTOR = msgspec.json.Decoder(Actor)
KIND = msgspec.json.Decoder(Kind)
USUAL = msgspec.json.Decoder(Usual)
USUAL_CONTEXT = msgspec.json.Decoder(UsualContext)
VERB = msgspec.json.Decoder(Verb)
ACTIVITY = msgspec.json.Decoder(Activity)
RESULT = msgspec.json.Decoder(Result)
CONTEXT_ACTIVITIES = msgspec.json.Decoder(ContextActivities)
MANY = msgspec.json.Decoder(list[Raw])
FIELDS = msgspec.json.Decoder(dict[str, Raw])
TARGETS: dict[str, msgspec.json.Decoder[Target]] = {
    "Activity": msgspec.json.Decoder(Activity),
    "Agent": msgspec.json.Decoder(Actor),
    "Group": msgspec.json.Decoder(Actor),
    "StatementRef": msgspec.json.Decoder(StatementRef),
    "SubStatement": msgspec.json.Decoder(SubStatement),
}
