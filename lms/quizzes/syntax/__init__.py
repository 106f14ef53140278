"""How texts, GIFT and Moodle XML are written: what pages, formats and kinds have in common."""
