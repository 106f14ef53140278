"""Faults: what a person loses when parts die. Nothing, and they need not even notice."""
