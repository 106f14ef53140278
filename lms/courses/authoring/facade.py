"""What kinds of activity below this roof have authoring do: keep their settings with an activity of the draft."""

from lms.courses.authoring import service

set_activity_config = service.set_activity_config
