"""xAPI packages (Tin Can): a tincan.xml as frozen values.

Source: "Incorporating a Tin Can LRS into an LMS" of Rustici Software, and its schema.
"""

from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from lms.kernel.archives import FileTree
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import XML_NAMESPACE, Element, XmlRefused, parse_xml
from lms.packages.errors import PackageRefused
from lms.packages.formats.bare import BareManifest
from lms.packages.formats.places import (
    ADDRESS,
    IRI,
    QUERY_CHARACTERS,
    SCHEME,
    Files,
    at_top,
    in_folder,
    path_of,
    place_of,
)
from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import Texts
from lms.packages.values.findings import PackageItem, Warned
from lms.packages.values.tincan import TinCanActivity, TinCanPackage

NAME: Final = "tincan.xml"
MOST_BYTES: Final = 10 << 20
TITLE_MAX_CHARACTERS: Final = 255
WARNINGS_AT_MOST: Final = 20
ACTIVITIES_AT_MOST: Final = 10_000
# What the launch adds to the query of an address.
RESERVED: Final = frozenset({"endpoint", "auth", "actor", "registration", "activity_id"})


class TinCan:
    """Reads xAPI packages: a zip with a tincan.xml, or that file alone."""

    standard = PackageStandard.TIN_CAN
    edition = "xAPI (Tin Can)"
    manifests = (NAME,)
    shape = TinCanPackage

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether there is a tincan.xml at the top, or within folders that hold nothing else."""
        return at_top(names, NAME) is not None

    def read(self, tree: FileTree) -> TinCanPackage:
        """Return the package; raises PackageRefused with the line of its tincan.xml."""
        path = at_top(tree.names(), NAME)
        if path is None:
            raise PackageRefused(Message("There is no tincan.xml in the archive."))
        if tree.size(path) > MOST_BYTES:
            raise PackageRefused(Message("The tincan.xml is too large."))
        with tree.open(path) as file:
            content = file.read()
        try:
            element = parse_xml(content)
        except XmlRefused as error:
            raise PackageRefused(
                Message("The tincan.xml cannot be read. %(why)s", why=error.args[0]), line=error.line
            ) from error
        return _Package(tree, path, element).read()

    def items(self, package: TinCanPackage) -> Sequence[PackageItem]:
        """Return the one that is launched."""
        return [PackageItem(package.identifier, package.title, next(iter(package.launches.values())))]

    def languages(self, package: TinCanPackage) -> frozenset[str]:
        """Return the languages of its texts and of where it begins."""
        named = {*package.titles, *package.description, *package.launches}
        named |= {language for one in package.activities for language in one.name}
        return frozenset(language for language in named if language)


class _Package:
    """One tincan.xml on its way to values."""

    def __init__(self, tree: FileTree, path: str, element: Element) -> None:
        self._element = element
        self._root = path[: -len(NAME)]
        self._is_bare = isinstance(tree, BareManifest)
        self._files = Files(tree.names(), self._root)
        self._warnings: list[Message] = []
        if self._root:
            self._warnings.append(in_folder(self._root))

    def read(self) -> TinCanPackage:
        """Return the package; raises PackageRefused."""
        elements = self._activities()
        launched = [one for one in elements if _text_of(one, "launch")]
        if not launched:
            raise PackageRefused(
                Message("No activity of the tincan.xml has a <launch>: there is nothing to open."),
                line=elements[0].line,
            )
        first, *others = launched
        for other in others:
            self._warn(
                Message(
                    "The activity %(id)s has a <launch>, too: a package has one, and the first is opened.",
                    id=other.attribute("id")[:200],
                ),
                other,
            )
        launches, is_elsewhere = self._launches(first)
        activities = tuple(self._activity(one) for one in elements)
        root = next(one for one in activities if one.identifier == first.attribute("id"))
        titles = root.name or {"": root.identifier[:TITLE_MAX_CHARACTERS]}
        return TinCanPackage(
            standard=PackageStandard.TIN_CAN,
            identifier=root.identifier,
            title=next(iter(titles.values())),
            titles=titles,
            description=root.description,
            launches=launches,
            is_elsewhere=is_elsewhere,
            activities=activities,
            warnings=tuple(self._warnings),
            root=self._root,
        )

    def _activities(self) -> Sequence[Element]:
        if self._element.name != "tincan":
            raise PackageRefused(
                Message("The tincan.xml begins with <%(tag)s>, not <tincan>.", tag=self._element.name),
                line=self._element.line,
            )
        # One list, or several groups of them, each with its provider.
        found = [one for group in self._element.all("activities") for one in group.all("activity")]
        if not found:
            raise PackageRefused(
                Message("The tincan.xml lists no <activity>: there is nothing to open."),
                line=self._element.line,
            )
        if len(found) > ACTIVITIES_AT_MOST:
            raise PackageRefused(
                Message("The tincan.xml lists more than %(most)s activities.", most=ACTIVITIES_AT_MOST),
                line=found[ACTIVITIES_AT_MOST].line,
            )
        return found

    def _activity(self, element: Element) -> TinCanActivity:
        identifier = element.attribute("id")
        if not IRI.fullmatch(identifier):
            raise PackageRefused(
                Message(
                    "The id of <%(tag)s> is no absolute IRI: %(id)s.", tag=element.name, id=identifier[:200]
                ),
                line=element.line,
            )
        return TinCanActivity(
            identifier=identifier,
            type=element.attribute("type"),
            name=_texts(element, "name"),
            description=_texts(element, "description"),
        )

    def _launches(self, element: Element) -> tuple[Texts, bool]:
        """Return where an activity begins, by language, and whether that is outside the package."""
        found: dict[str, str] = {}
        elsewhere = set()
        for one in element.all("launch"):
            if not one.text.strip():
                continue
            url, is_elsewhere = self._launch(one)
            elsewhere.add(is_elsewhere)
            found.setdefault(_language(one), url)
        if len(elsewhere) > 1:
            raise PackageRefused(
                Message("Some languages begin in the package and some elsewhere: that cannot be played."),
                line=element.line,
            )
        return found, elsewhere.pop()

    def _launch(self, element: Element) -> tuple[str, bool]:
        written = element.text.strip()
        if not ADDRESS.fullmatch(written.replace(" ", "")):
            raise PackageRefused(
                Message("The <launch> is no address: %(url)s.", url=written[:200]), line=element.line
            )
        scheme = SCHEME.match(written)
        try:
            parts = urlsplit(written)
            clash = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} & RESERVED
            has_host = bool(parts.hostname)
        except ValueError as error:
            raise PackageRefused(
                Message("The <launch> is no address: %(url)s.", url=written[:200]), line=element.line
            ) from error
        if clash:
            raise PackageRefused(
                Message("The <launch> has a parameter that is set when it opens: %(name)s.", name=min(clash)),
                line=element.line,
            )
        if scheme is None and not written.startswith("//"):
            return self._inside(written, element), False
        if scheme is None or scheme[1].lower() not in {"http", "https"} or not has_host:
            raise PackageRefused(
                Message("A browser cannot open the <launch>: %(url)s.", url=written[:200]), line=element.line
            )
        return quote(written, safe=QUERY_CHARACTERS), True

    def _inside(self, written: str, element: Element) -> str:
        if self._is_bare:
            raise PackageRefused(
                Message(
                    "A tincan.xml without a ZIP begins at a whole address (https://…), not %(url)s.",
                    url=written[:200],
                ),
                line=element.line,
            )
        named = path_of(written)
        if named is None:
            raise PackageRefused(
                Message("The <launch> leads out of the package: %(url)s.", url=written[:200]),
                line=element.line,
            )
        path, rest = named
        place = place_of(path, rest, self._files)
        if place is None:
            raise PackageRefused(
                Message("The file %(file)s, which <launch> names, is not in the archive.", file=path[:200]),
                line=element.line,
            )
        if place.is_respelled:
            self._warn(
                Message("The file %(file)s is spelled %(other)s in tincan.xml.", file=place.file, other=path),
                element,
            )
        return place.url

    def _warn(self, message: Message, element: Element | None = None) -> None:
        if len(self._warnings) < WARNINGS_AT_MOST and message not in self._warnings:
            self._warnings.append(Warned.at(message, element.line if element else None))


def _language(element: Element) -> str:
    return element.attribute("lang") or element.attribute("lang", XML_NAMESPACE)


def _texts(element: Element, name: str) -> Texts:
    """Return a text by language; the first of two in one language counts."""
    found: dict[str, str] = {}
    for one in element.all(name):
        text = cleaned(one.text)[:TITLE_MAX_CHARACTERS]
        if text:
            found.setdefault(_language(one), text)
    return found


def _text_of(element: Element, name: str) -> str:
    return next((one.text.strip() for one in element.all(name) if one.text.strip()), "")
