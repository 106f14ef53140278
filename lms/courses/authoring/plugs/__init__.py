"""What authoring offers: an author's desk on the home page, and the catalogue's own facets."""

from lms.courses.authoring.plugs.desk import home_desk
from lms.courses.authoring.plugs.facets import (
    BrandFacet,
    DurationFacet,
    FormatFacet,
    LanguageFacet,
    LevelFacet,
    PositionFacet,
)

__all__ = [
    "BrandFacet",
    "DurationFacet",
    "FormatFacet",
    "LanguageFacet",
    "LevelFacet",
    "PositionFacet",
    "home_desk",
]
