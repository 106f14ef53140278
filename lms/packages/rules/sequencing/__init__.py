"""SCORM 2004's sequencing and navigation: pure, from a state and a request to the next state (ADL SN 4th edition)."""

from lms.packages.rules.sequencing.browsing import browse, browsing_ways
from lms.packages.rules.sequencing.learned import told
from lms.packages.rules.sequencing.opening import leaving, only_item, opening
from lms.packages.rules.sequencing.report import report, standing
from lms.packages.rules.sequencing.requests import navigate
from lms.packages.rules.sequencing.ways import states, ways

__all__ = [
    "browse",
    "browsing_ways",
    "leaving",
    "navigate",
    "only_item",
    "opening",
    "report",
    "standing",
    "states",
    "told",
    "ways",
]
