"""SCORM and other packages: reading, playing, tracking."""
