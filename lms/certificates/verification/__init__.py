"""Verification: what anybody may learn from a certificate's code."""
