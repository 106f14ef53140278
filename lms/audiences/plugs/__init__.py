"""What audiences offer to registries: the facets of people and organisations, a person's data, and nested use."""

from lms.audiences.plugs.facets import (
    AudienceFacet,
    BrandFacet,
    KindFacet,
    LanguageFacet,
    ModelFacet,
    OrganisationFacet,
    PositionFacet,
    RegionFacet,
    RoleFacet,
)
from lms.audiences.plugs.personal_data import AudiencesData
from lms.audiences.plugs.uses import InAudiences

__all__ = [
    "AudienceFacet",
    "AudiencesData",
    "BrandFacet",
    "InAudiences",
    "KindFacet",
    "LanguageFacet",
    "ModelFacet",
    "OrganisationFacet",
    "PositionFacet",
    "RegionFacet",
    "RoleFacet",
]
