"""How a badge is written, addressed and read: pure decisions over what a certificate says."""
