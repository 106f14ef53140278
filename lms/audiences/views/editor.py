"""What the editor shows: for each facet the values to choose from, those that are chosen, and what a form chose."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lms.audiences.queries import audiences, registry
from lms.audiences.values import AudienceId, Crowd, Facet, Option, Options, Rule, tidied
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Scope
from lms.web.pages import PageRequest

ANY, NONE = "any", "none"
PEOPLE = "people"
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Field:
    """One fieldset: its name in the form, what it is called, its boxes, and how more of them are found.

    `more` is where further values begin, None if these are all; `hidden` are values chosen beyond the reader's reach.
    """

    name: str
    label: str
    boxes: Sequence[tuple[Option, bool]]
    hidden: Sequence[str]
    is_searched: bool
    words: str
    more: str | None

    @property
    def chosen(self) -> int:
        """Return how many boxes are ticked."""
        return sum(is_chosen for _option, is_chosen in self.boxes) + len(self.hidden)


@dataclass(frozen=True, slots=True)
class Editor:
    """The editor: who is meant, who is left out, and whom that means now."""

    wanted: Sequence[Field]
    barred: Sequence[Field]
    crowd: Crowd


def rule_of(form: MultiDict[str, str]) -> Rule:
    """Return the rule that a form says; values that cannot be one are left out."""
    keys = registry.facets()
    return tidied(
        Rule(
            any_of={key: _readable(facet, form.getlist(f"{ANY}.{key}")) for key, facet in keys.items()},
            none_of={key: _readable(facet, form.getlist(f"{NONE}.{key}")) for key, facet in keys.items()},
            people=_people_of(form.getlist(f"{ANY}.{PEOPLE}")),
            not_people=_people_of(form.getlist(f"{NONE}.{PEOPLE}")),
        )
    )


def _readable(facet: Facet, values: Collection[str]) -> frozenset[str]:
    return frozenset(one for one in values if _is_readable(facet, one))


def _is_readable(facet: Facet, value: str) -> bool:
    try:
        facet.read(value)
    except ValueError:
        return False
    return True


def _people_of(values: Collection[str]) -> frozenset[PersonId]:
    people: set[PersonId] = set()
    for one in values:
        try:
            people.add(PersonId(UUID(one)))
        except ValueError:
            continue
    return frozenset(people)


def editor_of(rule: Rule, scope: Scope, *, itself: AudienceId | None) -> Editor:
    """Return the editor for a rule; `itself` is the audience that is edited, which cannot name itself."""
    barring = {str(itself)} if itself else set()
    facets = registry.facets()
    found = {key: facet.options(scope, "", None) for key, facet in facets.items() if not facet.is_long}

    def field(side: str, chosen: Mapping[str, frozenset[str]], facet: Facet) -> Field:
        name = f"{side}.{facet.key}"
        ticked = chosen.get(facet.key, frozenset())
        options = found.get(facet.key) or _found(facet, name, scope)
        offered = Options([one for one in options.items if one.value not in barring], options.next)
        return _field(name, str(facet.label), facet.is_long, ticked, offered, facet.names(ticked, scope))

    wanted = [field(ANY, rule.any_of, facet) for facet in facets.values()]
    barred = [field(NONE, rule.none_of, facet) for facet in facets.values()]
    return Editor(
        [*wanted, _people(ANY, rule.people, scope)],
        [*barred, _people(NONE, rule.not_people, scope)],
        audiences.look_at(rule, scope),
    )


def _field(
    name: str,
    label: str,
    is_searched: bool,  # noqa: FBT001  what the facet says of itself
    ticked: frozenset[str],
    options: Options,
    names: Mapping[str, str],
) -> Field:
    offered = {one.value for one in options.items}
    # What is chosen stays on the page, whatever is searched for.
    kept = [
        Option(one, names[one]) for one in sorted(names, key=lambda one: names[one]) if one not in offered
    ]
    return Field(
        name=name,
        label=label,
        boxes=[*((one, True) for one in kept), *((one, one.value in ticked) for one in options.items)],
        hidden=sorted(ticked - names.keys() - offered),
        is_searched=is_searched,
        words=_words(name),
        more=options.next,
    )


def _found(facet: Facet, name: str, scope: Scope) -> Options:
    return facet.options(scope, _words(name), _after(name))


def _people(side: str, chosen: frozenset[PersonId], scope: Scope) -> Field:
    name = f"{side}.{PEOPLE}"
    options = Options(())
    if _words(name):
        page = identity.page_people(scope, _words(name), PageRequest(after=_after(name), size=SHOWN))
        options = Options([Option(str(one.id), one.name, one.employer_name) for one in page.items], page.next)
    names = {str(one): word for one, word in audiences.names_of_people(chosen, scope).items()}
    ticked = frozenset(str(one) for one in chosen)
    return _field(name, _("People by name"), True, ticked, options, names)  # noqa: FBT003


def _words(name: str) -> str:
    return request.form.get(f"find.{name}", "").strip()[:100]


def _after(name: str) -> str | None:
    """Return where the next values of a field begin, if its button for more was pressed."""
    return request.form.get("more", "").removeprefix(f"{name}@") if _is_more(name) else None


def _is_more(name: str) -> bool:
    return request.form.get("more", "").startswith(f"{name}@")


def prepared() -> Editor:
    """Return the editor that was worked out before this request's transaction opened."""
    found: Editor = g.prepared
    return found
