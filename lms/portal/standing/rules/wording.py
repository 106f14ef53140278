"""The sentences for requirements, in the language of whoever reads them now."""

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.portal.standing.values import (
    AllOf,
    AnyOf,
    BrandAuthorised,
    PartnerHolders,
    Requirement,
    SubmitterHolds,
)


def sentence(requirement: Requirement) -> str:
    """Return one requirement as a sentence without its full stop."""
    if isinstance(requirement, AllOf | AnyOf):
        said = [sentence(part) for part in requirement.of]
        while len(said) > 1:
            first, second = said[0], said[1][:1].lower() + said[1][1:]
            joined = (
                _("%(first)s; and %(second)s", first=first, second=second)
                if isinstance(requirement, AllOf)
                else _("%(first)s; or %(second)s", first=first, second=second)
            )
            said[:2] = [joined]
        return said[0] if said else _("Nothing is asked")
    if isinstance(requirement, SubmitterHolds):
        return _("The submitter holds %(certification)s", certification=requirement.title)
    if isinstance(requirement, PartnerHolders):
        return _holders(requirement)
    if isinstance(requirement, BrandAuthorised):
        return _("The partner is authorised for %(brand)s", brand=requirement.brand_name or _("the brand"))
    return _("The partner is %(tier)s or above", tier=requirement.tier_name)


def _holders(leaf: PartnerHolders) -> str:
    said = str(
        ngettext(
            "The partner has %(num)s holder of %(certification)s",
            "The partner has %(num)s holders of %(certification)s",
            leaf.count,
            certification=leaf.title,
        )
    )
    if leaf.position_name:
        said = _("%(rule)s, position %(position)s", rule=said, position=leaf.position_name)
    if leaf.region_name:
        said = _("%(rule)s, region %(region)s", rule=said, region=leaf.region_name)
    if leaf.with_branches:
        said = _("%(rule)s, branches included", rule=said)
    return said
