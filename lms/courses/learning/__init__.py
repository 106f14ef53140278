"""Taking courses: catalogue, enrolment, progress, completion."""
