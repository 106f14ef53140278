"""Every SELECT of cycles: certifications, where people are with them, the ledger, and teams."""
