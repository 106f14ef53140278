"""Marking anew: what a faulty question did to finished attempts, looked at first, mended once, and taken back."""
