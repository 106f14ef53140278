"""How a stored statement is shown: exact, by its ids alone, or with what its activities are called by now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Raw

from lms.lrs.formats import shapes, words
from lms.lrs.values import Stored, Version

IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
_LANGUAGE_MAPS: Final = frozenset({"name", "description", "display"})


def exact(kept: Stored, *, home_page: str, spoken: Version) -> bytes:
    """Return a statement as it came, with what the store sets; its own values keep every digit.

    2.0 gives instants in UTC, whatever offset they came with.
    """
    fields: dict[str, Any] = dict(shapes.FIELDS.decode(kept.raw))
    stored = words.write_timestamp(kept.stored_at)
    if "timestamp" not in fields or spoken is Version.TWO:
        fields["timestamp"] = words.write_timestamp(kept.timestamp)
    if "context" in fields:
        fields["context"] = _with_lists(fields["context"])
    if b"SubStatement" in bytes(fields["object"]):
        fields["object"] = _with_lists_below(fields["object"])
    fields.setdefault("version", "1.0.0" if kept.version is Version.ONE else "2.0.0")
    fields |= {"id": str(kept.id), "stored": stored, "authority": authority(kept, home_page)}
    return msgspec.json.encode(fields)


def _with_lists(context: Raw) -> Raw:
    """Return a context each of whose activities stand in a list, also where one came alone."""
    fields = shapes.FIELDS.decode(context)
    if "contextActivities" not in fields:
        return context
    lists = {
        name: Raw(b"[" + bytes(value) + b"]") if bytes(value).startswith(b"{") else value
        for name, value in shapes.FIELDS.decode(fields["contextActivities"]).items()
    }
    return Raw(msgspec.json.encode({**fields, "contextActivities": lists}))


def _with_lists_below(target: Raw) -> Raw:
    fields = shapes.FIELDS.decode(target)
    if "context" not in fields or shapes.KIND.decode(target).object_type != "SubStatement":
        return target
    return Raw(msgspec.json.encode({**fields, "context": _with_lists(fields["context"])}))


def authority(kept: Stored, home_page: str) -> Mapping[str, Any]:
    """Return who vouches for a statement: the credential that brought it."""
    return {
        "objectType": "Agent",
        "name": kept.authority_name,
        "account": {"homePage": home_page, "name": kept.authority_key},
    }


def ids(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement with no more of agents, activities and verbs than what names them."""
    return {name: _slim(name, value) for name, value in statement.items()}


def _slim(name: str, value: Any) -> Any:
    change = _SLIMMING.get(name)
    return value if change is None else change(value)


def _slim_verb(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": value["id"]}


def _slim_activities(value: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {field: [_slim_target(one) for one in many] for field, many in value.items()}


def _slim_each(value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [ids(one) for one in value]


def _slim_actor(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: one for name, one in value.items() if name in {"objectType", *IDENTIFIERS}}
    # An identified group is known without its members; an anonymous one is nothing but them.
    if "member" in value and not kept.keys() & set(IDENTIFIERS):
        kept["member"] = [_slim_actor(one) for one in value["member"]]
    return kept


def _slim_target(value: Mapping[str, Any]) -> Any:
    kind = value.get("objectType", "Activity")
    if kind in {"Agent", "Group"}:
        return _slim_actor(value)
    if kind == "SubStatement":
        return ids(value)
    kept = {"id"} if kind == "Activity" else {"id", "objectType"}
    return {name: one for name, one in value.items() if name in kept}


_SLIMMING: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("actor", "instructor", "team", "authority", "agent", "group"), _slim_actor),
    **dict.fromkeys(("contextAgents", "contextGroups"), _slim_each),
    "verb": _slim_verb,
    "object": _slim_target,
    "context": ids,
    "contextActivities": _slim_activities,
}


def canonical(
    statement: dict[str, Any], definitions: Mapping[str, Mapping[str, Any]], languages: Sequence[str]
) -> dict[str, Any]:
    """Return a statement whose activities are defined as the store knows them, in the reader's language."""
    for activity in activities(statement):
        known = definitions.get(activity["id"])
        if known is not None:
            activity["definition"] = dict(known)
        if "definition" in activity:
            activity["definition"] = _in_language(activity["definition"], languages)
    _choose_verbs(statement, languages)
    return statement


def activities(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every activity of a statement."""
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target
    elif kind == "SubStatement":
        yield from activities(target)
    for value in statement.get("context", {}).get("contextActivities", {}).values():
        yield from value if isinstance(value, list) else [value]


def _choose_verbs(statement: dict[str, Any], languages: Sequence[str]) -> None:
    statement["verb"] = _in_language(statement["verb"], languages)
    if statement["object"].get("objectType") == "SubStatement":
        _choose_verbs(statement["object"], languages)


def _in_language(value: Any, languages: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_in_language(one, languages) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: best(one, languages)
        if name in _LANGUAGE_MAPS and isinstance(one, dict)
        else one
        if name == "extensions"
        else _in_language(one, languages)
        for name, one in value.items()
    }


def best(given: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Return the one entry of a language map that its reader likes best (RFC 4647, lookup); else its first."""
    tags = {tag.lower(): tag for tag in given}
    for wanted in languages:
        asked = wanted.lower()
        while asked:
            found = tags.get(asked) or next((tags[tag] for tag in tags if tag.startswith(f"{asked}-")), None)
            if found is not None:
                return {found: given[found]}
            asked = asked.rpartition("-")[0]
    return dict(list(given.items())[:1])


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return an activity's definition with what a later statement says of it; languages add up."""
    result = {**old, **new}
    for name in ("name", "description"):
        if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
            result[name] = {**old[name], **new[name]}
    return result


def listing(statements: Sequence[bytes], more: str) -> bytes:
    """Return a StatementResult."""
    return msgspec.json.encode({"statements": [Raw(one) for one in statements], "more": more})


def who(actor: Mapping[str, Any]) -> str:
    """Return what somebody is called, else what tells them apart."""
    account = actor.get("account", {})
    named = (actor.get(field) for field in ("name", "mbox", "openid", "mbox_sha1sum"))
    return next((str(one).removeprefix("mailto:") for one in named if one), account.get("name", ""))


def named(target: Mapping[str, Any], languages: Sequence[str]) -> str:
    """Return what the object of a statement is called."""
    if target.get("objectType") in {"Agent", "Group"}:
        return who(target)
    if "id" not in target:
        return called(target["verb"].get("display"), target["verb"]["id"], languages)
    return called(target.get("definition", {}).get("name"), target["id"], languages)


def called(names: Mapping[str, str] | None, otherwise: str, languages: Sequence[str]) -> str:
    """Return a name in the first of these languages that it has."""
    chosen = list(best(names or {}, languages).values())
    return chosen[0] if chosen and chosen[0] else otherwise
