"""The dashboard: everyone's home page, and the search across all that one may see."""
