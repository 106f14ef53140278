"""The database's history, oldest first; see script.py.mako for the rules a revision keeps."""
