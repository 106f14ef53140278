"""SCORM 1.2: a package's imsmanifest.xml as frozen values (ADL SCORM 1.2 CAM; IMS Content Packaging 1.1.2)."""

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import quote, unquote

from lms.kernel.archives import FileTree
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import XML_NAMESPACE, Element, XmlRefused, parse_xml
from lms.packages.errors import OtherEdition, PackageRefused
from lms.packages.formats.places import at_top, in_folder
from lms.packages.values import (
    Item,
    LaunchableItem,
    Organization,
    PackageManifest,
    PackageStandard,
    Resource,
    ScormType,
    TimeLimitAction,
    parse_timespan,
)
from lms.packages.values.findings import PackageItem, Warned
from lms.packages.values.prerequisites import parse_prerequisites

MANIFEST: Final = "imsmanifest.xml"
MANIFEST_MAX_BYTES: Final = 10 << 20
TITLE_MAX_CHARACTERS: Final = 255
WARNINGS_AT_MOST: Final = 20
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
SCORE: Final = re.compile(r"\d{1,3}(?:\.\d{1,10})?")
# What may stand in an address as it is; everything else is percent-encoded.
ADDRESS_CHARACTERS: Final = "?&=#%/:;,+@!$'()*~-._[]"


NAMESPACE_PARTS: Final = ("adlcp_v1p3", "adlseq_v1p3", "adlnav_v1p3", "imsss")


class Scorm12:
    """Reads SCORM 1.2 packages."""

    standard = PackageStandard.SCORM_12
    edition = "SCORM 1.2"
    manifests = (MANIFEST,)
    shape = PackageManifest

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether there is a manifest: its edition is known once it is read."""
        return at_top(names, MANIFEST) is not None

    def read(self, tree: FileTree) -> PackageManifest:
        """Return the package; raises PackageRefused with the line of the manifest, OtherEdition if it is SCORM 2004."""
        path, element = open_manifest(tree)
        if is_sequenced(element):
            raise OtherEdition(Message("This is a SCORM 2004 package."), line=element.line)
        return ManifestReader(tree, path, element).read()

    def items(self, package: PackageManifest) -> Sequence[PackageItem]:
        """Return what can be opened."""
        return [PackageItem(one.identifier, one.title, one.launch) for one in package.launchables]

    def languages(self, package: PackageManifest) -> frozenset[str]:
        """Return none: the manifest of this edition names none."""
        del package
        return frozenset()


def open_manifest(tree: FileTree) -> tuple[str, Element]:
    """Return where an archive's imsmanifest.xml lies, and what stands in it; raises PackageRefused."""
    path = at_top(tree.names(), MANIFEST)
    if path is None:
        raise PackageRefused(Message("There is no imsmanifest.xml in the archive."))
    if tree.size(path) > MANIFEST_MAX_BYTES:
        raise PackageRefused(Message("The imsmanifest.xml is too large."))
    with tree.open(path) as file:
        content = file.read()
    try:
        return path, parse_xml(content)
    except XmlRefused as error:
        raise PackageRefused(
            Message("The imsmanifest.xml cannot be read. %(why)s", why=error.args[0]), line=error.line
        ) from error


def is_sequenced(element: Element) -> bool:
    """Return whether a manifest is SCORM 2004's: it says so, or speaks in its namespaces."""
    edition = text_of(element.first("metadata"), "schemaversion")
    if "2004" in edition or "1.3" in edition:
        return True
    found = {key[0] for child in descendants(element) for key in child.attributes}
    found |= {child.namespace for child in descendants(element)}
    return any(part in name for name in found for part in NAMESPACE_PARTS)


@dataclass(frozen=True, slots=True)
class _Address:
    """Where an href leads: a path in the package, and what follows it."""

    path: str
    query: str


class ManifestReader:
    """One manifest on its way to values, and what was tolerated in it."""

    def __init__(self, tree: FileTree, path: str, element: Element) -> None:
        self._element = element
        self._root = path[: len(path) - len(MANIFEST)]
        self._files = {name.removeprefix(self._root) for name in tree.names() if name.startswith(self._root)}
        folded = Counter(name.lower() for name in self._files)
        self._by_lower = {name.lower(): name for name in self._files if folded[name.lower()] == 1}
        self._warnings: list[Message] = []
        if self._root:
            self._warnings.append(in_folder(self._root))

    def read(self) -> PackageManifest:
        """Return the package; raises PackageRefused."""
        self._check_root()
        self._note_other_editions()
        resources = self._resources()
        organizations, default = self._organizations(resources)
        launchables = tuple(self._launchables(default, resources))
        if not launchables:
            raise PackageRefused(
                Message("Nothing in the package can be opened: no item has a file to launch.")
            )
        title = default.title or launchables[0].title
        return PackageManifest(
            standard=PackageStandard.SCORM_12,
            root=self._root,
            identifier=self._element.attribute("identifier"),
            title=title,
            organizations=organizations,
            default_organization=default,
            resources=tuple(resources.values()),
            launchables=launchables,
            warnings=tuple(self._warnings),
        )

    def _check_root(self) -> None:
        if self._element.name != "manifest":
            raise PackageRefused(
                Message("The imsmanifest.xml begins with <%(tag)s>, not <manifest>.", tag=self._element.name),
                line=self._element.line,
            )
        if self._element.all("manifest"):
            self._warn(Message("Manifests within the manifest are not read."))

    def _note_other_editions(self) -> None:
        edition = text_of(self._element.first("metadata"), "schemaversion")
        if edition and edition != "1.2":
            self._warn(
                Message("The manifest names edition %(edition)s: read as SCORM 1.2.", edition=edition),
                self._element.first("metadata"),
            )

    def _resources(self) -> dict[str, Resource]:
        listed = self._element.first("resources")
        if listed is None:
            raise PackageRefused(Message("The manifest lists no resources."), line=self._element.line)
        base = self._base(self._base("", self._element), listed)
        found: dict[str, Resource] = {}
        for element in listed.all("resource"):
            identifier = identifier_of(element)
            if identifier in found:
                raise PackageRefused(
                    Message("Two resources are called %(name)s.", name=identifier), line=element.line
                )
            own_base = self._base(base, element)
            address = self._address(own_base, element, identifier)
            files = [self._file(own_base, file) for file in element.all("file")]
            found[identifier] = Resource(
                identifier=identifier,
                scorm_type=_scorm_type(element),
                href=address.path,
                query=address.query,
                files=tuple(path for path in files if path),
                dependencies=tuple(child.attribute("identifierref") for child in element.all("dependency")),
            )
        return found

    def _organizations(self, resources: dict[str, Resource]) -> tuple[tuple[Organization, ...], Organization]:
        listed = self._element.first("organizations")
        organizations = tuple(
            Organization(
                element.attribute("identifier"),
                cleaned(text_of(element, "title"))[:TITLE_MAX_CHARACTERS],
                tuple(self._item(item, resources) for item in element.all("item")),
            )
            for element in (listed.all("organization") if listed else ())
        )
        for organization in organizations:
            names = Counter(item.identifier for top in organization.items for item in top.walk())
            if twice := next((name for name, count in names.items() if count > 1), None):
                raise PackageRefused(Message("Two items are called %(name)s.", name=twice))
        if not organizations:
            self._warn(Message("The manifest has no organization: its resources are opened one by one."))
            items = tuple(
                Item(
                    identifier=resource.identifier, title=resource.identifier, resource_id=resource.identifier
                )
                for resource in resources.values()
                if resource.href
            )
            alone = Organization("", "", items)
            return (alone,), alone
        wanted = listed.attribute("default") if listed else ""
        default = next((known for known in organizations if known.identifier == wanted), None)
        if wanted and default is None:
            self._warn(
                Message("The default organization %(name)s is not there: the first is used.", name=wanted),
                listed,
            )
        return organizations, default or organizations[0]

    def _item(self, element: Element, resources: dict[str, Resource]) -> Item:
        identifier = identifier_of(element)
        resource_id = element.attribute("identifierref")
        if resource_id and resource_id not in resources:
            raise PackageRefused(
                Message(
                    "The item %(item)s opens the resource %(resource)s, which is not there.",
                    item=identifier,
                    resource=resource_id,
                ),
                line=element.line,
            )
        children = tuple(self._item(child, resources) for child in element.all("item"))
        if not resource_id and not children:
            self._warn(Message("The item %(item)s opens nothing.", item=identifier), element)
        return Item(
            identifier=identifier,
            title=(cleaned(text_of(element, "title")) or identifier)[:TITLE_MAX_CHARACTERS],
            resource_id=resource_id,
            visible=element.attribute("isvisible").lower() not in {"false", "0"},
            parameters=element.attribute("parameters"),
            prerequisites=self._prerequisites(element),
            mastery_score=self._mastery_score(element),
            max_time_allowed_seconds=self._max_time(element),
            time_limit_action=self._time_limit_action(element),
            data_from_lms=text_of(element, "datafromlms"),
            children=children,
        )

    def _launchables(
        self, organization: Organization, resources: dict[str, Resource]
    ) -> Iterator[LaunchableItem]:
        for top in organization.items:
            for item in top.walk():
                if not item.resource_id:
                    continue
                resource = resources[item.resource_id]
                yield LaunchableItem(
                    identifier=item.identifier,
                    title=item.title,
                    launch=launch_address(
                        self._existing(resource, item.title), resource.query, item.parameters
                    ),
                    scorm_type=resource.scorm_type,
                    visible=item.visible,
                    prerequisites=item.prerequisites,
                    mastery_score=item.mastery_score,
                    max_time_allowed_seconds=item.max_time_allowed_seconds,
                    time_limit_action=item.time_limit_action,
                    data_from_lms=item.data_from_lms,
                )

    def _existing(self, resource: Resource, title: str) -> str:
        """Return the launch file of a resource as it is spelled in the archive; raises PackageRefused."""
        if not resource.href:
            raise PackageRefused(
                Message(
                    "The item “%(item)s” opens a resource without a file: %(name)s.",
                    item=title,
                    name=resource.identifier,
                )
            )
        if resource.href in self._files:
            return resource.href
        spelled = self._by_lower.get(resource.href.lower())
        if spelled is None:
            raise PackageRefused(
                Message(
                    "The file %(file)s, which the item “%(item)s” opens, is not in the archive.",
                    file=resource.href,
                    item=title,
                )
            )
        self._warn(
            Message(
                "The file %(file)s is spelled %(other)s in the manifest.", file=spelled, other=resource.href
            )
        )
        return spelled

    def _address(self, base: str, element: Element, identifier: str) -> _Address:
        href = element.attribute("href")
        if not href:
            return _Address("", "")
        path, query = _split(href)
        resolved = self._resolved(base, path)
        if resolved is None:
            raise PackageRefused(
                Message(
                    "The resource %(name)s leads out of the package: %(href)s.",
                    name=identifier,
                    href=href[:200],
                ),
                line=element.line,
            )
        return _Address(resolved, query)

    def _file(self, base: str, element: Element) -> str:
        """Return the path of a listed file, empty with a warning if there is none: only launch files must be there."""
        href = element.attribute("href")
        resolved = self._resolved(base, _split(href)[0])
        if resolved is None:
            raise PackageRefused(
                Message("A file leads out of the package: %(href)s.", href=href[:200]), line=element.line
            )
        if resolved in self._files:
            return resolved
        if (spelled := self._by_lower.get(resolved.lower())) is not None:
            return spelled
        self._warn(
            Message("The manifest lists %(file)s, which is not in the archive.", file=resolved or "“”"),
            element,
        )
        return ""

    def _resolved(self, base: str, path: str) -> str | None:
        """Return a path from the root of the package, or None if it leads out of it."""
        if "\\" in path:
            self._warn(Message("The manifest writes paths with backslashes: %(path)s.", path=path))
            path = path.replace("\\", "/")
        if SCHEME.match(path) or path.startswith("/"):
            return None
        decoded = unquote(path).replace("\\", "/")
        joined = posixpath.normpath(posixpath.join(base, decoded)) if decoded else ""
        if joined == ".." or joined.startswith(("../", "/")) or "\0" in joined:
            return None
        return "" if joined == "." else joined

    def _base(self, base: str, element: Element) -> str:
        """Return the base of an element's paths: its own xml:base within the one around it."""
        own = element.attribute("base", XML_NAMESPACE)
        if not own:
            return base
        resolved = self._resolved(base, own)
        if resolved is None:
            raise PackageRefused(
                Message("An xml:base leads out of the package: %(base)s.", base=own[:200]), line=element.line
            )
        return resolved

    def _prerequisites(self, element: Element) -> str:
        """Return what must be done before an item, as it is written; what cannot be read is left out."""
        said = text_of(element, "prerequisites")
        try:
            parse_prerequisites(said)
        except ValueError:
            self._warn(Message("The prerequisites “%(text)s” cannot be read: left out.", text=said[:80]))
            return ""
        return said

    def _mastery_score(self, element: Element) -> Decimal | None:
        text = text_of(element, "masteryscore")
        if not text:
            return None
        if SCORE.fullmatch(text) and Decimal(text) <= 100:  # noqa: PLR2004 - percent
            return Decimal(text)
        self._warn(
            Message("The mastery score %(score)s is no number from 0 to 100: left out.", score=text[:40]),
            element,
        )
        return None

    def _max_time(self, element: Element) -> Decimal | None:
        text = text_of(element, "maxtimeallowed")
        seconds = parse_timespan(text) if text else None
        if text and seconds is None:
            self._warn(Message("The time limit %(time)s cannot be read: left out.", time=text[:40]), element)
        return seconds

    def _time_limit_action(self, element: Element) -> TimeLimitAction | None:
        text = ",".join(part.strip() for part in text_of(element, "timelimitaction").lower().split(","))
        known = next((action for action in TimeLimitAction if action.value == text), None)
        if text and known is None:
            self._warn(
                Message("The time limit action %(action)s is unknown: left out.", action=text[:40]), element
            )
        return known

    def _warn(self, message: Message, element: Element | None = None) -> None:
        if len(self._warnings) < WARNINGS_AT_MOST and message not in self._warnings:
            self._warnings.append(Warned.at(message, element.line if element else None))


def descendants(element: Element) -> Iterator[Element]:
    """Yield an element and everything below it."""
    waiting = [element]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += here.children


def identifier_of(element: Element) -> str:
    """Return an element's identifier; raises PackageRefused if it has none."""
    identifier = element.attribute("identifier")
    if not identifier:
        raise PackageRefused(
            Message("The <%(tag)s> in line %(line)s has no identifier.", tag=element.name, line=element.line),
            line=element.line,
        )
    return identifier


def text_of(element: Element | None, name: str) -> str:
    """Return the text of a child, its spaces collapsed; empty if there is none."""
    child = element.first(name) if element else None
    return " ".join(child.text.split()) if child else ""


def _scorm_type(element: Element) -> ScormType:
    """Return sco or asset; the attribute is adlcp:scormtype, whatever its prefix or case."""
    value = next(
        (value for (_, name), value in element.attributes.items() if name.lower() == "scormtype"), ""
    )
    return ScormType.SCO if value.strip().lower() == "sco" else ScormType.ASSET


def _split(href: str) -> tuple[str, str]:
    """Return the path of an address, and its query and fragment."""
    at = min((found for sign in "?#" if (found := href.find(sign)) >= 0), default=len(href))
    return href[:at], href[at:]


def launch_address(path: str, query: str, parameters: str) -> str:
    """Return the address to open: parameters are added as CAM 1.2 (2.3.2.5) says."""
    query, hash_sign, fragment = query.partition("#")
    parameters = parameters.lstrip("?&")
    if parameters.startswith("#"):
        if not hash_sign:
            hash_sign, fragment = "#", parameters[1:]
    elif parameters:
        extra, more_hash, more = parameters.partition("#")
        query = f"{query}&{extra}" if query else f"?{extra}"
        if more_hash and not hash_sign:
            hash_sign, fragment = "#", more
    return quote(path, safe="/") + quote(f"{query}{hash_sign}{fragment}", safe=ADDRESS_CHARACTERS)
