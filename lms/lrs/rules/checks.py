"""Every rule of the standard that a shape cannot say, part by part; each check raises Refused with the place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from lms.lrs.errors import Refused
from lms.lrs.formats import shapes, words
from lms.lrs.values import VOIDED, Version

# xAPI 1.0.3, Data 2.4.4.1: which lists of components which interactions may have.
_COMPONENTS: Final[Mapping[str, frozenset[str]]] = {
    "choice": frozenset({"choices"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
}
_LISTS: Final = ("choices", "scale", "source", "target", "steps")
OAUTH_MEMBERS: Final = 2
IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")


def need(holds: bool, what: str, at: str) -> None:  # noqa: FBT001  the question itself
    """Refuse with the place unless `holds`."""
    if not holds:
        raise Refused(f"{what} - at `{at}`")


def _need_iri(given: str, at: str) -> None:
    if not words.is_iri(given):
        raise Refused(f"{given[:100]!r} is {no_iri(given)} - at `{at}`")


def no_iri(given: str) -> str:
    """Return why a text is no IRI (RFC 3987), in words."""
    if not given:
        return "no IRI: it is empty"
    if ":" not in given:
        return "no IRI: it has no scheme, such as https:"
    return "no IRI: it holds a character that none may hold, or its scheme is no word"


def actor(one: shapes.Actor, at: str) -> None:
    """Check an Agent or a Group."""
    named = [field for field in IDENTIFIERS if getattr(one, field) is not UNSET]
    need(len(named) <= 1, f"one identifier alone is allowed, not {' and '.join(named)}", at)
    if one.object_type == "Agent":
        need(len(named) == 1, "an Agent needs mbox, mbox_sha1sum, openid or account", at)
        need(one.member is UNSET, "an Agent has no members", at)
    else:
        need(bool(named) or one.member is not UNSET, "a Group without identifier needs its members", at)
        if one.member is not UNSET:
            need(bool(named) or bool(one.member), "a Group without identifier needs its members", at)
            for number, member in enumerate(one.member):
                need(member.object_type == "Agent", "a Group holds no Group", f"{at}.member[{number}]")
                actor(member, f"{at}.member[{number}]")
    _identifier(one, at)


def _identifier(one: shapes.Actor, at: str) -> None:
    if one.mbox is not UNSET:
        need(words.MBOX.fullmatch(one.mbox) is not None, "no mailto: IRI", f"{at}.mbox")
    if one.mbox_sha1sum is not UNSET:
        need(words.SHA1.fullmatch(one.mbox_sha1sum) is not None, "no SHA-1", f"{at}.mbox_sha1sum")
    if one.openid is not UNSET:
        need(words.is_iri(one.openid), "no URI", f"{at}.openid")
    if one.account is not UNSET:
        need(words.is_iri(one.account.home_page), "no IRL", f"{at}.account.homePage")


def authority(one: shapes.Actor, at: str) -> None:
    """Check who vouches: an Agent, or the anonymous Group of an OAuth consumer and its user."""
    actor(one, at)
    if one.object_type == "Group":
        need(
            one.member is not UNSET and len(one.member) == OAUTH_MEMBERS,
            "an authority that is a Group has two members",
            at,
        )
        is_named = any(getattr(one, field) is not UNSET for field in IDENTIFIERS)
        need(not is_named, "an authority that is a Group is anonymous", at)


def verb(one: shapes.Verb, at: str) -> None:
    """Check a verb."""
    _need_iri(one.id, f"{at}.id")
    _languages(one.display, f"{at}.display")


def _languages(given: Mapping[str, str] | UnsetType, at: str) -> None:
    if given is not UNSET:
        for tag in given:
            need(words.is_language(tag), f"{tag!r} is no language tag", at)


def extensions(given: Mapping[str, Raw] | UnsetType, at: str) -> None:
    """Check the keys of what a source adds of its own."""
    if given is not UNSET:
        for key in given:
            _need_iri(key, at)


def activity(one: shapes.Activity, at: str) -> None:
    """Check an activity and what it says it is."""
    _need_iri(one.id, f"{at}.id")
    if one.definition is not UNSET:
        definition(one.definition, f"{at}.definition")


def definition(one: shapes.Definition, at: str) -> None:
    """Check what an activity says it is."""
    _languages(one.name, f"{at}.name")
    _languages(one.description, f"{at}.description")
    extensions(one.extensions, f"{at}.extensions")
    for field, value in (("type", one.type), ("moreInfo", one.more_info)):
        if value is not UNSET:
            _need_iri(value, f"{at}.{field}")
    given = [name for name in _LISTS if getattr(one, name) is not UNSET]
    if one.interaction_type is UNSET:
        need(
            not given and one.correct_responses_pattern is UNSET,
            "what belongs to an interaction needs interactionType",
            at,
        )
        return
    allowed = _COMPONENTS.get(one.interaction_type, frozenset())
    for name in given:
        need(name in allowed, f"{one.interaction_type} has no {name}", f"{at}.{name}")
        _components(getattr(one, name), f"{at}.{name}")


def _components(given: Sequence[shapes.Component], at: str) -> None:
    need(len({one.id for one in given}) == len(given), "ids stand there twice", at)
    for number, one in enumerate(given):
        _languages(one.description, f"{at}[{number}].description")


def reference(one: shapes.StatementRef, at: str) -> None:
    """Check a reference to a statement."""
    need(words.UUID_WORD.fullmatch(one.id) is not None, "no UUID", f"{at}.id")


def result(one: shapes.Result, at: str) -> None:
    """Check what came of it."""
    extensions(one.extensions, f"{at}.extensions")
    if one.duration is not UNSET:
        need(words.is_duration(one.duration), "no duration of ISO 8601", f"{at}.duration")
    if one.score is not UNSET:
        _score(one.score, f"{at}.score")


def _score(one: shapes.Score, at: str) -> None:
    if one.scaled is not UNSET:
        need(-1 <= one.scaled <= 1, "scaled lies between -1 and 1", f"{at}.scaled")
    low = -float("inf") if one.min is UNSET else one.min
    high = float("inf") if one.max is UNSET else one.max
    need(one.min is UNSET or one.max is UNSET or low < high, "min lies below max", at)
    if one.raw is not UNSET:
        need(low <= one.raw <= high, "raw lies between min and max", f"{at}.raw")


def context(one: shapes.Context, *, about: shapes.Target, version: Version, at: str) -> None:
    """Check the context of something done with `about`."""
    if one.registration is not UNSET:
        need(words.UUID_WORD.fullmatch(one.registration) is not None, "no UUID", f"{at}.registration")
    if one.instructor is not UNSET:
        actor(one.instructor, f"{at}.instructor")
    if one.team is not UNSET:
        actor(one.team, f"{at}.team")
        need(one.team.object_type == "Group", "a team is a Group", f"{at}.team")
    if not isinstance(about, shapes.Activity):
        need(one.revision is UNSET, "revision goes with an Activity alone", f"{at}.revision")
        need(one.platform is UNSET, "platform goes with an Activity alone", f"{at}.platform")
    if one.language is not UNSET:
        need(words.is_language(one.language), "no language tag", f"{at}.language")
    if one.statement is not UNSET:
        reference(one.statement, f"{at}.statement")
    extensions(one.extensions, f"{at}.extensions")
    for field, value in context_activities(one):
        activity(value, f"{at}.contextActivities.{field}")
    _parts(one, version, at)


def context_activities(one: shapes.Context) -> Iterable[tuple[str, shapes.Activity]]:
    """Return each activity that a context names, with the list it stands in."""
    return () if one.context_activities is UNSET else each_activity(one.context_activities)


def each_activity(given: shapes.ContextActivities) -> Iterable[tuple[str, shapes.Activity]]:
    """Yield each activity of these lists, with the list it stands in."""
    for field in ("parent", "grouping", "category", "other"):
        value = getattr(given, field)
        if value is not UNSET:
            for each in value if isinstance(value, list) else [value]:
                yield field, each


def _parts(one: shapes.Context, version: Version, at: str) -> None:
    if version is Version.ONE:
        need(
            one.context_agents is UNSET and one.context_groups is UNSET,
            "contextAgents and contextGroups came with 2.0",
            at,
        )
        return
    for agent in one.context_agents or ():
        actor(agent.agent, f"{at}.contextAgents.agent")
        need(agent.agent.object_type == "Agent", "this is an Agent", f"{at}.contextAgents.agent")
        _types(agent.relevant_types, f"{at}.contextAgents.relevantTypes")
    for group in one.context_groups or ():
        actor(group.group, f"{at}.contextGroups.group")
        need(group.group.object_type == "Group", "this is a Group", f"{at}.contextGroups.group")
        _types(group.relevant_types, f"{at}.contextGroups.relevantTypes")


def _types(given: Sequence[str] | UnsetType, at: str) -> None:
    if given is not UNSET:
        need(bool(given), "it holds at least one type", at)
        for one in given:
            _need_iri(one, at)


def attachments(given: Sequence[shapes.Attachment] | UnsetType, at: str) -> None:
    """Check what is said of attachments."""
    for number, one in enumerate(given or ()):
        here = f"{at}[{number}]"
        _need_iri(one.usage_type, f"{here}.usageType")
        need(words.MEDIA_TYPE.fullmatch(one.content_type) is not None, "no media type", f"{here}.contentType")
        need(one.length >= 0, "no length", f"{here}.length")
        need(words.SHA2.fullmatch(one.sha2) is not None, "no SHA-2 in hexadecimal", f"{here}.sha2")
        _languages(one.display, f"{here}.display")
        _languages(one.description, f"{here}.description")
        if one.file_url is not UNSET:
            need(words.is_iri(one.file_url), "no IRL", f"{here}.fileUrl")


def timestamp(given: str | UnsetType, at: str) -> None:
    """Check an instant."""
    if given is not UNSET:
        need(words.read_timestamp(given) is not None, "no timestamp of RFC 3339", at)


def target(raw: Raw, *, version: Version, at: str, nested: bool = False) -> shapes.Target:
    """Return what was acted on, checked."""
    kind = shapes.KIND.decode(raw).object_type
    decoder = shapes.TARGETS.get(kind)
    if decoder is None or (nested and kind == "SubStatement"):
        raise Refused(f"{kind!r} cannot stand here - at `{at}.objectType`")
    try:
        found = decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise Refused(str(error).replace("`$", f"`{at}")) from error
    if isinstance(found, shapes.Activity):
        activity(found, at)
    elif isinstance(found, shapes.Actor):
        actor(found, at)
    elif isinstance(found, shapes.StatementRef):
        reference(found, at)
    else:
        about = target(found.object, version=version, at=f"{at}.object", nested=True)
        _done(found, about, version, at)
    return found


def _done(
    one: shapes.Statement | shapes.SubStatement, about: shapes.Target, version: Version, at: str
) -> None:
    actor(one.actor, f"{at}.actor")
    verb(one.verb, f"{at}.verb")
    if one.result is not UNSET:
        result(one.result, f"{at}.result")
    if one.context is not UNSET:
        context(one.context, about=about, version=version, at=f"{at}.context")
    timestamp(one.timestamp, f"{at}.timestamp")
    attachments(one.attachments, f"{at}.attachments")


def version_of(given: str, version: Version, at: str) -> None:
    """Check which version a statement says it is of."""
    allowed = words.FIRST_VERSION if version is Version.ONE else words.STATEMENT_VERSION
    need(allowed.fullmatch(given) is not None, f"not a version of {version.value}", at)


def statement(one: shapes.Statement, version: Version) -> shapes.Target:
    """Check a whole statement; return what it is about."""
    about = target(one.object, version=version, at="$.object")
    _done(one, about, version, "$")
    if one.id is not UNSET:
        need(words.UUID_WORD.fullmatch(one.id) is not None, "no UUID", "$.id")
    timestamp(one.stored, "$.stored")
    if one.authority is not UNSET:
        authority(one.authority, "$.authority")
    if one.version is not UNSET:
        version_of(one.version, version, "$.version")
    if one.verb.id == VOIDED:
        need(isinstance(about, shapes.StatementRef), "what is voided is named by a StatementRef", "$.object")
    return about
