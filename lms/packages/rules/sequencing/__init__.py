"""SCORM 2004's sequencing and navigation: pure, from a state and a request to the next state (ADL SN 4th edition)."""

from lms.packages.rules.sequencing.report import report, standing
from lms.packages.rules.sequencing.requests import navigate, opening
from lms.packages.rules.sequencing.ways import ways

__all__ = ["navigate", "opening", "report", "standing", "ways"]
