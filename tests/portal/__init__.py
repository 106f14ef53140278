"""Tests of the portal: partners, standing, deals and the home page."""
