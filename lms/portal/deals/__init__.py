"""Deals: what partners register, who decides, and which opportunity is whose."""
