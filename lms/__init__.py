"""Guildhall: learn, certify, sell."""

__version__ = "0.1.0"
