"""The shape of a cmi5.xml, as CourseStructure.xsd has it: which elements in which order, which attributes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.packages.errors import PackageRefused
from lms.packages.values.cmi5 import LaunchMethod, MoveOn

NAMESPACE: Final = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
DECIMAL: Final = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})", re.ASCII)
MANY: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Part:
    """What may stand at one place: any of these names, from `least` to `most` times."""

    names: tuple[str, ...]
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of element. `parts` come in order; `is_open` lets others' elements follow and others' attributes be.

    `is_free` may hold anything.
    """

    parts: tuple[Part, ...] = ()
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    is_open: bool = True
    in_any_order: bool = False
    is_free: bool = False
    inner: Mapping[str, str] = field(default_factory=dict)
    """The shape of a child, where it is not that of its own name."""


_TEXTS: Final = (Part(("title",)), Part(("description",)))
_REFERENCES: Final = {"objectives": "references"}
SHAPES: Final[Mapping[str, Shape]] = {
    "courseStructure": Shape(
        (Part(("course",)), Part(("objectives",), 0), Part(("au", "block"), 1, MANY)),
    ),
    "course": Shape(_TEXTS, needs=("id",)),
    "objectives": Shape((Part(("objective",), 1, MANY),)),
    "objective": Shape(_TEXTS, needs=("id",), is_open=False, in_any_order=True),
    "references": Shape((Part(("objective",), 1, MANY),), inner={"objective": "reference"}),
    "reference": Shape(may=("idref",), is_open=False),
    "block": Shape(
        (*_TEXTS, Part(("objectives",), 0), Part(("au", "block"), 1, MANY)), needs=("id",), inner=_REFERENCES
    ),
    "au": Shape(
        (
            *_TEXTS,
            Part(("objectives",), 0),
            Part(("url",)),
            Part(("launchParameters",), 0),
            Part(("entitlementKey",), 0),
        ),
        needs=("id",),
        may=("moveOn", "masteryScore", "launchMethod", "activityType"),
        inner=_REFERENCES,
    ),
    "title": Shape((Part(("langstring",), 1, MANY),)),
    "description": Shape((Part(("langstring",), 1, MANY),)),
    "langstring": Shape(may=("lang",)),
    "url": Shape(is_open=False),
    "launchParameters": Shape(is_free=True),
    "entitlementKey": Shape(is_free=True),
}


def check(root: Element) -> None:
    """Refuse a document that is no course structure; the message names the element, the error its line."""
    if (root.namespace, root.name) != (NAMESPACE, "courseStructure"):
        raise PackageRefused(
            Message(
                "cmi5.xml begins with <%(tag)s> of the namespace “%(namespace)s”, "
                "not with <courseStructure> of %(wanted)s.",
                tag=root.name,
                namespace=root.namespace[:200],
                wanted=NAMESPACE,
            ),
            line=root.line,
        )
    waiting = [(root, "courseStructure")]
    while waiting:
        element, shape_name = waiting.pop()
        shape = SHAPES[shape_name]
        if shape.is_free:
            continue
        _check_attributes(element, shape)
        own = _own_children(element, shape)
        _check_parts(element, own, shape)
        waiting += [(child, shape.inner.get(child.name, child.name)) for child in own]


def _own_children(element: Element, shape: Shape) -> Sequence[Element]:
    """Return the children of the standard's namespace; others come last, where the shape is open."""
    own: list[Element] = []
    for place, child in enumerate(element.children):
        if child.namespace == NAMESPACE:
            if len(own) < place:
                raise PackageRefused(
                    Message(
                        "<%(tag)s> stands after an element of another namespace: those come last.",
                        tag=child.name,
                    ),
                    line=child.line,
                )
            own.append(child)
        elif not shape.is_open or not child.namespace:
            raise PackageRefused(
                Message("<%(tag)s> must not stand in <%(around)s>.", tag=child.name, around=element.name),
                line=child.line,
            )
    return own


def _check_parts(element: Element, own: Sequence[Element], shape: Shape) -> None:
    given = sorted(own, key=lambda one: _place(one, shape)) if shape.in_any_order else list(own)
    at = 0
    for part in shape.parts:
        begun = at
        while at < len(given) and given[at].name in part.names and at - begun < part.most:
            at += 1
        if at - begun < part.least:
            blamed = given[at] if at < len(given) else element
            raise PackageRefused(
                Message(
                    "<%(around)s> lacks <%(tag)s> at this place.",
                    around=element.name,
                    tag="> / <".join(part.names),
                ),
                line=blamed.line,
            )
    if at < len(given):
        raise PackageRefused(
            Message(
                "<%(tag)s> must not stand at this place in <%(around)s>.",
                tag=given[at].name,
                around=element.name,
            ),
            line=given[at].line,
        )


def _place(element: Element, shape: Shape) -> int:
    return next((at for at, part in enumerate(shape.parts) if element.name in part.names), len(shape.parts))


def _check_attributes(element: Element, shape: Shape) -> None:
    for name in shape.needs:
        if not element.attribute(name):
            raise PackageRefused(
                Message("<%(tag)s> has no %(name)s.", tag=element.name, name=name), line=element.line
            )
    for namespace, name in element.attributes:
        is_known = not namespace and name in {*shape.needs, *shape.may}
        if not is_known and not (shape.is_open and namespace not in {"", NAMESPACE}):
            raise PackageRefused(
                Message("<%(tag)s> must not have the attribute %(name)s.", tag=element.name, name=name),
                line=element.line,
            )
        if is_known and not _holds(name, element.attribute(name)):
            raise PackageRefused(
                Message(
                    "%(name)s of <%(tag)s> cannot be “%(value)s”.",
                    name=name,
                    tag=element.name,
                    value=element.attribute(name)[:100],
                ),
                line=element.line,
            )


def _holds(name: str, value: str) -> bool:
    if name == "moveOn":
        return value in set(MoveOn)
    if name == "launchMethod":
        return value in set(LaunchMethod)
    if name == "masteryScore":
        return DECIMAL.fullmatch(value) is not None and 0 <= Decimal(value) <= 1
    return name != "lang" or LANGUAGE.fullmatch(value) is not None
