"""Cycles: certifications and their rules, from assignment to certificate, renewal, grace and lapse."""
