"""QTI 2: items as they are read and written, and the rules by which an item grades (1EdTech QTI 2.2)."""
