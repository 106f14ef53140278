"""Certificates: what must be held, who holds it, its proof on paper and in public."""
