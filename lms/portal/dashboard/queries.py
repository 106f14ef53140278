"""What the search finds for one reader: pages by name, and documents by the index."""

from collections.abc import Sequence

from flask_babel import gettext as _

from lms.kernel import search
from lms.kernel.actor import Actor
from lms.portal.dashboard.rules import matches
from lms.portal.dashboard.values import KINDS, Found, Group
from lms.web.navigation import navigation

SHORTEST = 2
AT_MOST = 12
ON_PAGE = 60


def find(words: str, actor: Actor, *, limit: int = AT_MOST) -> Sequence[Group]:
    """Return what fits `words` and the actor may open, by kind; nothing for fewer than `SHORTEST` letters."""
    if len(words.strip()) < SHORTEST:
        return ()
    pages = [
        Found(link.label, group.title or "", link.url, link.icon)
        for group in navigation()
        for link in group.links
        if matches(link.label, words)
    ]
    groups = [Group(_("Pages"), tuple(pages))]
    hits = search.find(words, readers=search.readers_of(actor), kinds=list(KINDS), limit=limit)
    for kind, (title, icon) in KINDS.items():
        found = tuple(Found(hit.title, hit.detail, hit.url, icon) for hit in hits if hit.kind == kind)
        groups.append(Group(str(title), found))
    return [group for group in groups if group.found]
