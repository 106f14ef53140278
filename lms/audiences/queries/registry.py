"""What features plugged in: the facets that rules are made of, and who can say where an audience is used."""

from collections.abc import Mapping, Sequence

from flask import Flask, current_app

from lms.audiences.values import AudienceId, Facet, Use, WhereUsed


def install_facets(app: Flask, found: Sequence[Facet]) -> None:
    """Give the application its facets, in the order in which the editor shows them."""
    keys = [facet.key for facet in found]
    if len(set(keys)) != len(keys):
        raise ValueError("two facets have one key")
    app.extensions["lms.audiences.facets"] = {facet.key: facet for facet in found}


def install_uses(app: Flask, users: Sequence[WhereUsed]) -> None:
    """Give the application those who can say where an audience is used."""
    app.extensions["lms.audiences.uses"] = tuple(users)


def facets() -> Mapping[str, Facet]:
    """Return the facets by key, in order."""
    found: Mapping[str, Facet] = current_app.extensions["lms.audiences.facets"]
    return found


def uses(audience_id: AudienceId) -> Sequence[Use]:
    """Return where an audience is used, feature by feature."""
    users: Sequence[WhereUsed] = current_app.extensions["lms.audiences.uses"]
    return [use for user in users for use in user.uses(audience_id)]
