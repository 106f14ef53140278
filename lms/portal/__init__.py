"""The portal: partners, their standing, their deals and everyone's home page."""
