"""Documents: the certificate as a PDF whose text is real."""
