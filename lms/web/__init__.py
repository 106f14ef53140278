"""The web floor: access, errors, forms, pages, slots and the base templates every feature's pages use."""
