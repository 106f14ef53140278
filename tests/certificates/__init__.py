"""Tests of lms.certificates."""
