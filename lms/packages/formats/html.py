"""Plain HTML: a zip with an index.html, or with one page at its top; it says nothing of what is done in it."""

import html
import re
from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import quote

from lms.kernel.archives import FileTree
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.packages.errors import PackageRefused
from lms.packages.formats.places import in_folder, root_of, without_litter
from lms.packages.values import (
    Item,
    LaunchableItem,
    Organization,
    PackageManifest,
    PackageStandard,
    Resource,
    ScormType,
)
from lms.packages.values.findings import PackageItem

INDEX: Final = ("index.html", "index.htm")
ENDINGS: Final = (".html", ".htm", ".xhtml")
LOOKED_AT: Final = 64 << 10
TITLE_MAX_CHARACTERS: Final = 255
TITLE: Final = re.compile(r"<title[^>]{0,200}>(.*?)</title", re.IGNORECASE | re.DOTALL)
IDENTIFIER: Final = "page"


class Html:
    """Reads websites: the page that is opened is the whole package, and opening it is what there is to know."""

    standard = PackageStandard.HTML
    edition = "HTML"
    manifests = ()
    shape = PackageManifest

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether it is clear which page to open."""
        return _first_page(names) is not None

    def read(self, tree: FileTree) -> PackageManifest:
        """Return the package; raises PackageRefused if no page can be opened."""
        page = _first_page(tree.names())
        if page is None:
            raise PackageRefused(Message("There is no index.html in the archive."))
        root = root_of(tree.names())
        with tree.open(page) as file:
            title = _title_of(file.read(LOOKED_AT)) or page.rpartition("/")[2].rpartition(".")[0]
        path = page.removeprefix(root)
        item = Item(identifier=IDENTIFIER, title=title, resource_id=IDENTIFIER)
        whole = Organization(IDENTIFIER, title, (item,))
        launch = LaunchableItem(
            identifier=IDENTIFIER, title=title, launch=quote(path, safe="/"), scorm_type=ScormType.ASSET
        )
        return PackageManifest(
            standard=PackageStandard.HTML,
            root=root,
            identifier=IDENTIFIER,
            title=title,
            organizations=(whole,),
            default_organization=whole,
            resources=(Resource(IDENTIFIER, ScormType.ASSET, path),),
            launchables=(launch,),
            warnings=(in_folder(root),) if root else (),
        )

    def items(self, package: PackageManifest) -> Sequence[PackageItem]:
        """Return the page."""
        return [PackageItem(one.identifier, one.title, one.launch) for one in package.launchables]

    def languages(self, package: PackageManifest) -> frozenset[str]:
        """Return none: its pages say."""
        del package
        return frozenset()


def _first_page(names: Collection[str]) -> str | None:
    packed = without_litter(names)
    root = root_of(packed)
    top = [name for name in packed if name.startswith(root) and "/" not in name[len(root) :]]
    by_lower = {name[len(root) :].lower(): name for name in top}
    index = next((by_lower[name] for name in INDEX if name in by_lower), None)
    pages = [name for name in top if name.lower().endswith(ENDINGS)]
    return index or (pages[0] if len(pages) == 1 else None)


def _title_of(begins: bytes) -> str:
    found = TITLE.search(begins.decode("utf-8", errors="replace"))
    return cleaned(html.unescape(found[1]))[:TITLE_MAX_CHARACTERS] if found else ""
