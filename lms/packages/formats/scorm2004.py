"""SCORM 2004, 2nd to 4th edition: a package's imsmanifest.xml as frozen values (ADL CAM 1.3; SN 1.3)."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from lms.kernel.archives import FileTree
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.packages.errors import OtherEdition, PackageRefused
from lms.packages.formats.places import at_top
from lms.packages.formats.scorm12 import (
    MANIFEST,
    TITLE_MAX_CHARACTERS,
    ManifestReader,
    identifier_of,
    is_sequenced,
    launch_address,
    open_manifest,
    text_of,
)
from lms.packages.formats.scorm2004_sequencing import ADLCP, Sequencings, boolean
from lms.packages.values import PackageStandard, Resource, ScormType
from lms.packages.values.findings import PackageItem
from lms.packages.values.scorm2004 import Edition, SequencedManifest
from lms.packages.values.sequencing import Control, DataStore, Node, Scope

EDITIONS: Final = (
    ("4th", Edition.FOURTH),
    ("3rd", Edition.THIRD),
    ("2nd", Edition.SECOND),
    ("1.3", Edition.SECOND),
)
TIME_LIMIT_ACTIONS: Final = (
    "exit,message",
    "exit,no message",
    "continue,message",
    "continue,no message",
)


class Scorm2004:
    """Reads SCORM 2004 packages."""

    standard = PackageStandard.SCORM_2004

    edition = "SCORM 2004"
    manifests = (MANIFEST,)
    shape = SequencedManifest

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether there is a manifest: its edition is known once it is read."""
        return at_top(names, MANIFEST) is not None

    def read(self, tree: FileTree) -> SequencedManifest:
        """Return the package; raises PackageRefused with the line of the manifest, OtherEdition if it is SCORM 1.2."""
        path, element = open_manifest(tree)
        if not is_sequenced(element):
            raise OtherEdition(Message("This is a SCORM 1.2 package."), line=element.line)
        return _Reader(tree, path, element).read_sequenced()

    def items(self, package: SequencedManifest) -> Sequence[PackageItem]:
        """Return what can be opened."""
        return [
            PackageItem(node.identifier, node.title, node.launch)
            for node in package.tree.walk()
            if node.launch
        ]

    def languages(self, package: SequencedManifest) -> frozenset[str]:
        """Return none: the manifest of these editions names none."""
        del package
        return frozenset()


class _Reader(ManifestReader):
    """One manifest of SCORM 2004 on its way to values: files and resources are found as in SCORM 1.2."""

    def read_sequenced(self) -> SequencedManifest:
        """Return the package; raises PackageRefused."""
        self._check_root()
        edition = self._edition()
        resources = self._resources()
        organization = self._organization()
        sequencings = Sequencings(self._element)
        tree = self._node(organization, resources, sequencings)
        if tree is None or not any(node.launch for node in tree.walk()):
            raise PackageRefused(
                Message("Nothing in the package can be opened: no item has a file to launch.")
            )
        names = Counter(node.identifier for node in tree.walk())
        if twice := next((name for name, count in names.items() if count > 1), None):
            raise PackageRefused(
                Message("Two items are called %(name)s.", name=twice), line=organization.line
            )
        return SequencedManifest(
            standard=PackageStandard.SCORM_2004,
            edition=edition,
            root=self._root,
            identifier=self._element.attribute("identifier"),
            title=tree.title,
            tree=tree,
            scope=Scope(
                keeps_objectives=_scoped(organization, "objectivesGlobalToSystem"),
                keeps_stores=_scoped(organization, "sharedDataGlobalToSystem"),
            ),
            warnings=tuple(self._warnings),
        )

    def _edition(self) -> Edition:
        said = text_of(self._element.first("metadata"), "schemaversion")
        found = next((edition for sign, edition in EDITIONS if sign in said), None)
        if found is None:
            self._warn(
                Message(
                    "The manifest names no edition of SCORM 2004 (“%(edition)s”): read as the 4th.",
                    edition=said,
                )
            )
        return found or Edition.FOURTH

    def _organization(self) -> Element:
        """Return the default organization: the others are other ways through the same files."""
        listed = self._element.first("organizations")
        organizations = listed.all("organization") if listed else []
        if not organizations:
            raise PackageRefused(
                Message("The manifest has no organization: there is nothing to go through."),
                line=self._element.line,
            )
        wanted = listed.attribute("default") if listed else ""
        default = next((one for one in organizations if one.attribute("identifier") == wanted), None)
        if wanted and default is None:
            self._warn(
                Message("The default organization %(name)s is not there: the first is used.", name=wanted)
            )
        if len(organizations) > 1:
            self._warn(
                Message(
                    "Of %(count)s organizations only the default one is played.", count=len(organizations)
                )
            )
        return default or organizations[0]

    def _node(
        self, element: Element, resources: dict[str, Resource], sequencings: Sequencings
    ) -> Node | None:
        """Return an organization or an item with what lies below it; None if nothing in it can be opened."""
        identifier = identifier_of(element)
        title = (cleaned(text_of(element, "title")) or identifier)[:TITLE_MAX_CHARACTERS]
        found = (self._node(child, resources, sequencings) for child in element.all("item"))
        children = tuple(child for child in found if child)
        resource = self._resource(element, identifier, resources)
        if resource is None and not children:
            if element.name == "item":
                self._warn(Message("The item %(item)s opens nothing.", item=identifier))
                return None
        elif resource is not None and children:
            self._warn(
                Message("The item %(item)s has items below it: it opens nothing itself.", item=identifier)
            )
            resource = None
        launch = (
            launch_address(self._existing(resource, title), resource.query, element.attribute("parameters"))
            if resource
            else ""
        )
        threshold, completes_at = sequencings.threshold_of(element)
        return Node(
            identifier=identifier,
            title=title,
            launch=launch,
            is_sco=resource is not None and resource.scorm_type is ScormType.SCO,
            visible=element.attribute("isvisible").lower() not in {"false", "0"},
            hides=self._hidden(element),
            time_limit_action=self._limit_action(element),
            data_from_lms=text_of(element, "dataFromLMS"),
            completion_threshold=completes_at,
            stores=_stores(element),
            sequencing=sequencings.read(element, threshold),
            children=children,
        )

    def _resource(self, element: Element, identifier: str, resources: dict[str, Resource]) -> Resource | None:
        wanted = element.attribute("identifierref")
        if wanted and wanted not in resources:
            raise PackageRefused(
                Message(
                    "The item %(item)s opens the resource %(resource)s, which is not there.",
                    item=identifier,
                    resource=wanted,
                ),
                line=element.line,
            )
        return resources[wanted] if wanted else None

    def _hidden(self, element: Element) -> frozenset[Control]:
        """Return the controls of our page that an item wants hidden (adlnav:hideLMSUI)."""
        presentation = element.first("presentation")
        interface = presentation.first("navigationInterface") if presentation else None
        found = set()
        for hidden in interface.all("hideLMSUI") if interface else ():
            said = hidden.text.strip()
            known = next((control for control in Control if control.value == said), None)
            if known is None:
                self._warn(
                    Message("The control %(control)s, to be hidden, is unknown: left out.", control=said[:40])
                )
            else:
                found.add(known)
        return frozenset(found)

    def _limit_action(self, element: Element) -> str:
        said = ",".join(part.strip() for part in text_of(element, "timeLimitAction").split(","))
        if said and said not in TIME_LIMIT_ACTIONS:
            self._warn(Message("The time limit action %(action)s is unknown: left out.", action=said[:40]))
            return ""
        return said


def _stores(element: Element) -> tuple[DataStore, ...]:
    """Return the shared data that an item may use (adlcp:data, 4th edition)."""
    data = next((child for child in element.all("data") if child.namespace == ADLCP), None)
    return tuple(
        DataStore(
            target=child.attribute("targetID"),
            readable=boolean(child, "readSharedData", default=True),
            writable=boolean(child, "writeSharedData", default=True),
        )
        for child in (data.all("map") if data else ())
        if child.attribute("targetID")
    )


def _scoped(organization: Element, name: str) -> bool:
    """Return an attribute of the organization that is true unless it says otherwise, whatever its prefix."""
    said = next((value for (_, key), value in organization.attributes.items() if key == name), "true")
    return said.strip().lower() not in {"false", "0"}
