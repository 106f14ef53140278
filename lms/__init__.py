"""Guildhall: learn, certify, sell."""
