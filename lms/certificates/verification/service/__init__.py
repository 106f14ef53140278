"""Looking codes up, and looking into files: what strangers ask for, and how often."""
