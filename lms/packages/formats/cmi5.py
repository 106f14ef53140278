"""cmi5: a package's cmi5.xml as frozen values, with every rule of the standard (cmi5 Quartz, 13 and 14)."""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from lms.kernel.archives import FileTree
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element, XmlRefused, parse_xml
from lms.packages.errors import PackageRefused
from lms.packages.formats.bare import BareManifest
from lms.packages.formats.cmi5_schema import check
from lms.packages.formats.places import (
    ADDRESS,
    IRI,
    QUERY_CHARACTERS,
    SCHEME,
    Files,
    path_of,
    place_of,
)
from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import (
    AssignableUnit,
    Block,
    CourseStructure,
    LaunchMethod,
    MoveOn,
    Objective,
    Texts,
)
from lms.packages.values.findings import PackageItem, Warned

NAME: Final = "cmi5.xml"
MOST_BYTES: Final = 50 << 20
TITLE_MAX_CHARACTERS: Final = 255
WARNINGS_AT_MOST: Final = 20
PLACES: Final = 4
# What the launch adds to the query of an address (8.1).
RESERVED: Final = ("endpoint", "fetch", "actor", "registration", "activityId")


class Cmi5:
    """Reads cmi5 packages: a zip with a cmi5.xml at its top, or that file alone."""

    standard = PackageStandard.CMI5
    edition = "cmi5"
    manifests = (NAME,)
    shape = CourseStructure

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether there is a course structure at the top: the standard wants it nowhere else (14.1)."""
        return NAME in names

    def read(self, tree: FileTree) -> CourseStructure:
        """Return the course; raises PackageRefused with the line of the structure."""
        if tree.size(NAME) > MOST_BYTES:
            raise PackageRefused(Message("The cmi5.xml is too large."))
        with tree.open(NAME) as file:
            content = file.read()
        try:
            element = parse_xml(content)
        except XmlRefused as error:
            raise PackageRefused(
                Message("The cmi5.xml cannot be read. %(why)s", why=error.args[0]), line=error.line
            ) from error
        check(element)
        return _Structure(tree, element).read()

    def items(self, package: CourseStructure) -> Sequence[PackageItem]:
        """Return the units."""
        return [PackageItem(unit.identifier, _shown(unit.title), unit.url) for unit in package.units]

    def languages(self, package: CourseStructure) -> frozenset[str]:
        """Return the languages of its texts."""
        texts = [package.titles, package.description, *(unit.title for unit in package.units)]
        return frozenset(language for text in texts for language in text if language)


def _shown(texts: Texts) -> str:
    return next(iter(texts.values()), "")


class _Structure:
    """One course structure, its shape already checked, on its way to values."""

    def __init__(self, tree: FileTree, element: Element) -> None:
        self._element = element
        self._is_bare = isinstance(tree, BareManifest)
        self._files = Files(tree.names())
        self._lines: dict[str, int] = {}
        self._course = ""
        self._warnings: list[Message] = []

    def read(self) -> CourseStructure:
        """Return the course; raises PackageRefused."""
        course = _child(self._element, "course")
        identifier = self._course = self._identifier(course)
        objectives = tuple(self._objective(one) for one in _objectives(self._element))
        known = frozenset(one.identifier for one in objectives)
        blocks: list[Block] = []
        units: list[AssignableUnit] = []
        for element, parent in _nodes(self._element):
            if element.name == "block":
                blocks.append(self._block(element, parent, known))
            else:
                units.append(self._unit(element, parent, known))
        titles = self._title(course, identifier)
        return CourseStructure(
            standard=PackageStandard.CMI5,
            identifier=identifier,
            title=next(iter(titles.values())),
            titles=titles,
            description=_texts(course, "description"),
            units=tuple(units),
            blocks=tuple(blocks),
            objectives=objectives,
            warnings=tuple(self._warnings),
        )

    def _objective(self, element: Element) -> Objective:
        identifier = self._identifier(element)
        return Objective(
            identifier=identifier,
            title=self._title(element, identifier),
            description=_texts(element, "description"),
        )

    def _block(self, element: Element, parent: str, known: frozenset[str]) -> Block:
        identifier = self._identifier(element)
        return Block(
            identifier=identifier,
            title=self._title(element, identifier),
            description=_texts(element, "description"),
            parent=parent,
            objectives=self._references(element, known),
        )

    def _unit(self, element: Element, parent: str, known: frozenset[str]) -> AssignableUnit:
        identifier = self._identifier(element)
        url, is_elsewhere = self._url(_child(element, "url"))
        return AssignableUnit(
            identifier=identifier,
            title=self._title(element, identifier),
            description=_texts(element, "description"),
            url=url,
            is_elsewhere=is_elsewhere,
            parent=parent,
            objectives=self._references(element, known),
            move_on=MoveOn(element.attribute("moveOn") or MoveOn.NOT_APPLICABLE),
            mastery_score=self._mastery_score(element),
            launch_method=LaunchMethod(element.attribute("launchMethod") or LaunchMethod.ANY_WINDOW),
            activity_type=element.attribute("activityType"),
            launch_parameters=_text(element, "launchParameters"),
            entitlement_key=_text(element, "entitlementKey"),
        )

    def _identifier(self, element: Element) -> str:
        identifier = element.attribute("id")
        if not IRI.fullmatch(identifier):
            raise PackageRefused(
                Message(
                    "The id of <%(tag)s> is no absolute IRI: %(id)s.", tag=element.name, id=identifier[:200]
                ),
                line=element.line,
            )
        if identifier == self._course:
            # Tools write it so, and nothing but the reports of others is the worse for it.
            self._warn(Message("The id %(id)s is the course’s, too.", id=identifier[:200]), element)
        elif identifier in self._lines:
            raise PackageRefused(
                Message(
                    "The id %(id)s stands twice: in line %(first)s, too.",
                    id=identifier[:200],
                    first=self._lines[identifier],
                ),
                line=element.line,
            )
        self._lines[identifier] = element.line
        return identifier

    def _title(self, element: Element, identifier: str) -> Texts:
        titles = {
            language: kept[:TITLE_MAX_CHARACTERS]
            for language, text in _texts(element, "title").items()
            if (kept := cleaned(text))
        }
        if not titles:
            self._warn(Message("%(id)s has an empty title: its id is shown.", id=identifier[:200]), element)
        return titles or {"": identifier[:TITLE_MAX_CHARACTERS]}

    def _references(self, element: Element, known: frozenset[str]) -> tuple[str, ...]:
        named = tuple(one.attribute("idref") for one in _objectives(element))
        for one in named:
            if one not in known:
                self._warn(Message("An objective is named that is not there: %(id)s.", id=one[:200]), element)
        return tuple(one for one in named if one in known)

    def _mastery_score(self, element: Element) -> Decimal | None:
        written = element.attribute("masteryScore")
        if not written:
            return None
        score = Decimal(written)
        short = round(score, PLACES)
        if short != score:
            self._warn(
                Message(
                    "The mastery score %(score)s has more than four decimal places: read as %(short)s.",
                    score=written[:40],
                    short=f"{short.normalize():f}",
                ),
                element,
            )
        return Decimal(f"{short.normalize():f}")

    def _url(self, element: Element) -> tuple[str, bool]:
        """Return where a unit begins, and whether that is outside the package."""
        written = element.text.strip()
        if not ADDRESS.fullmatch(written):
            raise PackageRefused(
                Message("The url of a unit is none: %(url)s.", url=written[:200]), line=element.line
            )
        scheme = SCHEME.match(written)
        try:
            parts = urlsplit(written)
            clash = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} & set(RESERVED)
            has_host = bool(parts.hostname)
        except ValueError as error:
            raise PackageRefused(
                Message("The url of a unit is none: %(url)s.", url=written[:200]), line=element.line
            ) from error
        if clash:
            raise PackageRefused(
                Message(
                    "The url of a unit has a parameter that the launch sets itself: %(name)s.",
                    name=min(clash),
                ),
                line=element.line,
            )
        if scheme is None and not written.startswith("//"):
            return self._inside(written, element), False
        if scheme is None or scheme[1].lower() not in {"http", "https"} or not has_host:
            raise PackageRefused(
                Message("A browser cannot open the url of a unit: %(url)s.", url=written[:200]),
                line=element.line,
            )
        return quote(written, safe=QUERY_CHARACTERS), True

    def _inside(self, written: str, element: Element) -> str:
        if self._is_bare:
            raise PackageRefused(
                Message(
                    "A cmi5.xml without a ZIP names its units by whole addresses (https://…), not %(url)s.",
                    url=written[:200],
                ),
                line=element.line,
            )
        named = path_of(written)
        if named is None:
            raise PackageRefused(
                Message("The url of a unit leads out of the package: %(url)s.", url=written[:200]),
                line=element.line,
            )
        path, rest = named
        place = place_of(path, rest, self._files)
        if place is None:
            raise PackageRefused(
                Message("The file %(file)s, which a unit opens, is not in the archive.", file=path[:200]),
                line=element.line,
            )
        if place.is_respelled:
            self._warn(
                Message("The file %(file)s is spelled %(other)s in cmi5.xml.", file=place.file, other=path),
                element,
            )
        return place.url

    def _warn(self, message: Message, element: Element) -> None:
        if len(self._warnings) < WARNINGS_AT_MOST and message not in self._warnings:
            self._warnings.append(Warned.at(message, element.line))


def _nodes(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield every block and unit with the id of the block around it, in reading order."""
    waiting = [(child, "") for child in reversed(root.children)]
    while waiting:
        element, parent = waiting.pop()
        if element.namespace != root.namespace or element.name not in {"block", "au"}:
            continue
        yield element, parent
        if element.name == "block":
            within = element.attribute("id")
            waiting += [(child, within) for child in reversed(element.children)]


def _child(element: Element, name: str) -> Element:
    return next(one for one in element.children if (one.namespace, one.name) == (element.namespace, name))


def _objectives(element: Element) -> list[Element]:
    listed = next(
        (one for one in element.children if (one.namespace, one.name) == (element.namespace, "objectives")),
        None,
    )
    return [one for one in listed.children if one.namespace == element.namespace] if listed else []


def _texts(element: Element, name: str) -> Texts:
    """Return a text by language; the first of two in one language counts."""
    found: dict[str, str] = {}
    for one in _child(element, name).children:
        if one.namespace == element.namespace:
            found.setdefault(one.attribute("lang"), " ".join(one.text.split()))
    return found


def _text(element: Element, name: str) -> str | None:
    """Return the stripped text of a child, None without one."""
    found = next(
        (one for one in element.children if (one.namespace, one.name) == (element.namespace, name)), None
    )
    return None if found is None else found.text.strip()
