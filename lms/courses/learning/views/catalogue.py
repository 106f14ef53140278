"""The catalogue: courses found by words, narrowed by facets, with what is new and what colleagues take."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.kinds import facets
from lms.courses.learning import queries
from lms.courses.learning.values.catalogue import Offered, Sort, Wanted
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.policy import VIEW_COURSES
from lms.courses.values.catalogue import CatalogueFacet
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.asked import asked_word
from lms.web.pages import page_request
from lms.web.words import lazy as _l

CARDS, FOUND = 24, 12
"""How many courses a page shows; fewer where each comes with a passage of its text."""
WORDS_CHARACTERS = 200
CHOSEN_AT_MOST = 40
SORTS: Mapping[Sort, str] = {
    Sort.BEST: _l("Best match"),
    Sort.NEWEST: _l("Newest"),
    Sort.TITLE: _l("Title"),
    Sort.SHORTEST: _l("Shortest"),
}


@blueprint.get("/learn")
@requires(VIEW_COURSES)
def catalogue() -> ResponseReturnValue:
    """Show the courses this person may take that fit what they look for."""
    wanted = _wanted()
    offered = queries.browse(
        current(), wanted, page_request(size=FOUND if wanted.words else CARDS), now=clock.now()
    )
    return render_template(
        "learning/catalogue.html",
        wanted=wanted,
        offered=offered,
        chips=_chips(wanted, offered),
        sorts=SORTS,
        exact_url=_address(wanted, exact=True),
        near=[(words, count, _address(replace(wanted, words=words))) for words, count in offered.near],
        unnarrowed_url=_address(replace(wanted, chosen={})),
        unsearched_url=_address(replace(wanted, words="", exact=False)),
    )


def _chips(wanted: Wanted, offered: Offered) -> list[tuple[str, str, str]]:
    """Return what is chosen: the facet, the value, and the address without it."""
    return [
        (facet.label, one.label, _address(wanted, but=(facet.key, one.value)))
        for facet in offered.facets
        for one in facet.chosen
    ]


def _address(wanted: Wanted, *, but: tuple[str, str] | None = None, exact: bool = False) -> str:
    """Return the address of what is wanted, without one of its choices."""
    kept: dict[str, Any] = {
        key: [value for value in values if (key, value) != but] for key, values in wanted.chosen.items()
    }
    if wanted.words:
        kept["q"] = wanted.words
    if wanted.exact or exact:
        kept["exact"] = "1"
    if wanted.sort is not Sort.BEST:
        kept["sort"] = wanted.sort.value
    return url_for(".catalogue", **kept)


def _wanted() -> Wanted:
    """Return what the address asks for; Invalid for what cannot be chosen."""
    chosen = {one.key: _chosen(one) for one in facets.every()}
    return Wanted(
        words=" ".join(request.args.get("q", "").split())[:WORDS_CHARACTERS],
        exact="exact" in request.args,
        chosen={key: values for key, values in chosen.items() if values},
        sort=asked_word("sort", Sort) or Sort.BEST,
    )


def _chosen(facet: CatalogueFacet) -> tuple[str, ...]:
    values = tuple(filter(None, request.args.getlist(facet.key)))[:CHOSEN_AT_MOST]
    for value in values:
        if not facet.knows(value):
            raise Invalid(_("There is no such choice."), fields={facet.key: value[:80]})
    return values
